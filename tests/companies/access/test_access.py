"""Whether a company is open: tables of facts and verdicts, no database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.access import Access, Facts, Reason, Rule, State, Status, decide_access, explain_access

DUE = date(2026, 3, 10)
SINCE = datetime(2026, 1, 5, 12, tzinfo=UTC)


def facts(**changes: object) -> Facts:
    base = Facts(
        status=Status.ACTIVE, status_since=SINCE, due_date=DUE, grace_days=3, unconfirmed_days=14,
        read_at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    return base._replace(**changes)  # type: ignore[arg-type]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def verdict(the_facts: Facts, day: date) -> Access:
    return decide_access(the_facts, now=at(day), zone=UTC)


@pytest.mark.parametrize(
    ("days_after_due", "state", "reason"),
    [
        (-30, State.OPEN, Reason.PAID),
        (0, State.OPEN, Reason.PAID),
        (1, State.GRACE, Reason.OVERDUE_IN_GRACE),
        (3, State.GRACE, Reason.OVERDUE_IN_GRACE),
        (4, State.BLOCKED, Reason.OVERDUE),
        (400, State.BLOCKED, Reason.OVERDUE),
    ],
)
def test_a_due_date_that_passes_leads_through_grace_to_blocked(
    days_after_due: int, state: State, reason: Reason
) -> None:
    day = DUE + timedelta(days=days_after_due)
    answer = verdict(facts(read_at=at(day)), day)
    assert (answer.state, answer.reason) == (state, reason)


def test_the_days_of_a_verdict_are_its_first_and_its_last() -> None:
    assert verdict(facts(), DUE).until == DUE
    grace = verdict(facts(), DUE + timedelta(days=1))
    assert (grace.since, grace.until) == (DUE + timedelta(days=1), DUE + timedelta(days=3))
    blocked = verdict(facts(read_at=at(DUE + timedelta(days=9))), DUE + timedelta(days=9))
    assert blocked.since == DUE + timedelta(days=4)


@pytest.mark.parametrize(
    ("days_after_grace", "state", "reason"),
    [
        (1, State.GRACE, Reason.UNCONFIRMED),
        (14, State.GRACE, Reason.UNCONFIRMED),
        (15, State.BLOCKED, Reason.UNCONFIRMED_TOO_LONG),
    ],
)
@pytest.mark.parametrize("read_at", [None, datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC)])
def test_stale_evidence_locks_nobody_before_the_operators_number_of_days(
    read_at: datetime | None, days_after_grace: int, state: State, reason: Reason
) -> None:
    day = DUE + timedelta(days=3 + days_after_grace)
    answer = verdict(facts(read_at=read_at), day)
    assert (answer.state, answer.reason) == (state, reason)


def test_a_reading_counts_that_began_exactly_when_the_last_day_had_ended() -> None:
    day = DUE + timedelta(days=4)
    assert verdict(facts(read_at=at(day, hour=0)), day).reason is Reason.OVERDUE


@pytest.mark.parametrize("read_at", [None, datetime(2026, 3, 13, 23, 59, 59, tzinfo=UTC)])
def test_while_readings_are_paused_no_date_that_passed_unconfirmed_locks(read_at: datetime | None) -> None:
    day = DUE + timedelta(days=400)
    paused = facts(read_at=read_at, is_paused=True)
    assert verdict(paused, day) == Access(State.GRACE, Reason.READING_PAUSED, since=DUE + timedelta(days=4))
    assert not verdict(paused._replace(is_paused=False), day).is_open


def test_a_pause_opens_no_door_that_evidence_or_a_status_had_closed() -> None:
    day = DUE + timedelta(days=30)
    paused = facts(is_paused=True)
    assert verdict(paused._replace(read_at=at(DUE + timedelta(days=4))), day).reason is Reason.OVERDUE
    assert verdict(paused._replace(status=Status.SUSPENDED), day).reason is Reason.SUSPENDED
    assert verdict(paused._replace(locked_at=SINCE), day).reason is Reason.LOCKED


def test_no_due_date_is_open_for_ever() -> None:
    assert verdict(facts(due_date=None), date(2090, 1, 1)) == Access(State.OPEN, Reason.NO_DUE_DATE)


def test_billings_override_keeps_open_through_its_last_day_and_then_needs_a_reading_after_it() -> None:
    override = DUE + timedelta(days=10)
    the_facts = facts(override_until=override, read_at=at(DUE + timedelta(days=6)))
    assert verdict(the_facts, override) == Access(State.OPEN, Reason.BILLING_OVERRIDE, until=override)
    assert verdict(the_facts, override + timedelta(days=1)).reason is Reason.UNCONFIRMED
    seen = the_facts._replace(read_at=at(override + timedelta(days=1)))
    assert verdict(seen, override + timedelta(days=1)).reason is Reason.OVERDUE


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.ACTIVE])
def test_a_status_that_is_not_active_blocks_at_once_and_no_override_helps(status: Status) -> None:
    answer = verdict(facts(status=status, override_until=date(2099, 1, 1)), DUE - timedelta(days=5))
    assert answer == Access(State.BLOCKED, Reason(status.value), since=SINCE.date())


@pytest.mark.parametrize("status", list(Status))
def test_an_operators_hold_opens_whatever_billing_says_through_its_last_day(status: Status) -> None:
    hold = DUE + timedelta(days=100)
    the_facts = facts(status=status, hold_until=hold, read_at=at(hold + timedelta(days=1)))
    assert verdict(the_facts, hold) == Access(State.OPEN, Reason.HELD_OPEN, until=hold)
    assert not verdict(the_facts, hold + timedelta(days=1)).is_open


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.ACTIVE])
def test_the_end_of_a_hold_closes_nobody_whom_no_reading_has_shown_since(status: Status) -> None:
    """Who paid while it lasted, and could not be read, has paid."""
    hold, day = DUE + timedelta(days=5), DUE + timedelta(days=6)
    unread = facts(status=status, hold_until=hold, read_at=at(hold, hour=23))
    last = hold + timedelta(days=14)
    assert verdict(unread, day) == Access(State.OPEN, Reason.HOLD_UNCONFIRMED, since=day, until=last)
    assert verdict(unread._replace(is_paused=True), last + timedelta(days=9)).until is None
    for closed in (unread._replace(read_at=at(day, hour=0)), unread._replace(hold_until=None)):
        assert verdict(closed, day) == Access(State.BLOCKED, Reason(status.value), since=SINCE.date())
    assert verdict(unread, last + timedelta(days=1)).reason is Reason(status.value)


def test_neither_does_it_where_only_a_due_date_has_passed() -> None:
    hold, day = DUE + timedelta(days=50), DUE + timedelta(days=51)
    unread = facts(hold_until=hold, read_at=at(hold, hour=23))
    assert verdict(unread, day).reason is Reason.UNCONFIRMED
    assert verdict(unread._replace(read_at=at(day, hour=0)), day) == Access(State.BLOCKED, Reason.OVERDUE, since=day)


def test_a_lock_is_stronger_than_everything() -> None:
    locked = facts(locked_at=SINCE, hold_until=date(2099, 1, 1))
    assert verdict(locked, DUE) == Access(State.BLOCKED, Reason.LOCKED, since=SINCE.date())


def test_the_day_ends_in_the_installations_time_zone() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    late = datetime(2026, 3, 11, 2, 59, tzinfo=UTC)  # still the 10th in São Paulo
    assert decide_access(facts(), now=late, zone=zone).reason is Reason.PAID
    assert decide_access(facts(), now=late + timedelta(minutes=1), zone=zone).reason is Reason.OVERDUE_IN_GRACE


def test_a_due_date_at_the_end_of_time_overflows_nothing() -> None:
    answer = verdict(facts(due_date=date(9999, 12, 31), grace_days=365), date(9999, 12, 31))
    assert answer.reason is Reason.PAID


@given(
    due=st.none() | st.dates(),
    override=st.none() | st.dates(),
    hold=st.none() | st.dates(),
    status=st.sampled_from(Status),
    grace=st.integers(0, 365),
    unconfirmed=st.integers(0, 365),
    read=st.none() | st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)),
    now=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(9999, 12, 1), timezones=st.just(UTC)),
)
def test_every_mix_of_facts_has_a_verdict_and_good_facts_never_block(
    due: date | None, override: date | None, hold: date | None, status: Status, grace: int, unconfirmed: int,
    read: datetime | None, now: datetime,
) -> None:  # fmt: skip
    the_facts = Facts(status, SINCE, due, grace, unconfirmed, read, override_until=override, hold_until=hold)
    answer = decide_access(the_facts, now=now, zone=UTC)
    paid = status is Status.ACTIVE and (due is None or now.date() <= due)
    assert answer.is_open or not paid
    assert answer.is_open == (answer.state is not State.BLOCKED)


@given(
    due=st.none() | st.dates(),
    override=st.none() | st.dates(),
    hold=st.none() | st.dates(),
    status=st.sampled_from(Status),
    grace=st.integers(0, 365),
    unconfirmed=st.none() | st.integers(0, 365),
    read=st.none() | st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)),
    locked=st.none() | st.just(SINCE),
    is_paused=st.booleans(),
    now=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(9999, 12, 1), timezones=st.just(UTC)),
)
def test_the_explanation_is_the_verdict_one_rule_decides_and_no_later_one_is_asked(
    due: date | None, override: date | None, hold: date | None, status: Status, grace: int, unconfirmed: int | None,
    read: datetime | None, locked: datetime | None, is_paused: bool, now: datetime,
) -> None:  # fmt: skip
    the_facts = Facts(status, SINCE, due, grace, unconfirmed, read, override, hold, locked, is_paused)
    steps = explain_access(the_facts, now=now, zone=UTC)
    verdicts = [step.access for step in steps if step.access is not None]
    assert verdicts == [decide_access(the_facts, now=now, zone=UTC)]
    assert [step.rule for step in steps] == list(Rule)
    decided = next(n for n, step in enumerate(steps) if step.access is not None)
    assert [step.is_asked for step in steps] == [n <= decided for n in range(len(steps))]
