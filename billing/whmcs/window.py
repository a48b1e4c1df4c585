"""Which part of the list to ask for next."""

from typing import Final

from billing.errors import ErrorCode

# Rows that are read twice, so that a few deletions between two pages make no row slip through.
OVERLAP: Final = 3
# Below this a page that fails does not fail because of its size.
SMALLEST: Final = 25
# Calls spent on finding rows that can't be encoded. After a restore with another key it can be every one of them.
POISON_CALLS: Final = 400
# Failures that fewer rows may avoid: too much work for the server, or too much of an answer.
_BY_SIZE = {
    ErrorCode.TIMEOUT,
    ErrorCode.TOO_LARGE,
    ErrorCode.SERVER_ERROR,
    ErrorCode.EMPTY_ANSWER,
    ErrorCode.TRUNCATED,
}


class Window:
    """`size` rows from `start` on. It narrows where something fails and grows back; `furthest` is the end of what was
    read so far.
    """

    def __init__(self, page_size: int) -> None:
        self._page_size = page_size
        self._poisoned_until: int | None = None
        self._not_before = 0
        self._poison_calls = 0
        self.size = page_size
        self.start = 0
        self.furthest = 0

    @property
    def overlaps(self) -> bool:
        """Whether its first rows have been read before, so that some of them should be recognised."""
        return self.start < self.furthest

    @property
    def may_search(self) -> bool:
        """Whether finding more rows that can't be encoded is worth the calls."""
        return self._poison_calls <= POISON_CALLS

    def narrow(self, failure: ErrorCode) -> bool:
        """Halve it where that may help against the failure; False where it does not or is small enough."""
        is_poison = failure is ErrorCode.UNENCODABLE_ROW
        self._poison_calls += is_poison
        smallest = 1 if is_poison else SMALLEST
        if self.size <= smallest or not (is_poison or failure in _BY_SIZE) or not self.may_search:
            return False
        if is_poison:
            self._poisoned_until = self.start + self.size
        self.size = max(smallest, self.size // 2)
        return True

    def mark_poison(self) -> None:
        """The one row in it can't be encoded: never ask for it again, and go on carefully, for few come alone."""
        self._not_before = self.start + 1
        self._poisoned_until = None

    def advance(self, returned: int) -> None:
        """Go on behind the rows that came, however many were asked for."""
        end = self.start + returned
        self.furthest = max(self.furthest, end)
        if self._poisoned_until is not None and end < self._poisoned_until:
            self.start = end
            self.size = max(1, (self._poisoned_until - end) // 2)
            return
        self.size = self._page_size if self._poisoned_until else self.size * (1 if self._not_before == end else 2)
        self.size = min(self.size, self._page_size)
        self._poisoned_until = None
        self.start = max(self.start + 1, self._not_before, end - min(OVERLAP, self.size // 2))

    def skip(self) -> None:
        """Go on behind all that was asked for, none of which came."""
        self.start += self.size
        self.size = self._page_size
        self._poisoned_until = None

    def step_back(self, *, far: bool) -> None:
        """Read again from one page before, or (not `far`) go on from here without expecting to recognise anything."""
        self.start = max(self._not_before, self.start - self._page_size) if far else self.start
        self.furthest = self.start
