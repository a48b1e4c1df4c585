"""A lease with a fencing token: who may write for a gateway now.

The lease is in columns of the gateway: an end, a holder and a growing number (the fence). A runner that was frozen and
wakes up late finds a higher fence and writes nothing. A runner that was killed leaves its lease behind: on the same
machine the next one sees that the process is gone and takes over at once; elsewhere it waits for the end.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.errors import LeaseLost, RunInProgress
from billing.models import WhmcsGateway
from companies.database.broken import BROKEN, let_go_of_broken

LEASE = timedelta(minutes=3)


@dataclass(slots=True)
class Lease:
    """The right to write for one gateway, until somebody with a higher `fence` takes over."""

    gateway_id: int
    fence: int
    until: datetime

    def extend(self) -> None:
        """Extend the lease. Raises LeaseLost if somebody else has taken over."""
        until = timezone.now() + LEASE
        if not WhmcsGateway.objects.filter(pk=self.gateway_id, lease_fence=self.fence).update(lease_until=until):
            raise LeaseLost
        self.until = until

    def keep(self) -> None:
        """Extend the lease if a good part of its time is gone. For long phases of reading, which write nothing."""
        if self.until - timezone.now() < LEASE * 3 / 4:
            self.extend()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that starts by extending the lease, so that a runner that lost it commits nothing.

        If the connection breaks during COMMIT, it is unknown whether the transaction was committed, and a repetition
        could write twice. The stored end of the lease tells, because the same transaction set it.
        """
        before = self.until
        try:
            with transaction.atomic():
                self.extend()
                yield
        except BROKEN:
            if self.until == before or not self._is_committed():
                raise

    def _is_committed(self) -> bool:
        mine = WhmcsGateway.objects.filter(pk=self.gateway_id, lease_fence=self.fence, lease_until=self.until)
        return mine.exists()


@contextmanager
def claim(gateway: WhmcsGateway) -> Iterator[Lease]:
    """Hold the lease of `gateway` during the block. Raises RunInProgress if another run holds it."""
    lease = _take(gateway)
    try:
        yield lease
    except BROKEN:
        let_go_of_broken()  # otherwise releasing the lease would fail as well
        raise
    finally:
        WhmcsGateway.objects.filter(pk=lease.gateway_id, lease_fence=lease.fence).update(
            lease_until=None, lease_holder=""
        )


def is_held(gateway: WhmcsGateway, now: datetime) -> bool:
    """Whether somebody is reading now. A dead runner does not count if it ran on this machine."""
    return _is_alive(gateway.lease_until, gateway.lease_holder, now)


def _take(gateway: WhmcsGateway) -> Lease:
    now = timezone.now()
    seen = WhmcsGateway.objects.values_list("lease_fence", "lease_until", "lease_holder").get(pk=gateway.pk)
    fence, held_until, holder = seen
    if _is_alive(held_until, holder, now):
        raise RunInProgress
    until = now + LEASE
    # Compare-and-set: only one of those who saw this fence can raise it.
    taken = WhmcsGateway.objects.filter(pk=gateway.pk, lease_fence=fence).update(
        lease_fence=F("lease_fence") + 1, lease_until=until, lease_holder=_this_process()
    )
    if not taken:
        raise RunInProgress
    return Lease(gateway.pk, fence + 1, until)


def _is_alive(until: datetime | None, holder: str, now: datetime) -> bool:
    if until is None or until <= now:
        return False
    machine, _, process = holder.rpartition("/")
    if machine != _this_machine():
        return True
    return process == _process(int(process.partition(":")[0]))


def _this_process() -> str:
    return f"{_this_machine()}/{_process(os.getpid())}"


def _this_machine() -> str:
    """Host, boot and PID namespace: a process id means something only within all three."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        boot = namespace = "unknown"
    return f"{socket.gethostname()}/{boot}/{namespace}"


def _process(pid: int) -> str:
    """A process id with the moment of its start, because ids are reused; "gone" if it has ended."""
    try:
        started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return f"{pid}:gone"
    return f"{pid}:{started}"
