"""What the walk through companies of several services found once, or what its judge had to learn, as steps."""

from companies.models import Company
from companies.standings.facts import access_of
from tests.walk.several import Several


def test_of_two_services_that_both_ran_out_unread_the_one_that_did_so_last_speaks_for_it(several: Several) -> None:
    several.step("move_due_date", service=0, days=30)
    several.step("move_due_date", service=1, days=-60)
    several.step("settle")
    several.step("leave_unread", days=60)
    several.step("settle")
    assert len(several.judge.locked) == 1


def test_a_loss_waits_while_the_record_of_the_other_service_is_broken(several: Several) -> None:
    several.step("poison", service=0, kind="client")
    several.step("sync")
    several.step("suspend", service=1)
    several.step("settle")
    assert (Company.objects.get().status, several.judge.locked) == ("active", {})
    several.step("heal_all")
    several.step("suspend", service=0)
    several.step("settle")
    assert len(several.judge.locked) == 1


def test_a_date_that_only_an_incomplete_reading_saw_pass_opens_a_closed_company_until_that_is_too_long(
    several: Several,
) -> None:
    """As it keeps one open that never was closed."""
    for service in (0, 1):
        several.step("move_due_date", service=service, days=-60)
    several.step("settle")
    several.step("wait", hours=24 * 5)
    several.step("move_due_date", service=0, days=-4)
    several.step("trouble", kind="total too high")
    several.step("sync")
    several.step("leave_unread", days=2)
    assert access_of(Company.objects.select_related("source").get()).is_open
    several.step("leave_unread", days=16)
    assert not access_of(Company.objects.select_related("source").get()).is_open
