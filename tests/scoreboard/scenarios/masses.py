"""Time, a restored backup, and many changes at once: F-77 to F-86."""

from datetime import timedelta

from django.utils import timezone

from billing.models import Subscription, SyncRun, WhmcsGateway
from companies.models import Company
from sandbox import faults
from tests.rows import keep_rows
from tests.scoreboard.scenario import Ran, Scenario, Side
from tests.scoreboard.sides import run_command
from tests.scoreboard.stage import Stage, change_a_little, in_days


def end_grace_today(stage: Stage) -> None:
    change_a_little(stage)
    stage.shop.move_due_date(stage.of("Emil"), in_days(-3))


def set_the_clock_ahead(stage: Stage) -> None:
    """Our clock is five days ahead: by WHMCS's, which says so in each answer, everybody is still in time."""
    for name in ("Ana", "Ben", "Cleo", "Dora"):
        stage.shop.move_due_date(stage.of(name), in_days(-5))
        stage.expect(name, True)
    stage.server.faults.always(faults.clock_off(days=-5))


def go_back_to_the_right_time(stage: Stage) -> None:
    """The clock is right again; what was due five days ago on the wrong one is due today."""
    for name in ("Ana", "Ben", "Cleo", "Dora"):
        stage.shop.move_due_date(stage.of(name), in_days(0))
    stage.clear()


def fail_for_days(stage: Stage) -> None:
    """24 days pass, the last five without an answer. All renewed meanwhile, but for Ivo, Jun and Kai."""
    stage.let_days_pass(24)
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=5))
    for name in stage.ids:
        if name not in ("Ivo", "Jun", "Kai", "Quim", "Lea"):
            stage.shop.renew(stage.of(name))
    stage.server.faults.always(faults.server_error())


def restore_a_backup(stage: Stage, side: Side) -> Ran:
    """A reading goes well; then the database is thirty days older, when seven had not renewed yet."""
    backup = keep_rows()
    side.run(stage)
    backup.put_back()
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=30))
    SyncRun.objects.update(started_at=timezone.now() - timedelta(days=30))
    ids = [stage.of(name) for name in ("Ana", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gil")]
    Company.objects.filter(subscriptions__service_id__in=ids).update(due_date=in_days(-31))
    Subscription.objects.filter(service_id__in=ids).update(due_date=in_days(-31))
    stage.expect("Quim", None)  # whose date has passed since, too: nobody here can know that he did not pay
    stage.server.faults.always(faults.server_error())
    return side.run(stage)


def know_all_again(stage: Stage) -> None:
    stage.exceptions.clear()
    stage.clear()


def say_go(stage: Stage) -> None:
    """Ticketz waits for it: nobody else knows what else the backup lacks."""
    if not WhmcsGateway.objects.filter(paused_at__isnull=False).exists():
        raise AssertionError("the old backup went unnoticed")
    _operate(stage, "--resume")


def hide_most(stage: Stage) -> None:
    """All but Ana, Ben, Cleo and Max."""
    stage.server.faults.always(faults.Hidden(*[i for i in stage.shop.services if 3 < i != stage.of("Max")]))


MANY = ("Ana", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gil", "Hana", "Ivo", "Jun", "Kai")


def suspend_many(stage: Stage) -> None:
    for name in MANY:
        stage.shop.suspend(stage.of(name))


def suspend_many_by_mistake(stage: Stage) -> None:
    suspend_many(stage)
    for name in MANY:
        stage.expect(name, True)


def correct_the_mistake(stage: Stage) -> None:
    for name in MANY:
        stage.shop.unsuspend(stage.of(name))


def say_yes(stage: Stage) -> None:
    _operate(stage, "--approve")


def say_no(stage: Stage) -> None:
    """To all that waits, and so also to Oto's suspension."""
    stage.expect("Oto", None)
    _operate(stage, "--reject")


def _operate(stage: Stage, option: str) -> None:
    ran = run_command(stage, option)
    if ran.has_traceback:
        raise AssertionError(ran.output)


SCENARIOS = (
    Scenario("F-77", "It is the last day of a customer's grace.", change=end_grace_today, lasts=True),
    Scenario(
        "F-79",
        "Our clock is five days ahead of WHMCS's.",
        set_the_clock_ahead,
        mend=go_back_to_the_right_time,
    ),
    Scenario("F-80", "Due dates pass while WHMCS can't be read; most have paid in time.", fail_for_days),
    Scenario(
        "F-81",
        "A backup of thirty days ago is restored, and WHMCS can't be read at first.",
        run=restore_a_backup,
        operator=say_go,
        mend=know_all_again,
    ),
    Scenario("F-84", "Three quarters of the services are missing from the list, and its total agrees.", hide_most),
    Scenario(
        "F-86a",
        "Eleven customers are suspended by mistake at once; it is corrected an hour later.",
        suspend_many_by_mistake,
        mend=correct_the_mistake,
    ),
    Scenario(
        "F-86b",
        "Eleven customers are rightly suspended at once; the operator says yes.",
        suspend_many,
        operator=say_yes,
    ),
    Scenario(
        "F-86c",
        "Eleven customers are suspended by mistake at once; the operator says no, then it is corrected.",
        suspend_many_by_mistake,
        operator=say_no,
        mend=correct_the_mistake,
    ),
)
