"""Due dates and what they lead to: stretches of days, the same as day by day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from companies.access import Facts, Status, decide_access
from companies.access.stretches import decide_stretches

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ZONES = [UTC, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Pacific/Auckland")]
near = st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=30))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1, 9), timezones=st.just(UTC))


@given(
    facts=st.builds(
        Facts,
        status=st.sampled_from(Status),
        status_since=moments,
        due_date=st.none() | near,
        grace_days=st.integers(0, 20),
        unconfirmed_days=st.none() | st.integers(0, 30),
        read_at=st.none() | moments,
        override_until=st.none() | near,
        hold_until=st.none() | near,
        locked_at=st.none() | moments,
        is_paused=st.booleans(),
    ),
    zone=st.sampled_from(ZONES),
)
def test_each_due_date_lies_in_a_stretch_that_says_what_is_decided_for_it(facts: Facts, zone: ZoneInfo) -> None:
    found = decide_stretches(facts, now=NOW, zone=zone)
    days = [TODAY + timedelta(days=n) for n in range(-130, 40)]
    for day in (date.min, *days, date.max):
        access = decide_access(facts._replace(due_date=day), now=NOW, zone=zone)
        told = [(one.state, one.reason) for one in found if one.first <= day <= one.last]
        assert told == [(access.state, access.reason)], day


@given(read_at=st.none() | moments, grace_days=st.integers(0, 20))
def test_the_stretches_are_all_days_in_order_each_for_another_reason(read_at: datetime | None, grace_days: int) -> None:
    facts = Facts(Status.ACTIVE, NOW, None, grace_days, unconfirmed_days=14, read_at=read_at)
    found = decide_stretches(facts, now=NOW, zone=UTC)
    assert (found[0].first, found[-1].last) == (date.min, date.max)
    assert [one.first for one in found[1:]] == [one.last + timedelta(days=1) for one in found[:-1]]
    assert len({one.reason for one in found}) == len(found)
