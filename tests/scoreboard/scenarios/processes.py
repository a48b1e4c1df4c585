"""Processes and the database: F-60 to F-71."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.runs.lease import LEASE
from sandbox import faults
from sandbox.interference import Interference
from sandbox.rows import Entry
from tests.proofs import processes
from tests.scoreboard.scenario import Ran, Scenario, Side
from tests.scoreboard.sides import run_command
from tests.scoreboard.stage import Stage

MEMBERSHIP = 'INSERT INTO "companies_membership"'


def at_statement(beginning: str, act: Callable[[], object]) -> Callable[..., Any]:
    """Before the first statement that begins so, something happens to this process."""
    done: list[bool] = []

    def before(execute: Callable[..., Any], sql: str, *details: Any) -> Any:
        if sql.startswith(beginning) and not done:
            done.append(True)
            act()
        return execute(sql, *details)

    return before


def run_and(beginning: str, act: Callable[[], object]) -> Callable[[Stage, Side], Ran]:
    """A reading in a process of its own to which something happens before a statement."""

    def run(stage: Stage, side: Side) -> Ran:
        child = processes.start(lambda: _run_disturbed(stage, side, beginning, act))
        status, ran = child.join()
        return ran or Ran(status, "", "killed")

    return run


def _run_disturbed(stage: Stage, side: Side, beginning: str, act: Callable[[], object]) -> Ran:
    with connection.execute_wrapper(at_statement(beginning, act)):
        return _here(side)(stage)


def _here(side: Side) -> Callable[[Stage], Ran]:
    """What this very process can do: the command is the same story as the worker's task."""
    return run_command if side.is_ticketz else side.run


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def lose_the_database() -> None:
    raise OperationalError("server closed the connection unexpectedly")


def kill_it_in_a_call(stage: Stage, side: Side) -> Ran:
    stage.server.faults.always(faults.hang(), "GetClientsProducts")
    ran = side.kill(stage)
    stage.server.faults.clear()
    return ran


def freeze_it_and_go_on(stage: Stage, side: Side) -> Ran:
    """It has read that Max is suspended, sleeps; Max pays and another reading lets him in; then it wakes up."""
    stage.shop.suspend(stage.of("Max"))
    child = processes.start(lambda: _run_disturbed(stage, side, 'SELECT "billing_subscription"', stop))
    stopped = child.wait_until_stopped()
    stage.shop.unsuspend(stage.of("Max"))
    WhmcsGateway.objects.filter(lease_until__gt=timezone.now()).update(lease_until=timezone.now() - LEASE)
    side.run(stage)
    if not stopped:
        raise AssertionError("it ended before it could be frozen")
    child.wake()
    return child.join()[1] or Ran(-1, "", "killed")


class Together(Interference):
    """The answer about the newest client waits until so many have asked, or for a moment."""

    def __init__(self, number: int) -> None:
        self._gate = threading.Barrier(number)

    def change_client(self, client_id: int, columns: Entry) -> None:
        if columns["firstname"] == "Nia":
            with suppress(threading.BrokenBarrierError):
                self._gate.wait(1)


def start_three_at_once(stage: Stage, side: Side) -> Ran:
    stage.server.faults.always(Together(3), "GetClientsDetails")
    children = [processes.start(lambda: _here(side)(stage)) for _ in range(3)]
    rans = [ran for child in children if (ran := child.join()[1])]
    stage.server.faults.clear()
    return min(rans, key=lambda ran: ran.status)


SCENARIOS = (
    Scenario("F-60", "The process is killed while it opens a new customer's company.", run=run_and(MEMBERSHIP, die)),
    Scenario("F-62", "The process is killed while it waits for WHMCS.", run=kill_it_in_a_call),
    Scenario(
        "F-63", "A process sleeps for ten minutes and goes on with what it had read before.", run=freeze_it_and_go_on
    ),
    Scenario("F-64", "Three readings are started at the same moment.", run=start_three_at_once, varies=True),
    Scenario(
        "F-71",
        "The database goes away while a new customer's company is opened.",
        run=run_and(MEMBERSHIP, lose_the_database),
    ),
)
