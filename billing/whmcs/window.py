"""Which part of the list to ask for next."""

from typing import Final

from billing.errors import ErrorCode

# Rows that are read twice, so that a few deletions between two pages hide no row.
OVERLAP: Final = 3
# A smaller page would not help: it does not fail because of its size.
SMALLEST: Final = 25
# The most calls to search for rows that can't be encoded. After a restore with another key, every row may be one.
POISON_CALLS: Final = 400
# Failures that a smaller page may avoid: too much work for the server, or too large an answer.
_BY_SIZE = {
    ErrorCode.TIMEOUT,
    ErrorCode.TOO_LARGE,
    ErrorCode.SERVER_ERROR,
    ErrorCode.EMPTY_ANSWER,
    ErrorCode.TRUNCATED,
}


class Window:
    """`size` rows from `start` on; `furthest` is the end of what was read so far.

    The window shrinks when a page fails, and grows back afterwards. A "poison" row is one that WHMCS can't encode,
    which makes every page fail that holds it.
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
        """Whether its first rows were read before, so that some of them should be recognised."""
        return self.start < self.furthest

    @property
    def may_search(self) -> bool:
        """Whether calls are left to search for more poison rows."""
        return self._poison_calls <= POISON_CALLS

    def narrow(self, failure: ErrorCode) -> bool:
        """Halve the window if that may help. False if it does not help, or if the window is small enough."""
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
        """The only row of the window is poison: never ask for it again. Stay small, for such rows come in groups."""
        self._not_before = self.start + 1
        self._poisoned_until = None

    def advance(self, returned: int) -> None:
        """Go on after the rows that came, however many were asked for."""
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
        """Go on after all rows that were asked for, although none came."""
        self.start += self.size
        self.size = self._page_size
        self._poisoned_until = None

    def step_back(self, *, far: bool) -> None:
        """Read again from one page before; if not `far`, go on from here without expecting known rows."""
        self.start = max(self._not_before, self.start - self._page_size) if far else self.start
        self.furthest = self.start
