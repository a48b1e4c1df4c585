"""When a gateway is read next: a column, so that no message and no restart can lose it.

A gateway that can be read is read once per interval. One that fails is left alone for longer and longer, and its runs
share a budget of calls that may fail within an hour (`billing.whmcs.budget`).
"""

import random
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db.models import Q
from django.utils import timezone

from billing.errors import BillingError, NextStep
from billing.models import SyncRun, WhmcsGateway
from billing.runs.lease import Lease
from billing.whmcs import CallBudget
from billing.whmcs.budget import RESERVE, refilled
from companies.standings.facts import RESTS

# Somebody has to change a setting first: hours do no harm, and a WHMCS that refuses us all day bans us.
LONGEST_UNTIL_CONFIGURED = timedelta(hours=6)
# It may be over any minute, and customers are waiting.
LONGEST_UNTIL_BETTER = timedelta(minutes=5)
LONGEST_ASKED_FOR = timedelta(hours=1)
LONGEST_INTERVAL = timedelta(days=1)
JITTER = 0.1
# Gateways that are read at their intervals: switched on, and not waiting for an operator's go.
READ_BY_CLOCK = Q(is_enabled=True) & ~RESTS
MOST_COUNTED = 10_000
_MOST_DOUBLINGS = 16
# Operators are few and have a full budget each time; these may come in any number.
_SHARE_A_BUDGET = frozenset({SyncRun.Trigger.SCHEDULE, SyncRun.Trigger.CUSTOMER, SyncRun.Trigger.HOOK})


def due_at(moment: datetime) -> Q:
    """The condition for gateways that should be read at `moment`.

    A reading that is planned further ahead than any pause lasts was planned by a clock that was wrong.
    """
    day = Q(next_sync_at__gt=moment + LONGEST_INTERVAL)
    hours = Q(
        next_sync_at__gt=moment + LONGEST_UNTIL_CONFIGURED, interval_seconds__lte=LONGEST_UNTIL_CONFIGURED.seconds
    )
    return Q(next_sync_at=None) | Q(next_sync_at__lte=moment) | day | hours


def pause_after(
    interval: timedelta, failures: int, next_step: NextStep | None, *, asked: float | None = None, jitter: float = 0.0
) -> timedelta:
    """How long a gateway is left alone after a run.

    `failures` is how many runs in a row failed, `next_step` what the last one needs (None: it was read), `asked` for
    how many seconds WHMCS asked us to stay away. `jitter`, from 0 to 1, makes a grown pause up to a tenth shorter.
    """
    pause = interval
    if failures > 0 and next_step is not None:
        longest = LONGEST_UNTIL_CONFIGURED if next_step is NextStep.CONFIGURE else LONGEST_UNTIL_BETTER
        grown = min(longest, interval * 2 ** min(failures - 1, _MOST_DOUBLINGS))
        pause = max(interval, grown * (1 - JITTER * jitter))
    return max(pause, min(LONGEST_ASKED_FOR, timedelta(seconds=min(asked or 0.0, LONGEST_ASKED_FOR.seconds))))


def schedule_next(gateway: WhmcsGateway, *, only_if_due: bool = False) -> bool:
    """Plan the next reading an interval from now; with `only_if_due`, False if somebody else was faster."""
    now = timezone.now()
    rows = WhmcsGateway.objects.filter(due_at(now) if only_if_due else Q(), pk=gateway.pk)
    return bool(rows.update(next_sync_at=now + timedelta(seconds=gateway.interval_seconds)))


def switch_on(gateway: WhmcsGateway) -> bool:
    """Switch on a gateway that was never read, to be read again an interval from now; False if it was on already."""
    rows = WhmcsGateway.objects.filter(pk=gateway.pk, confirmed_at=None, is_enabled=False)
    next_sync_at = timezone.now() + timedelta(seconds=gateway.interval_seconds)
    return bool(rows.update(is_enabled=True, next_sync_at=next_sync_at))


def calls_left(gateway: WhmcsGateway, now: datetime) -> float:
    """How many calls may still fail at `now`: what was spent comes back with time."""
    if gateway.trouble_left is None:
        return RESERVE
    counted_at = gateway.trouble_counted_at or now
    return refilled(gateway.trouble_left, (now - counted_at).total_seconds())


def budget_for(gateway: WhmcsGateway, trigger: str) -> CallBudget:
    """What a run may spend on failing calls. One that an operator started has a full budget: somebody is waiting."""
    return CallBudget(calls_left(gateway, timezone.now())) if trigger in _SHARE_A_BUDGET else CallBudget()


def schedule_after(run: SyncRun, lease: Lease, budget: CallBudget, error: BillingError | None) -> None:
    """Plan the next reading after a run of the whole gateway that ended with `error`, or was read (None).

    Writes nothing after a run without trouble, for which `schedule_next` has planned already.
    """
    gateway = run.gateway
    columns = _pace(run, budget, error)
    if run.trigger == SyncRun.Trigger.SCHEDULE:
        columns |= _spent(gateway, budget)
    if columns:
        WhmcsGateway.objects.filter(pk=gateway.pk, lease_fence=lease.fence).update(**columns)


def keep_spent(run: SyncRun, lease: Lease, budget: CallBudget) -> None:
    """Count what a run of one service has spent, where a customer asked for it."""
    if run.trigger in _SHARE_A_BUDGET and (columns := _spent(run.gateway, budget)):
        WhmcsGateway.objects.filter(pk=run.gateway_id, lease_fence=lease.fence).update(**columns)


def start_anew(gateway: WhmcsGateway) -> dict[str, Any]:
    """Forget all trouble and make it due now: its settings have changed. Sets `gateway`, returns the columns."""
    columns = {"failures_in_a_row": 0, "next_sync_at": None, "trouble_left": None, "trouble_counted_at": None}
    for name, value in columns.items():
        setattr(gateway, name, value)
    return columns


def _pace(run: SyncRun, budget: CallBudget, error: BillingError | None) -> dict[str, Any]:
    """The columns of the next reading, as far as they differ from what they are."""
    gateway = run.gateway
    # What waits for somebody's yes is no failure of WHMCS.
    next_step = None if error is None or error.next_step is NextStep.ASK else error.next_step
    failures = 0 if next_step is None else _failures(run)
    columns: dict[str, Any] = {}
    if failures != gateway.failures_in_a_row:
        columns["failures_in_a_row"] = failures
    if failures or budget.wait:
        counted = min(failures, _alike(run)) if next_step is NextStep.CONFIGURE else failures
        interval = timedelta(seconds=gateway.interval_seconds)
        jitter = random.random()  # noqa: S311 - no secret
        pause = pause_after(interval, counted, next_step, asked=budget.wait, jitter=jitter)
        columns["next_sync_at"] = timezone.now() + pause
    return columns


def _failures(run: SyncRun) -> int:
    """Failures in a row, this one included. Only runs by the clock add to them: operators may try as they like."""
    by_clock = run.trigger == SyncRun.Trigger.SCHEDULE
    return min(max(1, run.gateway.failures_in_a_row + by_clock), MOST_COUNTED)


def _alike(run: SyncRun) -> int:
    """How many of the latest runs ended like this one. Only a refusal that repeats leads to hours of rest."""
    codes = SyncRun.objects.filter(gateway=run.gateway).order_by("-started_at", "-pk")
    latest = codes.values_list("error_code", flat=True)[: _MOST_DOUBLINGS + 1]
    return sum(1 for _ in takewhile(lambda code: code == run.error_code, latest))


def _spent(gateway: WhmcsGateway, budget: CallBudget) -> dict[str, Any]:
    """The columns of the budget. A full one is stored as NULL, so that a run without trouble writes nothing."""
    if budget.left < RESERVE:
        return {"trouble_left": budget.left, "trouble_counted_at": timezone.now()}
    return {} if gateway.trouble_left is None else {"trouble_left": None, "trouble_counted_at": None}
