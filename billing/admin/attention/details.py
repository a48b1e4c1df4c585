"""The details of an item with labels. Without a label, the stored name is shown."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NAMES: dict[str, str | Promise] = {
    "value": _("said in WHMCS"),
    "nearest": _("nearest plan here"),
    "status": _("status"),
    "reason": _("reason"),
    "field": _("field"),
    "position": _("position in the list"),
    "email": _("e-mail"),
    "before": _("before"),
    "after": _("after"),
    "since": _("since"),
    "heard": _("last heard"),
    "days": _("days with changes"),
    "difference": _("difference"),
    "count": _("how many"),
    "losing": _("would lose access"),
    "open": _("open companies"),
    "lost": _("lost access before"),
    "missing": _("missing services"),
    "known": _("known services"),
    "seen": _("services that were read"),
    "new": _("new companies"),
    "different": _("clients who are others"),
    "compared": _("clients who were compared"),
    "company_id": _("number of the company"),
    "user_id": _("number of the person"),
    "invitation_id": _("number of the invitation"),
    "code": _("error"),
}
# The sentence of the item already says these.
_TOLD = frozenset({"differences", "ambiguous", "gateway"})


def details_of(params: Mapping[str, object]) -> list[tuple[str | Promise, object]]:
    """Names and values, without those that are empty."""
    return [(_NAMES.get(key, key), params[key]) for key in sorted(params) if key not in _TOLD and params[key]]
