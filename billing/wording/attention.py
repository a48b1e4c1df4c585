"""The sentences for attention items: what happened and what to do, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.errors import ErrorCode
from billing.models import AttentionItem, GatewayHook, HeldChanges, Kind
from billing.wording.attention_texts import DIFFERENCES, LOST_ONE_BY_ONE, REASONS, SENTENCES, WAS_ASKED
from billing.wording.errors import translated
from billing.wording.moments import moment
from plans.differences import Difference

_ASKED_AS = {
    HeldChanges.Kind.LOSSES: ErrorCode.UNSAFE_CHANGE_SET,
    HeldChanges.Kind.FIRST_IMPORT: ErrorCode.FIRST_IMPORT,
    HeldChanges.Kind.ABSENT: ErrorCode.MANY_ABSENT,
    HeldChanges.Kind.OTHER_WHMCS: ErrorCode.OTHER_WHMCS,
}
_TOLD_BY_THE_ERROR = {Kind.GATEWAY_ERROR, Kind.FIRST_IMPORT, Kind.MANY_ABSENT, Kind.OTHER_WHMCS}
_ERROR_CODES = frozenset(code.value for code in ErrorCode)


class _Params(dict[str, str]):
    """Parameters for a sentence. A missing one reads as a dash instead of failing the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def explain(item: AttentionItem) -> str:
    """What happened and what to do, for an operator."""
    if item.subject == AttentionItem.THE_OTHERS:
        text = ngettext(
            "And %(count)s more of the same. It is listed here when there is room; the last run's records hold all.",
            "And %(count)s more of the same. They are listed here when there is room; the last run's records hold all.",
            int(item.params["count"]),
        )
        return str(text % item.params)
    return sentence(item.kind, item.params)


def question(held: HeldChanges) -> str:
    """The question about held changes, waiting or decided, with its figures, for an operator."""
    figures, kind = {name: str(figure) for name, figure in held.figures.items()}, HeldChanges.Kind(held.kind)
    if held.is_waiting:
        text = asked(_ASKED_AS[kind], figures)
    else:
        text = str(WAS_ASKED[kind]) % _Params(figures) + _lost_before(figures)
    if "people" not in figures:
        return text
    return f"{text}\n" + _("People: %(people)s, of whom %(active)s worked here within the last hour.") % figures


def asked(code: ErrorCode, figures: Mapping[str, str]) -> str:
    """The question of a run with these figures, in the active language."""
    return translated(code, figures) + _lost_before(figures)


def sentence(kind: str, details: Mapping[str, object]) -> str:
    """The same for an item that is not stored. A kind that only a newer version knows is shown by its name."""
    if kind not in Kind.values:
        return kind
    params = {key: str(value) for key, value in details.items()}
    if kind == Kind.PLAN_UNKNOWN:
        return _explain_plan(params)
    if params.get("code") in _ERROR_CODES:
        params["reason"] = translated(ErrorCode(params["code"]), params)
    elif params.get("reason") in REASONS:
        params["reason"] = str(REASONS[params["reason"]]) % _Params(params)
    if kind == Kind.HOOK_REFUSED:
        params["why"] = str(GatewayHook.Refusal(params["why"]).label)
    if kind == Kind.HOOK_SILENT:
        params["heard"] = moment(params.get("heard", ""))
    if kind == Kind.PAUSED:
        params |= {"since": moment(params.get("since", "")), "reason": _(params.get("reason", "") or "–")}
    if kind in _TOLD_BY_THE_ERROR:
        return params.get("reason", "–")
    return str(SENTENCES[Kind(kind)]) % _Params(params) + _lost_before(params)


def _lost_before(figures: Mapping[str, str]) -> str:
    return f" {LOST_ONE_BY_ONE % figures}" if "lost" in figures else ""


def _explain_plan(params: Mapping[str, str]) -> str:
    """Both spellings, with their differing characters made visible, and the difference in words."""
    if not params.get("value"):
        return _(
            "The service has no plan: the option is missing or empty. Choose one in WHMCS, or check the name of the "
            "option in the gateway."
        )
    if params.get("ambiguous"):
        return _("“%(value)s” names two plans at once. Rename one side of it in WHMCS.") % params
    if not params.get("nearest"):
        return _("“%(value)s” is spelled like no plan, for there is none yet. Create it.") % params
    names = [str(DIFFERENCES[name]) for name in params.get("differences", "").split(",") if name]
    if Difference.OTHER_TEXT in params.get("differences", "").split(","):
        text = _("WHMCS says “%(value)s”, and no plan here is called so; the nearest is “%(nearest)s”.")
    else:
        text = _("WHMCS says “%(value)s”, the nearest plan here is “%(nearest)s”. They differ in: %(differences)s.")
    hint = _("Make both spellings equal, or create a plan with that name. An existing company keeps its plan.")
    return f"{text % {**params, 'differences': ', '.join(names)}} {hint}"
