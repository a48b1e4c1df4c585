"""Only one runner writes for a gateway, whatever happened to the others."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.errors import LeaseLost, RunInProgress
from billing.models import WhmcsGateway
from billing.runs.lease import LEASE, claim

pytestmark = pytest.mark.django_db(transaction=True)


def held_by(gateway: WhmcsGateway, holder: str) -> None:
    WhmcsGateway.objects.filter(pk=gateway.pk).update(lease_holder=holder, lease_until=timezone.now() + LEASE)


def test_a_second_runner_is_refused_while_the_first_lives(gateway: WhmcsGateway) -> None:
    with claim(gateway), pytest.raises(RunInProgress), claim(gateway):
        pytest.fail("two runners at once")


def test_it_is_free_again_after_the_run(gateway: WhmcsGateway) -> None:
    with claim(gateway) as first:
        pass
    with claim(gateway) as second:
        assert second.fence == first.fence + 1


def test_a_killed_runner_on_this_machine_is_recognised_at_once(gateway: WhmcsGateway) -> None:
    with claim(gateway):
        holder = WhmcsGateway.objects.get().lease_holder
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    held_by(gateway, holder.rpartition("/")[0] + f"/{gone.pid}:12345")
    with claim(gateway):
        assert WhmcsGateway.objects.get().lease_holder == holder


def test_a_runner_on_another_machine_is_waited_for_until_its_time_is_over(gateway: WhmcsGateway) -> None:
    held_by(gateway, f"elsewhere/boot/pid/{os.getpid()}:1")
    with pytest.raises(RunInProgress), claim(gateway):
        pytest.fail("took over from a living runner")
    WhmcsGateway.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    with claim(gateway):
        pass


def test_a_runner_that_wakes_up_late_writes_nothing(gateway: WhmcsGateway) -> None:
    with claim(gateway) as frozen:
        WhmcsGateway.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        with claim(gateway):
            with pytest.raises(LeaseLost), frozen.writing():
                pytest.fail("wrote with a lease that somebody else has")
            with pytest.raises(LeaseLost):
                frozen.extend()


def test_a_runner_that_lost_its_lease_does_not_end_its_successors(gateway: WhmcsGateway) -> None:
    with claim(gateway):
        WhmcsGateway.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        successor = claim(gateway)
        lease = successor.__enter__()
    assert WhmcsGateway.objects.get().lease_until is not None
    lease.extend()
    successor.__exit__(None, None, None)
