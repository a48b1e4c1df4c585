"""Checks that WHMCS's clock and ours agree: due dates are days in WHMCS's calendar, but today is a day in ours."""

from datetime import timedelta

from billing.errors import ErrorCode, SnapshotIncomplete
from billing.models import Kind, RunRecord, WhmcsGateway
from billing.reconcile import Decision
from billing.steps.changes.entries import enter_loss
from billing.steps.run.context import Context
from billing.steps.run.findings import Findings
from billing.wording.attention import sentence
from billing.wording.moments import in_hours
from companies.access import Status

# The network is slow, and the Date header has whole seconds only.
IGNORED = timedelta(seconds=5)
WORTH_WRITING = timedelta(minutes=1)
WORTH_TELLING = timedelta(minutes=10)
# With a larger difference the two clocks show different days most of the time.
TRUSTED = timedelta(hours=12)


def ensure_clocks_agree(context: Context) -> None:
    """Store how far the clocks differ, and raise an attention item if somebody should correct one of them.

    Raises SnapshotIncomplete if they differ so much that the reading is no evidence about any date, see `hold_dated`. A
    status such as Suspended does not depend on a clock.
    """
    _keep(context)
    seconds = context.gateway.clock_difference or 0
    if abs(seconds) <= WORTH_TELLING.total_seconds():
        return
    error = _error(seconds)
    context.note(Kind.CLOCK_DIFFERS, "gateway", error.as_details())
    if is_too_much(seconds):
        raise error


def is_too_much(seconds: float) -> bool:
    """Whether clocks that differ by so much show different days."""
    return abs(seconds) > TRUSTED.total_seconds()


def _error(seconds: float) -> SnapshotIncomplete:
    return SnapshotIncomplete(ErrorCode.CLOCK_DIFFERS, difference=in_hours(seconds))


def hold_dated(context: Context) -> None:
    """Hold the losses by a date if the clocks show different days. Call it when all losses are found."""
    seconds = context.gateway.clock_difference or 0
    if not is_too_much(seconds):
        return
    details = _error(seconds).as_details()
    reason = sentence(Kind.CLOCK_DIFFERS, details)
    for loss in take_dated(context.found):
        enter_loss(context, loss, RunRecord.Result.HELD, Kind.CLOCK_DIFFERS, reason, details)


def take_dated(found: Findings) -> list[Decision]:
    """Take out the losses of companies that WHMCS calls active: only a due date would close them."""
    dated: list[Decision] = []
    others: list[Decision] = []
    for loss in found.losses:
        is_dated = loss.after is not None and loss.after.status == Status.ACTIVE.value
        (dated if is_dated else others).append(loss)
    found.losses = others
    return dated


def _keep(context: Context) -> None:
    """Store the difference unless it is about the same as before, so that usually nothing is written."""
    gateway, known = context.gateway, context.gateway.clock_difference
    said = context.client.clock_difference
    found = None if said is None else round(said)
    if found is not None and abs(found) < IGNORED.total_seconds():
        found = 0
    is_as_before = known is not None and found is not None and abs(found - known) <= WORTH_WRITING.total_seconds()
    if found == known or is_as_before:
        return
    with context.lease.writing():
        WhmcsGateway.objects.filter(pk=gateway.pk).update(clock_difference=found)
    gateway.clock_difference = found
