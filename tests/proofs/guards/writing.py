"""Guards on who writes, and on all of it or nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

from django.db import DatabaseError, connection, connections

from billing.models import SyncRun, WhmcsGateway
from sandbox.faults import Meanwhile
from tests.proofs.guards.guard import Guard, says
from tests.proofs.guards.stage import Stage
from tests.proofs.leaks import Hunt
from tests.proofs.places import add_database
from tests.proofs.story import PASSWORD, sync_now


def a_runner_sleeps_while_another_takes_over(stage: Stage) -> list[str]:
    """It has read what Alice chose and looks for more when its lease ends; the other one writes what she chose then."""
    stage.open("Alice")
    stage.shop.change_plan(stage.ids["Alice"], "Business")

    def she_chooses_again() -> None:
        stage.shop.change_plan(stage.ids["Alice"], "Starter")
        _take_over(stage)

    stage.faults.once(Meanwhile(she_chooses_again), "GetClientsProducts", nth=2)
    stage.sync()
    return [] if stage.company("Alice").plan.name == "Starter" else ["Alice has the plan that she chose before"]


def two_runners_start_at_once(stage: Stage) -> list[str]:
    stage.buy("Alice")
    stage.faults.once(Meanwhile(lambda: _run_besides(stage)), "GetClientsDetails")
    stage.sync()
    return ["a run at work was pushed aside"] if SyncRun.objects.filter(outcome="lost").exists() else []


def the_database_fails_in_the_middle(stage: Stage) -> list[str]:
    """Of a purchase, after the company was written; whoever tries again does it from the beginning."""
    stage.buy("Alice")
    with refusing(lambda sql, params: sql.startswith('INSERT INTO "billing_subscription"'), times=1):
        stage.sync()
    stage.sync()
    return stage.judge()


def the_database_refuses_one_record(stage: Stage) -> list[str]:
    for name in ("Alice", "Bob", "Charlie"):
        stage.buy(name)
    with refusing(lambda sql, params: sql.startswith("INSERT") and "bob@example.com" in str(params)):
        stage.sync()
    return [sentence for sentence in stage.judge() if not sentence.startswith("Bob")]


def a_password_comes_from_the_cart(stage: Stage) -> list[str]:
    stage.open("Alice")
    hunt = Hunt({"the password": PASSWORD})
    add_database(hunt)
    return hunt.finds()


@contextmanager
def refusing(condition: Callable[[str, object], bool], times: int = 10**6) -> Iterator[None]:
    """The database refuses such statements, some times or always."""
    left = iter(range(times))

    def execute_or_refuse(execute: Callable[..., Any], sql: str, params: object, *details: Any) -> Any:
        if condition(sql, params) and next(left, None) is not None:
            raise DatabaseError("made up by a test")
        return execute(sql, params, *details)

    with connection.execute_wrapper(execute_or_refuse):
        yield


def _take_over(stage: Stage) -> None:
    WhmcsGateway.objects.update(lease_until=None)
    _run_besides(stage)


def _run_besides(stage: Stage) -> None:
    """In the thread of the shop, which has a connection of its own."""
    try:
        sync_now()
    except Exception:  # noqa: S110 - refused, as it should be
        pass
    finally:
        connections.close_all()


def all_or_none(*args: Any, **options: Any) -> None:
    """What a loop does that gives up a whole group because of one."""
    lease, report, items, write, give_up = args
    try:
        with report.undone_on_error(), lease.writing():
            write(items)
            report.flush()
    except DatabaseError as error:
        for item in items:
            give_up(item, error)


def in_plain_text(_: object) -> Callable[[Sequence[str]], str]:
    return lambda readings: readings[0]


GUARDS = (
    Guard("who lost the lease writes nothing", "billing.runs.lease:Lease.extend", says(None),
          a_runner_sleeps_while_another_takes_over, "Alice has the plan that she chose before", needs_commits=True),
    Guard("only a dead runner is taken over from", "billing.runs.lease:_is_alive", says(False),
          two_runners_start_at_once, "a run at work was pushed aside", needs_commits=True),
    Guard("a purchase is written in one transaction", "billing.runs.lease:transaction",
          lambda _: SimpleNamespace(atomic=nullcontext),
          the_database_fails_in_the_middle, "a company belongs to no service", needs_commits=True),
    Guard("one bad record stops no other", "billing.steps.newcomers.pipeline:write_in_groups",
          lambda _: all_or_none, the_database_refuses_one_record, "Alice has paid and has no company"),
    Guard("a first password is stored as a hash", "billing.steps.clients.details:encode_readings", in_plain_text,
          a_password_comes_from_the_cart, "the password in database", needs_commits=True),
)  # fmt: skip
