"""What DESIGN.md says must stand here, worked out anew from what the shop says: by a few rules of their own.

It knows nothing of pages, leases, transactions or how a sync is done: only what WHMCS said of each service when it was
last acted upon, what it says now, and what follows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import NamedTuple

from django.utils import timezone

from sandbox import TICKETZ_PID, Service

PAID = ("Active", "Completed")
ENDED = ("Terminated", "Cancelled", "Fraud")
WORDS = {"Active": "active", "Completed": "active", "Suspended": "suspended"} | {word: word.lower() for word in ENDED}
LADDER = {"Pending": 1, **dict.fromkeys(ENDED, 2), "Suspended": 3, **dict.fromkeys(PAID, 4)}
"""Of several services of one company the highest speaks for it, then one that is paid for today, then the newer; of
several that have all run out the one that did so last."""
Rank = Callable[["Said"], tuple[bool, date]]


class Said(NamedTuple):
    """What WHMCS says about one service."""

    status: str
    due: date | None
    plan: str
    override: date | None
    client: int
    product: int


class State(NamedTuple):
    """What a company is on, by billing. `plan` is the number of a plan."""

    status: str
    due: date | None
    plan: int
    override: date | None


def said_by(service: Service) -> Said:
    """What the honest shop says."""
    override = (service.override_suspend_until or date.max) if service.override_auto_suspend else None
    plan = service.plan if service.pid == TICKETZ_PID else ""  # the other product has no such option
    return Said(service.status, service.next_due_date, plan, override, service.client_id, service.pid)


def is_paid(said: Said, today: date, grace_days: int) -> bool:
    """Whether the customer has done their part, so that nobody may lock them out."""
    return said.status in PAID and today <= last_day(said, grace_days)


def last_day(said: Said, grace_days: int) -> date:
    """The last day on which a date keeps its company open."""
    return date.max if said.due is None else max(said.due + timedelta(days=grace_days), said.override or date.min)


def rank(said: Said, grace_days: int, *, pays: bool) -> tuple[bool, date]:
    """How a service stands among others of the same standing."""
    return pays, last_day(said, grace_days) if said.status in PAID and not pays else date.min


@dataclass(slots=True)
class Book:
    """What was last acted upon: services, the company of each, the state of each company."""

    services: dict[int, Said] = field(default_factory=dict)
    company_of: dict[int, int] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)

    def services_of(self, company: int) -> list[int]:
        return [service for service, owner in self.company_of.items() if owner == company]

    def ended_companies(self, client: int, truth: Mapping[int, Said]) -> tuple[set[int], set[int]]:
        """Companies that a purchase of `client` must re-open (one of them), and those that it may re-open."""
        must, may = set(), set()
        for company in self.states:
            services = self.services_of(company)
            before = [self.services[service] for service in services]
            now = [truth.get(service, self.services[service]) for service in services]
            ended_before, ended_now = (all(s.status in ENDED for s in said) for said in (before, now))
            his_before, his_now = (any(s.client == client for s in said) for said in (before, now))
            if ended_before and ended_now and his_before and his_now:
                must.add(company)
            if (ended_before or ended_now) and (his_before or his_now):
                may.add(company)
        return must, may


def state_from(said: Mapping[int, Said], before: State | None, plans: Mapping[str, int], ranked: Rank) -> State | None:
    """What a company with these services is on; None where they give no company (nothing paid, no plan)."""
    _, speaks = max(said.items(), key=lambda pair: (LADDER.get(pair[1].status, 0), *ranked(pair[1]), pair[0]))
    plan = plans.get(speaks.plan, before.plan if before else None)
    status = WORDS.get(speaks.status)
    if status is None or plan is None:
        return before
    return State(status, speaks.due, plan, speaks.override)


def possible_states(
    services: Iterable[int],
    before: State | None,
    books: Sequence[Mapping[int, Said]],
    plans: Mapping[str, int],
    ranked: Rank,
) -> Iterator[State | None]:
    """Every state that a run may leave which read each service as it stands in one of the books.

    A service without a plan that is sold here keeps the company's, which an earlier page of the run may have changed.
    """
    known = list(services)
    choices = [{book[service] for book in books if service in book} for service in known]
    combinations = [dict(zip(known, combination, strict=True)) for combination in product(*choices)]
    reached = [before, *(state_from(one, before, plans, ranked) for one in combinations)]
    yield from reached
    if before is not None:
        for plan in {state.plan for state in reached if state}:
            yield from (state_from(one, before._replace(plan=plan), plans, ranked) for one in combinations)


class Evidence(NamedTuple):
    """What access rests on besides the state: the source's numbers, the last complete reading, the operator's word."""

    grace_days: int
    unconfirmed_days: int
    confirmed_at: datetime | None
    hold_until: date | None = None
    is_locked: bool = False


def is_open(state: State, evidence: Evidence, today: date) -> bool:
    """Whether people may work."""
    if evidence.is_locked:
        return False
    last_day = evidence.hold_until or date.min
    if state.status == "active":
        if state.due is None:
            return True
        last_day = max(last_day, state.due + timedelta(days=evidence.grace_days), state.override or date.min)
    if today <= last_day:
        return True
    if last_day == date.min:
        return False
    after = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=timezone.get_default_timezone())
    if evidence.confirmed_at is not None and evidence.confirmed_at >= after:
        return False
    return today <= last_day + timedelta(days=evidence.unconfirmed_days)


def is_too_much(losing: int, of: int, *, count: int, percent: int) -> bool:
    """Whether a run that takes access from `losing` of so many open companies has to ask first."""
    return (of >= 3 and losing >= of) or (losing > count and losing * 100 > percent * of)
