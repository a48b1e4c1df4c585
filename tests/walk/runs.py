"""The ways in which a sync runs: by the command, killed on its way, two at once, asleep while another works."""

import json
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from billing import sync
from billing.errors import RunInProgress
from billing.models import SyncRun, WhmcsGateway
from billing.runs.lease import LEASE
from tests.proofs import processes
from tests.proofs.points import Steps, acting, freeze, kill


class Told(NamedTuple):
    """What the command printed as JSON, and its exit status."""

    printed: dict[str, Any]
    status: int

    @property
    def outcome(self) -> str:
        return str(self.printed["outcome"])


def command(*options: str) -> Told:
    """`manage.py sync_gateway`."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sync_gateway", "--json", *options, stdout=out)
    return Told(json.loads(out.getvalue()), int(ended.value.code or 0))


def killed(step: int) -> bool:
    """A process syncs and gets SIGKILL before its nth step with the database. False where it ended before that."""

    def work() -> None:
        with acting(kill, at=step):
            _sync()

    return processes.start(work).join()[0] != 0


def at_once(number: int) -> list[str]:
    """So many processes sync at the same moment; the outcome of each."""
    return [str(child.join()[1]) for child in [processes.start(_sync) for _ in range(number)]]


def overslept(step: int, meanwhile: Callable[[], object]) -> Callable[[], object] | None:
    """A process falls asleep after its nth step, its lease runs out, `meanwhile` happens.

    Returns what wakes it up and waits for its end; None where it had ended before that.
    """
    sleeper = processes.start(lambda: _sleep(step))
    if not sleeper.wait_until_stopped():
        return None
    WhmcsGateway.objects.filter(lease_until__gt=timezone.now()).update(lease_until=timezone.now() - LEASE)
    try:
        meanwhile()
    except BaseException:
        sleeper.wake()
        raise

    def wake() -> None:
        sleeper.wake()
        sleeper.join()

    return wake


def _sync() -> str:
    try:
        return str(sync.sync_gateway(WhmcsGateway.objects.get(), trigger=SyncRun.Trigger.SCHEDULE).outcome)
    except RunInProgress:
        return "refused"


def _sleep(step: int) -> None:
    def freeze_when_free() -> None:
        # Asleep in a transaction it would hold up everybody else.
        if connection.in_atomic_block or steps[0].labels[-1] == "before COMMIT":
            steps[0].at += 1
        else:
            freeze()

    steps: list[Steps] = []
    with suppress(RunInProgress), acting(freeze_when_free, at=step) as counted:
        steps.append(counted)
        _sync()
