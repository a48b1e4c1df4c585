"""The choice of who stays, on a form that is too long for one page: what stands on the other pages travels along.

Nothing of it is kept on the server, so two windows disturb each other in nothing, and a choice that somebody leaves
leaves nothing behind. A person is named in it by the beginning of their row's key: so many letters are theirs alone.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict

from companies.models import Role
from companies.roster import Row

LETTERS = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is asked about, and who of them is ticked. Whoever joined since the choice began is in neither."""

    asked: frozenset[str]
    ticked: frozenset[str]

    @classmethod
    def as_it_stands(cls, rows: Collection[Row]) -> Self:
        """Everybody but the owners, and of them those who have a seat."""
        others = [row for row in rows if row.role != Role.OWNER]
        return cls(_names(row.key for row in others), _names(row.key for row in others if row.waits_since is None))

    @classmethod
    def read(cls, posted: QueryDict) -> Self:
        """What was ticked on the page that is sent in, and what it says of those on the others."""
        ticked = _names([*posted.getlist("stays"), *posted.get("stay_elsewhere", "").split()])
        others = _names([*posted.get("shown", "").split(), *posted.get("wait_elsewhere", "").split()])
        return cls(others | ticked, ticked)

    @property
    def unticked(self) -> frozenset[str]:
        return self.asked - self.ticked

    def those_who_stay(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if row.key[:LETTERS] in self.ticked]

    def those_who_wait(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if row.key[:LETTERS] in self.unticked]

    def without(self, rows: Iterable[Row]) -> Self:
        """What a page that shows these rows has to say of the others."""
        shown = _names(row.key for row in rows)
        return type(self)(self.asked - shown, self.ticked - shown)


def _names(keys: Iterable[str]) -> frozenset[str]:
    return frozenset(key[:LETTERS] for key in keys)
