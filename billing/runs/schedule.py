"""Schedules the next reading of a gateway, in a column, so that neither a lost message nor a restart can lose it.

A working gateway is read once per interval. For a failing one the pauses grow (exponential backoff), and its runs share
a budget of calls that may fail within an hour (`billing.whmcs.budget`).
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

# Somebody has to change a setting first, so hours do no harm; a WHMCS that refuses us all day would ban us.
LONGEST_UNTIL_CONFIGURED = timedelta(hours=6)
# An outage may be over any minute, and customers are waiting.
LONGEST_UNTIL_BETTER = timedelta(minutes=5)
LONGEST_ASKED_FOR = timedelta(hours=1)
LONGEST_INTERVAL = timedelta(days=1)
JITTER = 0.1
# Gateways that are read at their intervals: enabled, and not paused.
READ_BY_CLOCK = Q(is_enabled=True) & ~RESTS
MOST_COUNTED = 10_000
_MOST_DOUBLINGS = 16
# These come in any number. Operators are few, so their runs get a full budget each time.
_SHARE_A_BUDGET = frozenset({SyncRun.Trigger.SCHEDULE, SyncRun.Trigger.CUSTOMER, SyncRun.Trigger.HOOK})


def due_at(moment: datetime) -> Q:
    """The condition for gateways that are due at `moment`.

    A reading planned further ahead than any pause was planned by a wrong clock, so it is due as well.
    """
    day = Q(next_sync_at__gt=moment + LONGEST_INTERVAL)
    hours = Q(
        next_sync_at__gt=moment + LONGEST_UNTIL_CONFIGURED, interval_seconds__lte=LONGEST_UNTIL_CONFIGURED.seconds
    )
    return Q(next_sync_at=None) | Q(next_sync_at__lte=moment) | day | hours


def pause_after(
    interval: timedelta, failures: int, next_step: NextStep | None, *, asked: float | None = None, jitter: float = 0.0
) -> timedelta:
    """How long to wait after a run before the next one.

    `failures` is how many runs failed in a row, `next_step` what the last one needs (None: it succeeded), `asked` how
    many seconds WHMCS asked us to wait. `jitter`, from 0 to 1, makes a grown pause up to a tenth shorter.
    """
    pause = interval
    if failures > 0 and next_step is not None:
        longest = LONGEST_UNTIL_CONFIGURED if next_step is NextStep.CONFIGURE else LONGEST_UNTIL_BETTER
        grown = min(longest, interval * 2 ** min(failures - 1, _MOST_DOUBLINGS))
        pause = max(interval, grown * (1 - JITTER * jitter))
    return max(pause, min(LONGEST_ASKED_FOR, timedelta(seconds=min(asked or 0.0, LONGEST_ASKED_FOR.seconds))))


def schedule_next(gateway: WhmcsGateway, *, only_if_due: bool = False) -> bool:
    """Plan the next reading one interval from now. With `only_if_due`, returns False if somebody else was faster."""
    now = timezone.now()
    rows = WhmcsGateway.objects.filter(due_at(now) if only_if_due else Q(), pk=gateway.pk)
    return bool(rows.update(next_sync_at=now + timedelta(seconds=gateway.interval_seconds)))


def switch_on(gateway: WhmcsGateway) -> bool:
    """Enable a gateway that was never read and plan its next reading; False if it was enabled already."""
    rows = WhmcsGateway.objects.filter(pk=gateway.pk, confirmed_at=None, is_enabled=False)
    next_sync_at = timezone.now() + timedelta(seconds=gateway.interval_seconds)
    return bool(rows.update(is_enabled=True, next_sync_at=next_sync_at))


def switch_off(gateway_id: int) -> None:
    """Disable a gateway and withdraw the readings that are asked for: a worker may still have to begin one."""
    WhmcsGateway.objects.filter(pk=gateway_id).update(is_enabled=False, next_sync_at=None)


def is_withdrawn(gateway: WhmcsGateway) -> bool:
    """Whether the gateway was switched off, and nobody has asked for a reading since."""
    return not gateway.is_enabled and gateway.next_sync_at is None


def calls_left(gateway: WhmcsGateway, now: datetime) -> float:
    """How many calls may still fail at `now`. The budget refills with time."""
    if gateway.trouble_left is None:
        return RESERVE
    counted_at = gateway.trouble_counted_at or now
    return refilled(gateway.trouble_left, (now - counted_at).total_seconds())


def budget_for(gateway: WhmcsGateway, trigger: str) -> CallBudget:
    """The retry budget of a run. A run that an operator started gets a full one, because somebody is waiting."""
    return CallBudget(calls_left(gateway, timezone.now())) if trigger in _SHARE_A_BUDGET else CallBudget()


def schedule_after(run: SyncRun, lease: Lease, budget: CallBudget, error: BillingError | None) -> None:
    """Plan the next reading after a run of the whole gateway that ended with `error` (None: it succeeded).

    Writes nothing after a run without trouble, because `schedule_next` has already planned the next one.
    """
    gateway = run.gateway
    columns = _pace(run, budget, error)
    if run.trigger == SyncRun.Trigger.SCHEDULE:
        columns |= _spent(gateway, budget)
    if columns:
        WhmcsGateway.objects.filter(pk=gateway.pk, lease_fence=lease.fence).update(**columns)


def keep_spent(run: SyncRun, lease: Lease, budget: CallBudget) -> None:
    """Store what a run of one service has spent of the shared budget."""
    if run.trigger in _SHARE_A_BUDGET and (columns := _spent(run.gateway, budget)):
        WhmcsGateway.objects.filter(pk=run.gateway_id, lease_fence=lease.fence).update(**columns)


def start_anew(gateway: WhmcsGateway) -> dict[str, Any]:
    """Forget failures and make the gateway due now: its settings changed. Sets `gateway`; returns the columns."""
    columns = {"failures_in_a_row": 0, "next_sync_at": None, "trouble_left": None, "trouble_counted_at": None}
    for name, value in columns.items():
        setattr(gateway, name, value)
    return columns


def _pace(run: SyncRun, budget: CallBudget, error: BillingError | None) -> dict[str, Any]:
    """The changed columns for the next reading."""
    gateway = run.gateway
    # Waiting for an approval is not a failure of WHMCS.
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
    """Failures in a row, this one included. Only scheduled runs add to them: operators may try at will."""
    by_clock = run.trigger == SyncRun.Trigger.SCHEDULE
    return min(max(1, run.gateway.failures_in_a_row + by_clock), MOST_COUNTED)


def _alike(run: SyncRun) -> int:
    """How many of the latest runs ended with the same error. Only a repeated refusal leads to pauses of hours."""
    codes = SyncRun.objects.filter(gateway=run.gateway).order_by("-started_at", "-pk")
    latest = codes.values_list("error_code", flat=True)[: _MOST_DOUBLINGS + 1]
    return sum(1 for _ in takewhile(lambda code: code == run.error_code, latest))


def _spent(gateway: WhmcsGateway, budget: CallBudget) -> dict[str, Any]:
    """The columns of the budget. A full budget is stored as NULL, so that a run without trouble writes nothing."""
    if budget.left < RESERVE:
        return {"trouble_left": budget.left, "trouble_counted_at": timezone.now()}
    return {} if gateway.trouble_left is None else {"trouble_left": None, "trouble_counted_at": None}
