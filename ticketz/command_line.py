"""The command line: what it says, and with which status it ends, where a command could not run at all."""

import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError

CAN_NOT_RUN = 2


def run(words: Sequence[str]) -> None:
    """Run the command. A database that can't be used ends it with one line and status 2; `--traceback` shows where."""
    try:
        execute_from_command_line(list(words))
    except (OperationalError, ProgrammingError, InterfaceError) as error:
        if "--traceback" in words:
            raise
        first_line = str(error).partition("\n")[0]
        sys.stderr.write(
            f"The database can't be read: {first_line}. "
            "Look at DATABASE_URL, and whether `manage.py migrate` has run; --traceback shows where it happened.\n"
        )
        sys.exit(CAN_NOT_RUN)
