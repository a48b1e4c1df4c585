"""Parses what is typed on the command line; the errors say what was meant."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """Parse a day such as 2026-12-31. Raises an error that names the format."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a day. Write it like 2026-12-31.") from error


def reason(text: str) -> str:
    """Return the text without surrounding space. Raises an error if nothing is left."""
    if not text.strip():
        raise ArgumentTypeError("Say why.")
    return text.strip()
