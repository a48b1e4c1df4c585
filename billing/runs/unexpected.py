"""How to report an unexpected error (not a BillingError) that ends a run, a preview or the work on one record."""

import traceback
from typing import NamedTuple

from django.utils.translation import gettext_noop

from billing.errors import BillingError, DatabaseFailed
from companies.database.broken import BROKEN, let_go_of_broken


class LastWord(NamedTuple):
    """An English sentence, its code, and its parameters."""

    code: str
    error: str
    params: dict[str, str]

    @classmethod
    def of(cls, error: BillingError) -> "LastWord":
        """For a BillingError, which says itself what should happen next."""
        return cls(error.code.value, str(error), error.params)


def last_word(error: Exception) -> LastWord:
    """What to store about the error. Drops a broken connection, so that the database can be used again."""
    if not isinstance(error, BROKEN):
        return LastWord("unexpected", gettext_noop("See the log of this run."), {})
    let_go_of_broken()
    return LastWord.of(DatabaseFailed(error=type(error).__name__))


def where(error: Exception) -> str:
    """The code locations of the traceback, for a log. Its message is left out, because it may quote values."""
    return ", ".join(f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__))
