"""The buttons and links that settle an attention item, by its kind and the operator's permissions."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.admin.attention.surroundings import Surroundings, service_id_of
from billing.coverage.matrix import key_of
from billing.links import client_url, service_url
from billing.models import AttentionItem, Kind
from billing.runbook.page import url_of
from billing.steps.run.attention import ABOUT_HELD_CHANGES
from companies.models import User

# Reading the service again may settle these.
READ_AGAIN = frozenset({
    Kind.PLAN_UNKNOWN, Kind.STATUS_UNKNOWN, Kind.BAD_ROW, Kind.BAD_CLIENT, Kind.DETAILS_FAILED, Kind.WRITE_FAILED,
    Kind.LOSS_UNCONFIRMED, Kind.VANISHED,
})  # fmt: skip
# These are corrected at the client in WHMCS, not at the service.
ABOUT_THE_CLIENT = frozenset({
    Kind.BAD_CLIENT, Kind.NAME_MISSING, Kind.NAME_BROKEN, Kind.OWNER_IS_OPERATOR, Kind.OWNER_INVITED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remedy:
    """A link or, with `posts`, a button that posts to `url`. `permission` is required, if there is one.

    `settles` marks the remedies that are specific to this kind.
    """

    label: str | Promise
    url: str
    permission: str = ""
    posts: bool = False
    settles: bool = False
    leads_outside: bool = False


def remedies_for(item: AttentionItem, around: Surroundings, user: User | AnonymousUser) -> list[Remedy]:
    """What this operator can do about an open item, the most useful first."""
    if item.closed_at is not None:
        return []
    return [one for one in _all(item, around) if not one.permission or user.has_perm(one.permission)]


def _all(item: AttentionItem, around: Surroundings) -> Iterator[Remedy]:
    yield from _of_the_kind(item, around)
    if item.kind in READ_AGAIN and service_id_of(item) is not None:
        url = reverse("admin:billing_attentionitem_read_again", args=[item.pk])
        yield Remedy(_("Read this service now"), url, "companies.change_company", posts=True)
    yield from _in_whmcs(item, around)
    if runbook := url_of(item.kind):
        yield Remedy(_("In the runbook"), runbook)
    if item.dismissed_at is None:
        url = reverse("admin:billing_attentionitem_dismiss", args=[item.pk])
        yield Remedy(_("Dismiss …"), url, "billing.change_attentionitem")


def _of_the_kind(item: AttentionItem, around: Surroundings) -> Iterator[Remedy]:
    gateway = "admin:billing_whmcsgateway"
    if item.kind == Kind.PLAN_UNKNOWN:
        yield Remedy(_("Create or rename the plan"), _coverage(item, around), "billing.view_whmcsgateway", settles=True)
    elif item.kind == Kind.PASSWORD_NEEDED and item.params.get("user_id"):
        url = reverse("admin:companies_user_link", args=[item.params["user_id"]])
        yield Remedy(_("Make a set-password link"), url, "companies.change_user", posts=True, settles=True)
    elif item.kind in ABOUT_HELD_CHANGES:
        held = around.waiting.get((item.gateway_id, ABOUT_HELD_CHANGES[Kind(item.kind)].value))
        if held is not None:
            url = reverse("admin:billing_heldchanges_change", args=[held])
            yield Remedy(_("Approve or reject"), url, "billing.view_heldchanges", settles=True)
    elif item.kind in {Kind.GATEWAY_ERROR, Kind.CLOCK_DIFFERS}:
        url = reverse(f"{gateway}_test", args=[item.gateway_id])
        yield Remedy(_("Test connection"), url, "billing.change_whmcsgateway", posts=True, settles=True)
        runs = f"{reverse('admin:billing_syncrun_changelist')}?gateway__id__exact={item.gateway_id}"
        yield Remedy(_("Sync runs"), runs, "billing.view_syncrun")
    elif item.kind == Kind.PAUSED:
        url = reverse(f"{gateway}_change", args=[item.gateway_id])
        yield Remedy(_("Check it, then go"), url, "billing.change_whmcsgateway", settles=True)
    elif item.kind in {Kind.HOOK_REFUSED, Kind.HOOK_SILENT}:
        url = reverse(f"{gateway}_hook", args=[item.gateway_id])
        yield Remedy(_("Instant updates"), url, "billing.view_whmcsgateway", settles=True)


def _coverage(item: AttentionItem, around: Surroundings) -> str:
    url = reverse("admin:billing_whmcsgateway_coverage", args=[item.gateway_id])
    service = around.service(item)
    return f"{url}#value-{key_of(service.plan_value or '')}" if service else url


def _in_whmcs(item: AttentionItem, around: Surroundings) -> Iterator[Remedy]:
    service, number = around.service(item), service_id_of(item)
    if number is None:
        return
    if service and item.kind in ABOUT_THE_CLIENT:
        url = client_url(item.gateway, service.client_id)
    else:
        url = service_url(item.gateway, client_id=service.client_id if service else None, service_id=number)
    if url:
        yield Remedy(_("Open in WHMCS"), url, leads_outside=True)
