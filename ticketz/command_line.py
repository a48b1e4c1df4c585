"""The command line: what it says, and with which status it ends, where a command could not run at all."""

import os
import select
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line
from django.db import InterfaceError, OperationalError, ProgrammingError

CAN_NOT_RUN = 2
NOBODY_READS_ON = 141  # as a shell counts a process that SIGPIPE has ended


def run(words: Sequence[str]) -> None:
    """Run the command. A database that can't be used ends it with one line and status 2; `--traceback` shows where.

    It ends without a word when nobody reads on what it prints, as behind `| head`.
    """
    try:
        execute_from_command_line(list(words))
        sys.stdout.flush()
    except BrokenPipeError:
        if _is_read():
            raise  # it was another pipe
        sys.exit(NOBODY_READS_ON)
    except (OperationalError, ProgrammingError, InterfaceError) as error:
        if "--traceback" in words:
            raise
        first_line = str(error).partition("\n")[0]
        sys.stderr.write(
            f"The database can't be read: {first_line}. "
            "Look at DATABASE_URL, whether a disk is full, and whether `manage.py migrate` has run; "
            "--traceback shows where it happened.\n"
        )
        sys.exit(CAN_NOT_RUN)


def _is_read() -> bool:
    """Whether somebody still reads what is printed. If not, the rest goes nowhere, also when Python ends."""
    output = sys.stdout.fileno()
    state = select.poll()
    state.register(output, 0)  # errors are told in any case
    if not state.poll(0):
        return True
    os.dup2(os.open(os.devnull, os.O_WRONLY), output)
    return False
