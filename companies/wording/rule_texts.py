"""The question of each rule of access, and why it did not decide, for an operator."""

from collections.abc import Callable
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.access import Case, Rule, Status
from companies.models.company import STATUSES

QUESTIONS: dict[Rule, Promise] = {
    Rule.LOCK: gettext_lazy("Has an operator locked it?"),
    Rule.HOLD: gettext_lazy("Does an operator keep it open?"),
    Rule.HOLD_UNCONFIRMED: gettext_lazy("Was it kept open, and not read since?"),
    Rule.STATUS: gettext_lazy("Is it something other than active in billing?"),
    Rule.NO_DUE_DATE: gettext_lazy("Is it without a due date?"),
    Rule.DUE_DATE: gettext_lazy("Is it paid until today?"),
    Rule.OVERRIDE: gettext_lazy("Is it exempted in billing?"),
    Rule.GRACE: gettext_lazy("Is it within the days of grace?"),
    Rule.EVIDENCE: gettext_lazy("Does a later reading prove that it is unpaid?"),
    Rule.PAUSE: gettext_lazy("Are readings paused?"),
    Rule.WAITING: gettext_lazy("Does the closing wait for somebody?"),
    Rule.UNCONFIRMED: gettext_lazy("May it stay open unconfirmed?"),
    Rule.TOO_LONG: gettext_lazy("Does nothing else keep it open?"),
}


def _no_hold(case: Case) -> str:
    if case.facts.hold_until is None:
        return _("No. Nobody keeps it open.")
    return _("No. It was kept open until %(day)s, and that has passed.") % {"day": day(case.facts.hold_until)}


def _no_hold_unconfirmed(case: Case) -> str:
    hold, read_at = case.facts.hold_until, case.facts.read_at
    if hold is None:
        return _("No. Nobody kept it open.")
    if case.facts.status is Status.ACTIVE:
        return _("No. Billing calls it active, so only dates can close it.")
    if read_at is not None and read_at >= case.end_of(hold):
        read = date_format(timezone.localtime(read_at), "DATETIME_FORMAT")
        return _("No. A complete reading that began on %(read)s shows what was paid by then.") % {"read": read}
    return _no_longer(case.unconfirmed_after(hold) or hold)


def _active(case: Case) -> str:
    words = {"status": dict(STATUSES)[case.facts.status], "day": day(case.facts.status_since.astimezone(case.zone))}
    return _("No. Billing says “%(status)s”, since %(day)s.") % words


def _no_override(case: Case) -> str:
    if case.facts.override_until is None:
        return _("No. There is no exemption.")
    return _("No. The exemption ended on %(day)s.") % {"day": day(case.facts.override_until)}


def _no_grace(case: Case) -> str:
    text = ngettext(
        "No. There is %(count)s day of grace, and it ended on %(day)s.",
        "No. There are %(count)s days of grace, and they ended on %(day)s.",
        case.facts.grace_days,
    )
    return text % {"count": case.facts.grace_days, "day": day(case.end_of_grace)}


def _no_evidence(case: Case) -> str:
    needed = date_format(timezone.localtime(case.evidence_from), "DATETIME_FORMAT")
    if case.facts.read_at is None:
        text = _("No. No complete reading that counts shows it yet. It would have to begin after %(needed)s.")
        return text % {"needed": needed}
    read = date_format(timezone.localtime(case.facts.read_at), "DATETIME_FORMAT")
    text = _("No. The last reading that shows this began on %(read)s. It would have to begin after %(needed)s.")
    return text % {"read": read, "needed": needed}


def _no_longer_unconfirmed(case: Case) -> str:
    return _no_longer(case.last_unconfirmed or case.last_day)


def _no_longer(last: date) -> str:
    return _("No. It could stay open unconfirmed through %(day)s, and that has passed.") % {"day": day(last)}


PASSED: dict[Rule, Callable[[Case], str]] = {
    Rule.LOCK: lambda case: _("No. Nobody has locked it."),
    Rule.HOLD: _no_hold,
    Rule.HOLD_UNCONFIRMED: _no_hold_unconfirmed,
    Rule.STATUS: _active,
    Rule.NO_DUE_DATE: lambda case: _("No. The due date is %(day)s.") % {"day": day(case.due)},
    Rule.DUE_DATE: lambda case: _("No. It was due on %(day)s, and that has passed.") % {"day": day(case.due)},
    Rule.OVERRIDE: _no_override,
    Rule.GRACE: _no_grace,
    Rule.EVIDENCE: _no_evidence,
    Rule.PAUSE: lambda case: _("No. WHMCS is read as usual."),
    Rule.WAITING: lambda case: _("No. It waits neither for an approval nor for a second reading."),
    Rule.UNCONFIRMED: _no_longer_unconfirmed,
}


def day(one: date) -> str:
    """A day in the reader's format."""
    return date_format(one, "DATE_FORMAT")
