"""`make upgrade-drill`, or `python -m tests.upgrade [COMMIT]`: from that version to this one, under traffic.

Without a commit the one that `.ci/previous-version` names. Needs PostgreSQL and Redis: `TEST_DATABASE_URL` (a server on
this machine by default) and `UPGRADE_REDIS_URL`, a number that is emptied.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.upgrade.drill import Drill
from tests.upgrade.previous import PreviousMissing, recorded
from tests.upgrade.stores import DATABASE_URL, REDIS_URL, prepared


def main(arguments: list[str]) -> int:
    """Run the drill and print what was met; returns the exit status."""
    number, commit = recorded() if not arguments else ("", arguments[0])
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {line}", flush=True)  # noqa: T201

    say(f"from {number} {commit[:12]} to what stands here")
    with tempfile.TemporaryDirectory(prefix="ticketz-upgrade-") as folder, prepared(DATABASE_URL, REDIS_URL) as stores:
        try:
            drill = Drill(commit, stores, Path(folder), say)
            drill.run()
        except (PreviousMissing, AssertionError) as error:
            print(error, file=sys.stderr)  # noqa: T201
            return 1
    answers = drill.traffic.book.answers
    say(f"{answers.total()} requests, none failed: {dict(sorted(answers.items()))}")
    say(f"{drill.traffic.acts.total()} changes in a team: {dict(drill.traffic.acts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
