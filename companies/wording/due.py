"""Relative dates in words."""

from datetime import date, datetime, timedelta
from math import ceil

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SHOWN_IN_MINUTES = 90


def due_sentence(due: date, today: date) -> str:
    """When a subscription renews, or how long ago a payment was due, in the active language."""
    days = (due - today).days
    words = {"count": abs(days), "day": date_format(due, "DATE_FORMAT")}
    if days == 0:
        return _("Renews today.")
    if days > 0:
        return ngettext("Renews in %(count)d day, on %(day)s.", "Renews in %(count)d days, on %(day)s.", days) % words
    return ngettext("Was due %(count)d day ago, on %(day)s.", "Was due %(count)d days ago, on %(day)s.", -days) % words


def next_look_sentence(look: datetime | None, now: datetime) -> str:
    """When new purchases are read next, roughly: a clock time would be wrong in a visitor's time zone."""
    if look is None:
        return _("Purchases are not being read at the moment. Ask whoever sold you the access.")
    minutes = max(1, ceil((look - now) / timedelta(minutes=1)))
    if minutes > SHOWN_IN_MINUTES:
        hours = ceil(minutes / 60)
        text = ngettext(
            "The next look is in about %(count)d hour.", "The next look is in about %(count)d hours.", hours
        )
        return text % {"count": hours}
    text = ngettext("The next look is within %(count)d minute.", "The next look is within %(count)d minutes.", minutes)
    return text % {"count": minutes}
