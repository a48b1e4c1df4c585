"""Why a company is open or not, rule by rule, in sentences for an operator; and what would change it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.access import Access, Case, Reason, Rule, State, Step, decide_access, explain_access
from companies.access.forecast import decide_on
from companies.models import Company
from companies.standings.facts import facts_of, is_read_on, last_read_at
from companies.wording.rule_texts import PASSED, QUESTIONS, day
from companies.wording.verdicts import age_sentence, operator_sentence


class Told(NamedTuple):
    """One rule: its question and its answer; `mark` is "decides", "passed" or "skipped"."""

    rule: Rule
    question: str
    answer: str
    mark: str


class Explanation(NamedTuple):
    """The whole explanation. `read` is the age of the billing data; "" if the company has no billing source."""

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
        title=_("Why is it closed?") if access.state is State.BLOCKED else _("Why is it open?"),
        verdict=operator_sentence(access),
        read=age_sentence(last_read_at(company, company.source, now=now), now) if company.source else "",
        steps=[_told(step, case, company) for step in steps],
        turns=list(_turns(access, case, company, now=now)),
    )


def _told(step: Step, case: Case, company: Company) -> Told:
    question = str(QUESTIONS[step.rule])
    if not step.is_asked:
        return Told(step.rule, question, _("Not asked, for a rule before it has decided."), "skipped")
    if step.access is not None:
        return Told(step.rule, question, _deciding(step.access, company), "decides")
    return Told(step.rule, question, PASSED[step.rule](case), "passed")


def _deciding(access: Access, company: Company) -> str:
    """The verdict. If an operator decided, with the operator's reason."""
    given = {Reason.LOCKED: company.lock_reason, Reason.HELD_OPEN: company.hold_reason}.get(access.reason)
    sentence = operator_sentence(access)
    return f"{sentence} " + _("The reason given: %(reason)s.") % {"reason": given.rstrip(".")} if given else sentence


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
    Reason.HOLD_UNCONFIRMED: gettext_lazy("The next complete reading: it shows what billing says by now."),
    Reason.UNCONFIRMED: gettext_lazy("The next complete reading: it shows that it was paid, or it closes it."),
    Reason.CLOSING_WAITS: gettext_lazy(
        "Somebody says yes or no to what waits, or a second reading confirms it. See what needs attention."
    ),
    Reason.READING_PAUSED: gettext_lazy(
        "An operator says go on the gateway's page: the first complete reading after it decides."
    ),
}

_CLOSES_THEN: Promise = gettext_lazy(
    "An operator ends keeping it open, or %(day)s has passed: billing decides again. By what it said last the company "
    "loses access then, after it has been read once more; where many would, somebody is asked first."
)


def _turns(access: Access, case: Case, company: Company, *, now: datetime) -> Iterator[str]:
    """What would change the verdict, the likeliest first."""
    if access.reason in _REMEDIES:
        yield str(_REMEDIES[access.reason])
    if access.reason is Reason.HELD_OPEN and access.until is not None and company.closing_held_since is not None:
        # Billing says something newer that would close the company, so it was not stored yet.
        yield _CLOSES_THEN % {"day": day(access.until)}
        return
    if company.closing_held_since is not None and access.is_open:
        # Billing says more than is stored here, so a forecast from the stored dates would be wrong.
        if access.reason is not Reason.CLOSING_WAITS:
            yield str(_REMEDIES[Reason.CLOSING_WAITS])
    elif access.until is not None and access.until < date.max:
        then_on = access.until + timedelta(days=1)
        then = decide_on(then_on, case.facts, is_read_on=is_read_on(company, company.source), zone=case.zone)
        yield _("If nothing changes, from %(day)s: %(then)s") % {"day": day(then_on), "then": operator_sentence(then)}
    if access.reason is Reason.LOCKED:
        then = decide_access(case.facts._replace(locked_at=None), now=now, zone=case.zone)
        yield _("An operator unlocks it. Then: %(then)s") % {"then": operator_sentence(then)}
    elif access.reason in {Reason.HELD_OPEN, Reason.HOLD_UNCONFIRMED}:
        then = decide_access(case.facts._replace(hold_until=None), now=now, zone=case.zone)
        yield _("An operator ends keeping it open. Then: %(then)s") % {"then": operator_sentence(then)}
    elif access.state is State.OPEN:
        yield _("An operator locks it.")
    else:
        yield _("An operator keeps it open until a day.")
