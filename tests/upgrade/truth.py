"""What has to be true when all is over: everything once, nothing lost, whichever version did it."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg

from sandbox import Shop

LONGEST = 300.0
SERVICES = """
SELECT s.service_id, p.name, c.due_date FROM billing_subscription s
JOIN companies_company c ON c.id = s.company_id JOIN plans_plan p ON p.id = c.plan_id
"""
OPENED_OTHERWISE_THAN_ONCE = """
SELECT c.id FROM companies_company c
LEFT JOIN companies_event e ON e.company_id = c.id AND e.code = 'opened' GROUP BY c.id HAVING count(e.id) <> 1
"""
OVERLAPPING_RUNS = """
SELECT a.id, b.id FROM billing_syncrun a JOIN billing_syncrun b
ON a.gateway_id = b.gateway_id AND a.id < b.id AND b.started_at < a.finished_at
"""
CHANGED_OTHERWISE_THAN_ONCE = """
SELECT id, changed FROM billing_syncrun r WHERE outcome IN ('complete', 'held') AND changed <>
(SELECT count(*) FROM billing_runrecord WHERE run_id = r.id AND result = 'changed')
+ (SELECT count(*) FROM companies_event WHERE reading = r.id)
"""
BAD_RUNS = "SELECT id, outcome, error FROM billing_syncrun WHERE outcome IN ('failed', 'partial')"
RUNNING = "SELECT id FROM billing_syncrun WHERE outcome = 'running'"
TEAM = """
SELECT e.code, count(*) FROM companies_event e JOIN companies_membership m ON m.company_id = e.company_id
JOIN companies_user u ON u.id = m.user_id WHERE u.email = %s AND e.code = ANY(%s) GROUP BY e.code
"""
MAILS_SENT_TWICE = "SELECT id, kind FROM companies_outgoingmail WHERE attempts > 1 AND last_error <> 'no longer needed'"


class Truth:
    """Looks into the database that both versions worked on."""

    def __init__(self, database_url: str, shop: Shop) -> None:
        self._url = database_url
        self._shop = shop

    def wait_until_all_is_here(self) -> None:
        """Everything that was bought becomes a company of that plan and date, within the time of a few ticks."""
        _wait_for(lambda: self._wrong_services() == [], lambda: f"not as in WHMCS: {self._wrong_services()}")

    def ensure_once_and_whole(self, manager: str, acts: Counter[str]) -> None:
        """Raise AssertionError where something was done twice, half or not at all."""
        _wait_for(lambda: self._rows(RUNNING) == [], lambda: f"still running: {self._rows(RUNNING)}")
        once = (OPENED_OTHERWISE_THAN_ONCE, CHANGED_OTHERWISE_THAN_ONCE, OVERLAPPING_RUNS, MAILS_SENT_TWICE)
        for query in (*once, BAD_RUNS):
            rows = self._rows(query)
            assert rows == [], f"{query.strip()}: {rows}"
        assert dict(self._rows(TEAM, manager, list(acts))) == dict(acts)

    def runs(self) -> int:
        return int(self._rows("SELECT count(*) FROM billing_syncrun")[0][0])

    def is_read(self) -> bool:
        """Whether a run has read everything, at least once."""
        return bool(self._rows("SELECT 1 FROM billing_syncrun WHERE outcome = 'complete' LIMIT 1"))

    def _wrong_services(self) -> list[Any]:
        should = {(s.id, s.plan, s.next_due_date) for s in list(self._shop.services.values())}
        rows = [tuple(row) for row in self._rows(SERVICES)]
        return sorted(should ^ set(rows)) + [row for row, times in Counter(rows).items() if times > 1]

    def _rows(self, query: str, *values: object) -> list[Any]:
        with psycopg.connect(self._url) as connection:
            return connection.execute(query, values or None).fetchall()


def _wait_for(done: Callable[[], bool], why: Callable[[], str]) -> None:
    ends = time.monotonic() + LONGEST
    while not done():
        assert time.monotonic() < ends, why()
        time.sleep(0.3)
