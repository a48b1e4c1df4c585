"""Whether what stands here agrees with itself: what is known to be paid, what was told, what waits for an answer."""

from billing.models import AttentionItem, HeldChanges, Kind, Subscription
from companies.access import BillingState
from companies.events import Code
from companies.models import Company, Event
from companies.standings.facts import access_of
from companies.story import described, load_plan_names
from companies.wording.verdicts import customer_sentence
from tests.walk.before import load_open, said_of
from tests.walk.judge import Judge

CLOSED = ("Closed since", "Suspended since", "The subscription", "An operator")
"""How the customer's sentences begin that say that nobody may work."""


def ensure_paid_is_open(judge: Judge) -> None:
    """After each run and each tick: where one service is paid as far as is known here, nobody is locked out."""
    paid = {row.company_id or 0 for row in Subscription.objects.exclude(company=None) if judge.is_paid(said_of(row))}
    for company in Company.objects.select_related("source").filter(pk__in=paid, locked_at=None):
        access = access_of(company)
        assert access.is_open, f"G1: company {company.pk} is known to be paid and is {access}"


def ensure_told(after: int) -> None:
    """The stories since event number `after` say how things stand."""
    is_open = load_open()
    for company in Company.objects.select_related("source"):
        told = list(Event.objects.filter(company=company, pk__gt=after).order_by("pk"))
        closed = [event for event in told if event.code == Code.CLOSED_OVERDUE]
        assert len(closed) < 2, f"G12: company {company.pk} was told twice to be closed"
        assert not (closed and company.pk in is_open), f"G12: company {company.pk} was told to be closed and is open"
        changes = [str(event.after) for event in told if event.code == Code.BILLING_CHANGED]
        assert len(set(changes)) == len(changes), f"G12: company {company.pk} was told the same twice: {changes}"
        _ensure_agreeing(company, [event for event in told if event.code == Code.BILLING_CHANGED])
        access = access_of(company)
        text = customer_sentence(access)
        assert "an unknown day" not in text, f"G12: company {company.pk} is {access} and told {text}"
        assert text.startswith(CLOSED) != access.is_open, f"G12: company {company.pk} is {access} and told {text}"


def _ensure_agreeing(company: Company, changes: list[Event]) -> None:
    """Each change begins where the one before it ended, nothing is taken back, and the last says what stands here."""
    known: dict[str, object] = {}
    was: set[str] = set()
    for event in changes:
        agrees = all(known.get(name, value) == value for name, value in event.before.items())
        assert agrees, f"G12: the story of company {company.pk} goes from {known} on with {event.before}"
        known |= event.after
        assert str(event.after) not in was, f"G12: company {company.pk} was told {event.after}, and that it was so"
        was.add(str(event.before))
    here = described(BillingState(company.status, company.due_date, company.plan_id, company.override_until),
                     load_plan_names())  # fmt: skip
    ends = {name: here[name] for name in known}
    assert ends == known, f"G12: the story of company {company.pk} ends with {known}, and it is {ends}"


def ensure_asked() -> None:
    """A question waits if and only if it is listed."""
    waits = HeldChanges.objects.waiting().filter(kind=HeldChanges.Kind.LOSSES).exists()
    listed = AttentionItem.objects.filter(closed_at=None, kind=Kind.LOSSES_HELD).exists()
    assert waits == listed, f"G12: a question about losses waits: {waits}, it is listed: {listed}"


def last_event() -> int:
    """The number of the latest event."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
