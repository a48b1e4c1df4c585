"""A command that can't run at all says so in one line, and with a status of its own."""

from pathlib import Path

import pytest

from tests.ticketz.started import start

COMMANDS = ["status_report", "access_report", "operators", "reset_two_factor a@example.com --reason lost"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_without_tables_ends_with_2_and_the_remedy(tmp_path: Path, command: str) -> None:
    ended = start(tmp_path, ["manage.py", *command.split()])
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("The database can't be read: no such table: ")
    assert "`manage.py migrate`" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_the_place_where_a_database_failed_is_shown_on_request(tmp_path: Path) -> None:
    ended = start(tmp_path, ["manage.py", "status_report", "--traceback"])
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr


UNREAD = """
import os, runpy, sys
reading, writing = os.pipe()
os.close(reading)
os.dup2(writing, 1)
sys.argv = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
"""


@pytest.mark.parametrize("command", ["version", "diffsettings --all"])
def test_a_report_that_nobody_reads_on_ends_without_a_word(tmp_path: Path, command: str) -> None:
    """As behind `| head`, whether it is short or long."""
    ended = start(tmp_path, ["-c", UNREAD, *command.split()])
    assert (ended.returncode, ended.stderr) == (141, "")
