"""Why something happened, in a story: stored as one English sentence, told in the reader's language.

What people typed is a reason, too, and is told as they typed it.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

_PLACE = re.compile(r"%\((\w+)\)s")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(rf"{_DAY.pattern}[ T]\d\d:\d\d\S*[+-]\d\d:\d\d")
# What stands in for a value: a day, a number, and for texts (`status`) anything.
_VALUES = {"day": r"[\d-]+", "number": r"\d+", "text": r".*?"}


class Reason:
    """A sentence with values in it, such as `Reason(_("Service %(number)s"))`, to be written by calling it.

    Places are named after what stands there: `number`, `day`, `text`, or these with an ending, such as `day_before`.
    """

    known: "list[Reason]" = []

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        parts = _PLACE.split(sentence)
        written = [re.escape(part) if n % 2 == 0 else _pattern(part) for n, part in enumerate(parts)]
        self._pattern = re.compile("".join(written), re.DOTALL)
        Reason.known.append(self)

    def __call__(self, **values: object) -> str:
        return _fill(self.sentence, values)

    def around(self, name: str, **values: object) -> tuple[str, str]:
        """What stands before the value `name` and behind it, where all the others are the same in many."""
        before, _, behind = self.sentence.partition(f"%({name})s")
        return _fill(before, values), _fill(behind, values)

    def read(self, text: str) -> dict[str, str] | None:
        """The values in a text that this sentence was written as; None where it was not."""
        match = self._pattern.fullmatch(text)
        return match.groupdict() if match else None


def _fill(sentence: str, values: Mapping[str, object]) -> str:
    return sentence % {name: "-" if value is None else value for name, value in values.items()}


def translated_reason(reason: str) -> str:
    """A stored reason in the active language."""
    for one in Reason.known:
        values = one.read(reason)
        if values is not None:
            return gettext(one.sentence) % {name: _shown(value) for name, value in values.items()}
    return reason


def day_in_words(text: str) -> str:
    """A day or a moment in ISO form as the reader writes it; anything else as it is."""
    with suppress(ValueError):
        if _DAY.fullmatch(text):
            return date_format(date.fromisoformat(text), "DATE_FORMAT")
        if _MOMENT.fullmatch(text):
            return date_format(localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")
    return text


def _pattern(name: str) -> str:
    return f"(?P<{name}>{_VALUES[name.partition('_')[0]]})"


def _shown(value: str) -> str:
    return "–" if value == "-" else day_in_words(value)
