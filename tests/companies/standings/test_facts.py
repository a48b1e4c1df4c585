"""What counts as evidence about a company. Rows that were never saved: no database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from companies.access import Reason, decide_access
from companies.models import BillingSource
from companies.standings.facts import CLOCKS_MAY_DIFFER, CompanyRow, facts_of_row, last_read_at

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ROW = CompanyRow("active", datetime(2026, 1, 1, tzinfo=UTC), date(2026, 3, 10), None, None, None, None, None)


def reason_with(source: BillingSource) -> Reason:
    return decide_access(facts_of_row(ROW, source, now=NOW), now=NOW, zone=UTC).reason


def test_a_reading_that_has_not_happened_yet_proves_nothing() -> None:
    """Our clock was wrong when it was written, and was put right."""
    assert reason_with(BillingSource(confirmed_at=NOW)) is Reason.OVERDUE
    assert reason_with(BillingSource(confirmed_at=NOW + CLOCKS_MAY_DIFFER)) is Reason.OVERDUE
    future = BillingSource(confirmed_at=NOW + CLOCKS_MAY_DIFFER + timedelta(seconds=1))
    assert reason_with(future) is Reason.UNCONFIRMED
    assert last_read_at(ROW, future, now=NOW) is None


@pytest.mark.parametrize("resumed_at", [None, NOW])
def test_a_pause_lasts_until_a_complete_reading_also_after_go(resumed_at: datetime | None) -> None:
    source = BillingSource(confirmed_at=NOW - timedelta(days=30), paused_at=NOW, resumed_at=resumed_at)
    assert reason_with(source) is Reason.READING_PAUSED


def test_a_record_gone_bad_was_last_read_before_it_went_bad() -> None:
    bad = ROW._replace(unreadable_since=NOW - timedelta(days=2))
    assert last_read_at(bad, BillingSource(confirmed_at=NOW), now=NOW) == NOW - timedelta(days=2)
