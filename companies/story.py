"""A company's story: its append-only events, each written in the transaction of the change that it records."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from companies.access import BillingState
from companies.database.bulk import insert_columns, insert_rows
from companies.database.sql import fetch_rows
from companies.events import Actor, Code
from companies.models import Event
from plans.models import Plan


class BillingChange(NamedTuple):
    """The change of one company from `before` to `after`, with the reason for its story."""

    company_id: int
    before: BillingState
    after: BillingState
    reason: str
    code: Code = Code.BILLING_CHANGED


class NewEvent(NamedTuple):
    """The columns of an Event that is not written yet."""

    company_id: int
    code: Code
    actor_id: int | None
    actor_label: str
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


def new_event(
    company_id: int, code: Code, actor: Actor, at: datetime, *,
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None, reason: str = "",
) -> NewEvent:  # fmt: skip
    """Make an event; `tell` writes it."""
    user_id = actor.user.pk if actor.user else None
    return NewEvent(company_id, code, user_id, actor.label, at, before or {}, after or {}, reason[:500])


def tell(events: Sequence[NewEvent]) -> None:
    """Write events. Call it in the transaction of the change."""
    insert_rows(Event, NewEvent._fields, events, same={"reading": None})


def tell_changes(changes: Sequence[BillingChange], *, actor: Actor, at: datetime) -> None:
    """Write one event for each change, with the values that differ.

    Differences are computed once per pair of states, because at the turn of a month many changes are the same.
    """
    ids, befores, afters, reasons, codes = zip(*changes, strict=True)
    pairs = list(zip(befores, afters, strict=True))
    names = load_plan_names()
    differences = {pair: _difference(*pair, names=names) for pair in set(pairs)}
    was, is_now = zip(*(differences[pair] for pair in pairs), strict=True)
    texts = [reason[:500] for reason in reasons]
    insert_columns(
        Event, {"company_id": ids, "code": codes, "before": was, "after": is_now, "reason": texts},
        same={
            "actor_id": actor.user.pk if actor.user else None, "actor_label": actor.label, "at": at,
            "reading": actor.reading,
        },
    )  # fmt: skip


def described(state: BillingState, plan_names: Mapping[int, str]) -> dict[str, str | None]:
    """A billing state as texts, with the current name of the plan instead of its id."""
    return {
        "status": state.status,
        "due_date": state.due_date.isoformat() if state.due_date else None,
        "plan": plan_names.get(state.plan_id),
        "override_until": state.override_until.isoformat() if state.override_until else None,
    }


def load_plan_names() -> dict[int, str]:
    """The current names of the plans by their ids."""
    return dict(fetch_rows(_plan_names))


def _plan_names() -> QuerySet[Plan, Any]:
    return Plan.objects.order_by().values_list("pk", "name")


def _difference(
    before: BillingState, after: BillingState, *, names: Mapping[int, str]
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    was, is_now = described(before, names), described(after, names)
    changed = [key for key in is_now if was[key] != is_now[key]]
    return {key: was[key] for key in changed}, {key: is_now[key] for key in changed}
