"""Writes decisions: a few statements for many services; if a group fails, one service at a time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DatabaseError

from billing.facts import FACTS, ServiceFacts
from billing.models import Subscription, WhmcsGateway
from billing.reconcile import Action, Decision
from billing.runs.lease import Lease
from billing.steps.changes.moved import tell_moves_unlocked
from billing.steps.changes.vanished import tell_found_unlocked
from billing.steps.run.batching import CHANGES_AT_A_TIME
from billing.steps.run.report import Report
from billing.wording import reasons
from companies import lifecycle
from companies.database.bulk import update_moved, update_rows
from companies.events import Actor, Code
from companies.story import BillingChange

T = TypeVar("T")
LONGEST_STATUS = 50


def write_in_groups(
    lease: Lease,
    report: Report,
    items: Sequence[T],
    write: Callable[[Sequence[T]], None],
    give_up: Callable[[T, Exception], None],
    *,
    size: int = CHANGES_AT_A_TIME,
) -> None:
    """Write `items` in bounded transactions under the lease. If a group fails, its items are written one by one.

    `write` gets a group inside a transaction and enters it into `report`, which is flushed in the same transaction:
    otherwise a crash in between would lose entries that are made only once. `give_up` gets an item that can't be
    written even alone. LeaseLost is not retried: another run writes now.
    """
    for group in _groups(items, size):
        try:
            with report.undone_on_error(), lease.writing():
                write(group)
                report.flush()
        except (DatabaseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
            if len(group) == 1:
                give_up(group[0], error)
            else:
                write_in_groups(lease, report, group, write, give_up, size=1)


def _groups(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Equal groups of about `size`, at most 1.5 times that: a small last group costs nearly as much as a full one."""
    step = -(-len(items) // max(1, round(len(items) / size)))
    return (items[start : start + step] for start in range(0, len(items), step or 1))


def columns_of(facts: ServiceFacts) -> dict[str, Any]:
    """The columns of a subscription that hold WHMCS's facts."""
    return _stored(facts)._asdict()


def _stored(facts: ServiceFacts) -> ServiceFacts:
    return facts if len(facts.status) <= LONGEST_STATUS else facts._replace(status=facts.status[:LONGEST_STATUS])


def write_decisions_unlocked(
    gateway: WhmcsGateway, decisions: Sequence[Decision], *, actor: Actor, at: datetime
) -> None:
    """Write rows and companies of decisions other than PROVISION. Call it inside `lease.writing()`."""
    tell_moves_unlocked(gateway, decisions, actor=actor, at=at)
    tell_found_unlocked(decisions, actor=actor, at=at)
    _write_subscriptions(gateway, decisions)
    changes = [change for decision in decisions if (change := _billing_change(decision))]
    if changes:
        lifecycle.apply_billing_changes(changes, actor=actor, at=at)


def _billing_change(decision: Decision) -> BillingChange | None:
    company_id, before, after = decision.company_id, decision.before, decision.after
    if before == after or not (company_id and before and after):
        return None
    code = Code.REOPENED if decision.action is Action.REOPEN else Code.BILLING_CHANGED
    return BillingChange(company_id, before, after, _reason_of(decision), code)


def _reason_of(decision: Decision) -> str:
    """What WHMCS said that led to a change, for the company's event."""
    facts, observed = decision.facts, decision.observed
    if observed is None:
        return reasons.SAID(number=facts.service_id, text=facts.status, day=facts.due_date)
    was = observed.facts
    begin, end = _said_before(facts.status, facts.due_date, was.status, was.due_date)
    return f"{begin}{facts.service_id}{end}"


@lru_cache(maxsize=1024)  # on a common billing day many services have the same change
def _said_before(text: str, day: date | None, text_before: str, day_before: date | None) -> tuple[str, str]:
    values = {"text": text, "day": day, "text_before": text_before, "day_before": day_before}
    return reasons.SAID_BEFORE.around("number", **values)


def _write_subscriptions(gateway: WhmcsGateway, decisions: Sequence[Decision]) -> None:
    # The row of a vanished service stays as it is until the service is read again.
    known = [d for d in decisions if d.observed is not None and not d.is_gone]
    new = [d for d in decisions if d.observed is None]
    observed = [d.observed for d in known if d.observed]
    settled = [d.is_settled for d in known]
    is_told = all(row.is_settled for row in observed) and all(settled)
    update_moved(
        Subscription, FACTS,
        [row.subscription_id for row in observed], [row.facts for row in observed], [_stored(d.facts) for d in known],
        beside={} if is_told else {"is_settled": settled},
        same={"vanished_at": None} if any(row.is_vanished for row in observed) else {},
    )  # fmt: skip
    Subscription.objects.bulk_create(
        [
            Subscription(gateway=gateway, is_settled=d.is_settled, company_id=d.company_id, **columns_of(d.facts))
            for d in new
        ]
    )
    attached = [d for d in known if d.action is Action.REOPEN]
    if attached:
        update_rows(
            Subscription, ["company"], [(d.observed.subscription_id, d.company_id) for d in attached if d.observed]
        )
