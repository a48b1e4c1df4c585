"""The check on instant updates, which are optional."""

from django.utils.formats import date_format
from django.utils.timezone import localtime

from billing.doctor.codes import Check, Code
from billing.doctor.findings import Finding, ok, warning
from billing.hooks.secrets import load_hook, secrets_of
from billing.models import AttentionItem, Kind, WhmcsGateway


def judge_hook(gateway: WhmcsGateway) -> Finding:
    """What we know of the hook. WHMCS can't be asked about it."""
    hook = load_hook(gateway)
    if hook is None:
        return ok(Check.HOOK, Code.HOOK_OFF)
    if not secrets_of(hook):
        return warning(Check.HOOK, Code.HOOK_UNREADABLE)
    if hook.refused_count:
        return warning(Check.HOOK, Code.HOOK_REFUSED, count=hook.refused_count, why=hook.get_refused_why_display())
    if hook.heard_at is None:
        return warning(Check.HOOK, Code.HOOK_UNHEARD)
    at = date_format(localtime(hook.heard_at), "DATETIME_FORMAT")
    if AttentionItem.objects.open().filter(gateway=gateway, kind=Kind.HOOK_SILENT).exists():
        return warning(Check.HOOK, Code.HOOK_SILENT, at=at)
    return ok(Check.HOOK, Code.HOOK_HEARD, at=at)
