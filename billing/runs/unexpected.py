"""What is told of an unexpected error, one that is no BillingError, when it ends a run, a preview or one record."""

import traceback
from typing import NamedTuple

from django.utils.translation import gettext_noop

from billing.errors import DatabaseFailed
from companies.database.broken import BROKEN, let_go_of_broken


class LastWord(NamedTuple):
    """An English sentence, its name, and what it was filled with."""

    code: str
    error: str
    params: dict[str, str]


def last_word(error: Exception) -> LastWord:
    """What to write down of it; after this the database can be asked again, if it is there."""
    if not isinstance(error, BROKEN):
        return LastWord("unexpected", gettext_noop("See the log of this run."), {})
    let_go_of_broken()
    failed = DatabaseFailed(error=type(error).__name__)
    return LastWord(failed.code.value, str(failed), failed.params)


def where(error: Exception) -> str:
    """The places in the code that it came through, for a log: what an error says may quote values."""
    return ", ".join(f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
