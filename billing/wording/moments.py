"""Datetimes and durations for readers."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format


def moment(text: str) -> str:
    """An ISO datetime in the reader's format and the installation's time zone; anything else as it is."""
    try:
        return date_format(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")
    except ValueError:
        return text or "–"


def in_hours(seconds: float) -> str:
    """A difference as H:MM, without its sign."""
    minutes = round(abs(seconds)) // 60
    return f"{minutes // 60}:{minutes % 60:02}"
