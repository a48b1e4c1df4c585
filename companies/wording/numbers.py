"""Numbers for people."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def grouped(number: int) -> str:
    """A whole number as the reader writes it, its thousands apart."""
    return number_format(number, force_grouping=True)


def seconds_in_words(seconds: float) -> str:
    """A duration: tenths of a second where it is short, minutes and seconds where it is not."""
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(seconds, decimal_pos=1 if seconds < 10 else 0)}
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)s min %(seconds)s s") % {"minutes": grouped(minutes), "seconds": rest}
