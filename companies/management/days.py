"""Parses days typed on the command line."""

from argparse import ArgumentTypeError
from datetime import date


def day(text: str) -> date:
    """Parse a day such as 2026-12-31. Raises an error that names the format."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is not a day. Write it like 2026-12-31.") from error
