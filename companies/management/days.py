"""Days as they are typed on the command line."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """A day written like 2026-12-31; anything else is refused in words that say so."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a day. Write it like 2026-12-31.") from error
