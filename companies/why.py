"""Why a company is open or not, rule by rule, in sentences for an operator; and what would change it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.access import Access, Case, Reason, Rule, State, Step, decide_access, explain_access
from companies.facts import facts_of, is_read_on, last_read_at
from companies.forecast import decide_on
from companies.models import Company
from companies.models.company import STATUSES
from companies.wording import age_sentence, operator_sentence

QUESTIONS: dict[Rule, Promise] = {
    Rule.LOCK: gettext_lazy("Has an operator locked it?"),
    Rule.HOLD: gettext_lazy("Does an operator keep it open?"),
    Rule.STATUS: gettext_lazy("Is it anything but active in billing?"),
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


class Told(NamedTuple):
    """One rule: its question, what it looked at and found; `mark` is "decides", "passed" or "skipped"."""

    rule: Rule
    question: str
    answer: str
    mark: str


class Explanation(NamedTuple):
    """All of it. `read` is how old what billing says is; empty where no billing system speaks for the company."""

    title: str
    verdict: str
    read: str
    steps: list[Told]
    turns: list[str]


def explain(company: Company, *, now: datetime) -> Explanation:
    """Explain the access of a company that was loaded with `select_related("source")`."""
    zone = timezone.get_default_timezone()
    facts = facts_of(company, now=now)
    case = Case(facts, now.astimezone(zone).date(), zone)
    steps = explain_access(facts, now=now, zone=zone)
    access = next(step.access for step in steps if step.access is not None)
    return Explanation(
        title=_("Why is it locked?") if access.state is State.BLOCKED else _("Why is it open?"),
        verdict=operator_sentence(access),
        read=age_sentence(last_read_at(company, company.source, now=now), now) if company.source else "",
        steps=[_told(step, case, company) for step in steps],
        turns=list(_turns(access, case, now=now, goes_on=is_read_on(company, company.source))),
    )


def _told(step: Step, case: Case, company: Company) -> Told:
    question = str(QUESTIONS[step.rule])
    if not step.is_asked:
        return Told(step.rule, question, _("Not asked, for a rule before it has decided."), "skipped")
    if step.access is not None:
        return Told(step.rule, question, _deciding(step.access, company), "decides")
    return Told(step.rule, question, _PASSED[step.rule](case), "passed")


def _deciding(access: Access, company: Company) -> str:
    """The verdict, with the reason that an operator gave where it is an operator's."""
    given = {Reason.LOCKED: company.lock_reason, Reason.HELD_OPEN: company.hold_reason}.get(access.reason)
    sentence = operator_sentence(access)
    return f"{sentence} " + _("The reason given: %(reason)s.") % {"reason": given.rstrip(".")} if given else sentence


def _no_hold(case: Case) -> str:
    if case.facts.hold_until is None:
        return _("No. Nobody keeps it open.")
    return _("No. It was kept open until %(day)s, and that has passed.") % {"day": _day(case.facts.hold_until)}


def _active(case: Case) -> str:
    words = {"status": dict(STATUSES)[case.facts.status], "day": _day(case.facts.status_since.astimezone(case.zone))}
    return _("No. Billing says “%(status)s”, since %(day)s.") % words


def _no_override(case: Case) -> str:
    if case.facts.override_until is None:
        return _("No. There is no exemption.")
    return _("No. The exemption ended on %(day)s.") % {"day": _day(case.facts.override_until)}


def _no_grace(case: Case) -> str:
    text = ngettext(
        "No. There is %(count)s day of grace, and it ended on %(day)s.",
        "No. There are %(count)s days of grace, and they ended on %(day)s.",
        case.facts.grace_days,
    )
    return text % {"count": case.facts.grace_days, "day": _day(case.end_of_grace)}


def _no_evidence(case: Case) -> str:
    needed = date_format(timezone.localtime(case.evidence_from), "DATETIME_FORMAT")
    if case.facts.read_at is None:
        text = _("No. No complete reading that counts shows it yet. It would have to begin after %(needed)s.")
        return text % {"needed": needed}
    read = date_format(timezone.localtime(case.facts.read_at), "DATETIME_FORMAT")
    text = _("No. The last reading that shows this began on %(read)s. It would have to begin after %(needed)s.")
    return text % {"read": read, "needed": needed}


def _no_longer_unconfirmed(case: Case) -> str:
    return _("No. Unconfirmed it may stay open through %(day)s, and that has passed.") % {
        "day": _day(case.last_unconfirmed or case.last_day)
    }


_PASSED: dict[Rule, Callable[[Case], str]] = {
    Rule.LOCK: lambda case: _("No. Nobody has locked it."),
    Rule.HOLD: _no_hold,
    Rule.STATUS: _active,
    Rule.NO_DUE_DATE: lambda case: _("No. The due date is %(day)s.") % {"day": _day(case.due)},
    Rule.DUE_DATE: lambda case: _("No. It was due on %(day)s, and that has passed.") % {"day": _day(case.due)},
    Rule.OVERRIDE: _no_override,
    Rule.GRACE: _no_grace,
    Rule.EVIDENCE: _no_evidence,
    Rule.PAUSE: lambda case: _("No. WHMCS is read as usual."),
    Rule.WAITING: lambda case: _("No. It waits for nobody's yes and for no second reading."),
    Rule.UNCONFIRMED: _no_longer_unconfirmed,
}

_REMEDIES: dict[Reason, Promise] = {
    Reason.SUSPENDED: gettext_lazy("WHMCS sets the service to Active again: the next reading opens it."),
    Reason.TERMINATED: gettext_lazy(
        "The client buys again, or WHMCS sets the service to Active: the next reading opens it."
    ),
    Reason.CANCELLED: gettext_lazy(
        "The client buys again, or WHMCS sets the service to Active: the next reading opens it."
    ),
    Reason.FRAUD: gettext_lazy("WHMCS sets the service to Active again: the next reading opens it."),
    Reason.OVERDUE: gettext_lazy("It is paid in WHMCS: a reading that shows a due date of today or later opens it."),
    Reason.UNCONFIRMED_TOO_LONG: gettext_lazy(
        "WHMCS can be read again: a reading that shows a due date of today or later opens it."
    ),
    Reason.OVERDUE_IN_GRACE: gettext_lazy("It is paid in WHMCS: the next reading moves the due date on."),
    Reason.UNCONFIRMED: gettext_lazy("The next complete reading: it shows that it was paid, or it closes it."),
    Reason.CLOSING_WAITS: gettext_lazy(
        "Somebody says yes or no to what waits, or a second reading confirms it. See what needs attention."
    ),
    Reason.READING_PAUSED: gettext_lazy(
        "An operator says go on the gateway's page: the first complete reading after it decides."
    ),
}


def _turns(access: Access, case: Case, *, now: datetime, goes_on: bool) -> Iterator[str]:
    """What would change the verdict, the likeliest first."""
    if access.reason in _REMEDIES:
        yield str(_REMEDIES[access.reason])
    if access.until is not None and access.until < date.max:
        day = access.until + timedelta(days=1)
        then = decide_on(day, case.facts, is_read_on=goes_on, zone=case.zone)
        yield _("If nothing changes, from %(day)s: %(then)s") % {"day": _day(day), "then": operator_sentence(then)}
    if access.reason is Reason.LOCKED:
        then = decide_access(case.facts._replace(locked_at=None), now=now, zone=case.zone)
        yield _("An operator unlocks it. Then: %(then)s") % {"then": operator_sentence(then)}
    elif access.reason is Reason.HELD_OPEN:
        then = decide_access(case.facts._replace(hold_until=None), now=now, zone=case.zone)
        yield _("An operator ends keeping it open. Then: %(then)s") % {"then": operator_sentence(then)}
    elif access.state is State.OPEN:
        yield _("An operator locks it.")
    else:
        yield _("An operator keeps it open until a day.")


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
