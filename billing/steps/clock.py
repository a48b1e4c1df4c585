"""Whether WHMCS's clock and ours agree: due dates are days of WHMCS's calendar, and today is a day of ours."""

from datetime import timedelta

from billing.errors import ErrorCode, SnapshotIncomplete
from billing.models import Kind, WhmcsGateway
from billing.steps.context import Context

# The wire is slow, and the header Date knows whole seconds only.
IGNORED = timedelta(seconds=5)
WORTH_WRITING = timedelta(minutes=1)
WORTH_TELLING = timedelta(minutes=10)
# From here on one of the two has another day than the other.
TRUSTED = timedelta(hours=12)


def ensure_clocks_agree(context: Context) -> None:
    """Keep how far the clocks differ, and list it where somebody should set one of them.

    Call it after the first page and before anything is concluded. Raises SnapshotIncomplete where they differ so much
    that a reading is no evidence about any date; what WHMCS says in words (Suspended, ...) does not rest on clocks.
    """
    _keep(context)
    seconds = context.gateway.clock_difference
    if seconds is None or abs(seconds) <= WORTH_TELLING.total_seconds():
        return
    minutes = abs(seconds) // 60
    error = SnapshotIncomplete(ErrorCode.CLOCK_DIFFERS, difference=f"{minutes // 60}:{minutes % 60:02}")
    context.note(Kind.CLOCK_DIFFERS, "gateway", error.as_details())
    if abs(seconds) > TRUSTED.total_seconds():
        raise error


def _keep(context: Context) -> None:
    """Write the difference where it is not about what it was, so that an unchanged run writes nothing."""
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
