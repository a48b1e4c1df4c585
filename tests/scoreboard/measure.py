"""Play everything outside of pytest, in a test database of its own, and write the page."""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.test.runner import DiscoverRunner

from tests.rows import hurry
from tests.scoreboard import document
from tests.scoreboard.board import play_both
from tests.scoreboard.quick import PATIENCE_FILE, quicken
from tests.scoreboard.scenarios import SCENARIOS
from tests.scoreboard.workers import Workers


def main(numbers: list[str]) -> int:
    """Exit status 1 where Ticketz did not hold."""
    logging.getLogger().handlers.clear()  # what is logged is searched, and only the table is printed
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    hurry()
    with tempfile.TemporaryDirectory(prefix="ticketz-scoreboard-") as folder, quicken():
        os.environ[PATIENCE_FILE] = str(Path(folder) / "patience")
        workers = Workers(Path(folder)) if settings.REDIS_URL else None
        try:
            rows = _play_all(numbers, workers)
        finally:
            if workers:
                workers.end()
            runner.teardown_databases(databases)
    if not numbers:
        document.PAGE.write_text(document.write_page(rows, SCENARIOS), encoding="utf-8")
    _say(document.totals_line(rows))
    return 0 if all(row.ticketz_holds for row in rows) else 1


def _play_all(numbers: list[str], workers: Workers | None) -> list[document.Row]:
    rows = []
    for scenario in SCENARIOS:
        if not numbers or scenario.number in numbers or scenario.fault in numbers:
            begun = time.monotonic()
            row = play_both(scenario, workers)
            _say(f"{row.as_line()}  {time.monotonic() - begun:.1f} s")
            rows.append(row)
    return rows


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
