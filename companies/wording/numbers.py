"""Numbers for people."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def grouped(number: int) -> str:
    """An integer in the reader's format, with grouped thousands."""
    return number_format(number, force_grouping=True)


def seconds_in_words(seconds: float) -> str:
    """A duration: tenths of a second if it is short, minutes and seconds if it is long."""
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": number_format(seconds, decimal_pos=1 if seconds < 10 else 0)}
    minutes, rest = divmod(round(seconds), 60)
    return _("%(minutes)s min %(seconds)s s") % {"minutes": grouped(minutes), "seconds": rest}
