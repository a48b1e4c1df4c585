"""The reasons in a story: stored as English sentences, shown in the reader's language.

A reason that a person typed is shown as it is.
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
# The patterns of values by the beginning of their name. Other values match anything.
_VALUES = {"day": r"[\d-]+", "number": r"\d+", "text": r".*?"}


class Reason:
    """A sentence with values, such as `Reason(_("Service %(number)s"))`. Calling it fills the values in.

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
        """The texts before and after the value `name`, with the others filled in. For texts that differ only in it."""
        before, _, behind = self.sentence.partition(f"%({name})s")
        return _fill(before, values), _fill(behind, values)

    def read(self, text: str) -> dict[str, str] | None:
        """The values of a text that was made from this sentence; None if it was not."""
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
    """An ISO date or datetime in the reader's format; anything else as it is."""
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
