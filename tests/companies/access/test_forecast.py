"""When access is lost if nothing changes: facts and days, no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.access import Facts, Reason, Status, decide_access
from companies.access.forecast import NOON, Loss, decide_loss

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
DUE = date(2026, 3, 10)
ZONES = [UTC, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Auckland")]


def facts(**changes: object) -> Facts:
    base = Facts(
        status=Status.ACTIVE, status_since=datetime(2026, 1, 5, tzinfo=UTC), due_date=DUE, grace_days=3,
        unconfirmed_days=14, read_at=NOW,
    )  # fmt: skip
    return base._replace(**changes)  # type: ignore[arg-type]


def loss(the_facts: Facts, *, days: int = 30, is_read_on: bool = True) -> Loss | None:
    return decide_loss(the_facts, is_read_on=is_read_on, now=NOW, zone=UTC, days=days)


def test_a_due_date_takes_access_away_on_the_day_after_its_grace() -> None:
    assert loss(facts()) == Loss(DUE + timedelta(days=4), Reason.OVERDUE)


@pytest.mark.parametrize(("days", "is_lost"), [(12, False), (13, True)])
def test_the_last_day_of_the_horizon_counts(days: int, is_lost: bool) -> None:
    assert (loss(facts(), days=days) is not None) == is_lost


def test_what_only_waits_for_the_next_reading_is_lost_today() -> None:
    overdue = facts(due_date=TODAY - timedelta(days=5), read_at=NOW - timedelta(days=3))
    assert loss(overdue) == Loss(TODAY, Reason.OVERDUE)


def test_a_record_that_can_not_be_read_is_lost_when_it_was_unconfirmed_for_too_long() -> None:
    found = loss(facts(due_date=TODAY, read_at=NOW - timedelta(days=1)), is_read_on=False)
    assert found == Loss(TODAY + timedelta(days=3 + 14 + 1), Reason.UNCONFIRMED_TOO_LONG)


def test_the_end_of_a_hold_shows_what_billing_says() -> None:
    held = facts(status=Status.SUSPENDED, hold_until=TODAY + timedelta(days=5))
    assert loss(held) == Loss(TODAY + timedelta(days=6), Reason.SUSPENDED)


def test_an_override_of_billing_puts_it_off() -> None:
    exempted = facts(due_date=TODAY - timedelta(days=9), override_until=TODAY + timedelta(days=7))
    assert loss(exempted) == Loss(TODAY + timedelta(days=8), Reason.OVERDUE)


@pytest.mark.parametrize(
    ("changes", "is_read_on"),
    [
        ({"due_date": None}, True),
        ({"due_date": date.max}, True),
        ({"status": Status.SUSPENDED}, True),
        ({"locked_at": NOW}, True),
        ({"unconfirmed_days": None, "read_at": None}, False),
        ({"is_paused": True}, False),
    ],
)
def test_who_has_nothing_due_nothing_to_lose_or_waits_for_a_person_loses_nothing(
    changes: dict[str, object], is_read_on: bool
) -> None:
    assert loss(facts(**changes), is_read_on=is_read_on) is None


near = st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40))
moments = st.datetimes(datetime(2026, 1, 20), datetime(2026, 3, 1, 9), timezones=st.just(UTC))


@given(
    the_facts=st.builds(
        Facts,
        status=st.sampled_from(Status),
        status_since=moments,
        due_date=st.none() | near,
        grace_days=st.integers(0, 9),
        unconfirmed_days=st.none() | st.integers(0, 20),
        read_at=st.none() | moments,
        override_until=st.none() | near,
        hold_until=st.none() | near,
        locked_at=st.none() | moments,
        is_paused=st.booleans(),
    ),
    is_read_on=st.booleans(),
    zone=st.sampled_from(ZONES),
    days=st.integers(0, 40),
)
def test_it_is_the_first_day_on_which_access_as_decided_day_by_day_is_blocked(
    the_facts: Facts, is_read_on: bool, zone: ZoneInfo, days: int
) -> None:
    expected = None
    today = NOW.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(days + 1)):
        noon = datetime.combine(day, NOON, tzinfo=zone)
        access = decide_access(the_facts._replace(read_at=noon) if is_read_on else the_facts, now=noon, zone=zone)
        if not access.is_open:
            expected = Loss(day, access.reason)
            break
    if not decide_access(the_facts, now=NOW, zone=zone).is_open:
        expected = None
    assert decide_loss(the_facts, is_read_on=is_read_on, now=NOW, zone=zone, days=days) == expected
