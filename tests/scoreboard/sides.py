"""The two who are compared: the script from cron, and Ticketz as an operator runs it."""

import json
import os
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import count
from typing import Any
from unittest.mock import patch

import requests
from django.core.management import call_command

from bench import naive
from billing import tasks
from billing.management.commands.sync_gateway import EXIT_STATUS
from billing.models import SyncRun, WhmcsGateway
from tests.proofs import processes
from tests.scoreboard.probe import gate_of_a_script, gate_of_ticketz
from tests.scoreboard.quick import patience
from tests.scoreboard.scenario import Ran, Runner, Side
from tests.scoreboard.stage import Stage
from tests.scoreboard.workers import Workers

NEVER_ENDS = "never ends"
CALLS_AT_MOST = 300
AT_LEAST = 15.0  # seconds in which a script that ends, ends, however busy the machine is


class NeverEndsError(Exception):
    """A script that would still be running when cron starts the next one."""


def run_script(stage: Stage) -> Ran:
    """`bench/naive.py` from cron: an exception is a traceback in root's mail and exit status 1."""
    with _impatient():
        for gateway in stage.gateways():
            try:
                naive.sync(gateway)
            except NeverEndsError:
                return Ran(1, NEVER_ENDS)
            except Exception:
                return Ran(1, traceback.format_exc())
    return Ran(0, "")


def run_command(stage: Stage, *options: str) -> Ran:
    """`manage.py sync_gateway --json`, in this process."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("sync_gateway", "--json", *options, stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(ended.code or 0)
    except Exception:
        return Ran(1, out.getvalue() + err.getvalue() + traceback.format_exc(), "crashed")
    return Ran(status, out.getvalue() + err.getvalue(), _outcome(out.getvalue()))


def run_in_worker(workers: Workers) -> Runner:
    """One message for each gateway through the broker; a real worker process does the work."""

    def run(stage: Stage) -> Ran:
        workers.ensure_running()
        begun = workers.log_size()
        outcomes = [_run_one_in_worker(workers, gateway) for gateway in stage.gateways()]
        worst = max(outcomes, key=lambda outcome: EXIT_STATUS.get(outcome, 2))
        return Ran(EXIT_STATUS.get(worst, 2), workers.log_since(begun), worst)

    return run


def _run_one_in_worker(workers: Workers, gateway: WhmcsGateway) -> str:
    """The outcome of the run that a message leads to; a gateway that is not to be read fails without a run."""
    begun, runs = workers.log_size(), SyncRun.objects.filter(gateway=gateway)
    before = runs.count()
    sent = tasks.sync_gateway.apply_async((gateway.pk, SyncRun.Trigger.OPERATOR.value), queue=workers.queue)
    workers.wait_for(lambda: workers.has_done(sent.id, since=begun))
    return str(runs.latest("pk").outcome) if runs.count() > before else "failed"


@contextmanager
def _impatient() -> Iterator[None]:
    """The script's 30 seconds are as short as Ticketz's; what goes on for ever is ended."""
    calls = count(1)

    def give_up(*_: object) -> None:
        raise NeverEndsError

    honest = requests.Session.request

    def request(session: requests.Session, *args: Any, **options: Any) -> requests.Response:
        if next(calls) > CALLS_AT_MOST:
            raise NeverEndsError
        return honest(session, *args, **options | {"timeout": patience()})

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, max(20 * patience(), AT_LEAST))
    try:
        with patch.object(requests.Session, "request", request):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _kill_process_of(run: Runner) -> Runner:
    """A reading in a process of its own, killed as soon as WHMCS has been asked something that it won't answer."""

    def kill(stage: Stage) -> Ran:
        child = processes.start(lambda: run(stage))
        _wait_for_a_hanging_call(stage)
        os.kill(child.pid, signal.SIGKILL)
        return Ran(child.join()[0], "", "killed")

    return kill


def _kill_worker(workers: Workers) -> Runner:
    def kill(stage: Stage) -> Ran:
        workers.ensure_running()
        for gateway in stage.gateways():
            tasks.sync_gateway.apply_async((gateway.pk, SyncRun.Trigger.OPERATOR.value), queue=workers.queue)
        _wait_for_a_hanging_call(stage)
        workers.kill()
        return Ran(-9, "", "killed")

    return kill


def _wait_for_a_hanging_call(stage: Stage) -> None:
    """Until a rule of the fault plan has happened."""
    rules, ends = stage.server.faults.rules, time.monotonic() + 300
    while not any(rule.happened for rule in rules) and time.monotonic() < ends:
        time.sleep(0.01)


def script_side() -> Side:
    return Side(run_script, _kill_process_of(run_script), gate_of_a_script, is_ticketz=False)


def ticketz_side(workers: Workers | None) -> Side:
    """With `workers` through broker and worker processes, else in this process."""
    if workers is None:
        return Side(run_command, _kill_process_of(run_command), gate_of_ticketz, is_ticketz=True)
    return Side(run_in_worker(workers), _kill_worker(workers), gate_of_ticketz, is_ticketz=True)


def _outcome(printed: str) -> str:
    try:
        return str(json.loads(printed)["outcome"])
    except (ValueError, LookupError):
        return ""
