"""The choice of who stays after a downgrade, on a form with several pages. Hidden fields carry the other pages'
choices.

Nothing is stored on the server, so two windows don't disturb each other, and an abandoned choice leaves nothing behind.
To stay small with a thousand people, the hidden fields say what most people of the other pages do, and list only the
exceptions. A person is identified by the first letters of their row's key, which are enough to be unique.
"""

import base64
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from django.http import QueryDict

from companies.models import Role
from companies.team.roster import Row

LETTERS = 12
BYTES = LETTERS // 2
STAY, WAIT = "stay", "wait"


class Elsewhere(NamedTuple):
    """The hidden fields about the other pages: the latest joining date, what most people do, and the exceptions."""

    joined: int
    most: str
    but: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is asked about, and who of them is ticked. People who joined since the choice began are in neither."""

    asked: frozenset[str]
    ticked: frozenset[str]

    @classmethod
    def as_it_stands(cls, rows: Iterable[Row]) -> Self:
        """The present state: everybody except the owners is asked about, and those with a seat are ticked."""
        others = _others(rows)
        return cls(_names(others), _names(row for row in others if row.waits_since is None))

    @classmethod
    def of_the_first(cls, number: int, rows: Iterable[Row]) -> Self:
        """A suggestion: the first `number` people of the list are ticked, owners left out."""
        others = _others(rows)
        return cls(_names(others), _names(others[:number]))

    @classmethod
    def read(cls, posted: QueryDict, rows: Iterable[Row]) -> Self:
        """The choice from a sent page: its ticks, and its hidden fields about the other pages."""
        here, ticked = (
            frozenset(key[:LETTERS] for key in keys)
            for keys in (posted.get("shown", "").split(), posted.getlist("stays"))
        )
        said = Elsewhere(_number(posted.get("joined", "")), posted.get("most", ""), posted.get("but", ""))
        away = _names(row for row in _others(rows) if _moment(row.source.created_at) <= said.joined) - here
        but = _unpacked(said.but)
        if but is None:
            away = but = frozenset()
        return cls(here | away | ticked, ticked | (away - but if said.most == STAY else away & but))

    def with_whoever_joined(self, rows: Iterable[Row]) -> Self:
        """The same, with people who joined meanwhile in their present state."""
        new = type(self).as_it_stands(row for row in rows if row.key[:LETTERS] not in self.asked)
        return type(self)(self.asked | new.asked, self.ticked | new.ticked)

    def those_who_stay(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if row.key[:LETTERS] in self.ticked]

    def those_who_wait(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if row.key[:LETTERS] in self.asked - self.ticked]

    def elsewhere(self, rows: Collection[Row], shown: Collection[Row]) -> Elsewhere:
        """The hidden fields for a page that shows some of these rows."""
        away = _names(_others(rows)) - _names(shown)
        stay, wait = away & self.ticked, away - self.ticked
        joined = max(_moment(row.source.created_at) for row in rows)
        if len(stay) < len(wait):
            return Elsewhere(joined, WAIT, _packed(stay))
        return Elsewhere(joined, STAY, _packed(wait))


def _others(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.role != Role.OWNER]


def _names(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(row.key[:LETTERS] for row in rows)


def _moment(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _number(text: str) -> int:
    """A number; 0 for anything else, which is before anybody had joined."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _packed(names: Collection[str]) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex("".join(sorted(names)))).decode()


def _unpacked(text: str) -> frozenset[str] | None:
    """The packed names; None if they can't be read."""
    try:
        packed = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:
        return None
    return frozenset(packed[start : start + BYTES].hex() for start in range(0, len(packed), BYTES))
