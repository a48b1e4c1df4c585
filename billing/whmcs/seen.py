"""Remembers which services of a listing have been read already."""

from typing import NamedTuple

from billing.whmcs.ids import MOST, IdMarks
from billing.whmcs.page import BadRow, Page, RowCode

# The row was bad, or was reported as conflicting before, so later rows are not compared with it.
_NO_MARK = MOST
# The service came as one of another product.
_FOREIGN = MOST - 1
# All other marks are a hash of the row, from 1 to this number.
_MARKS = MOST - 2


class Sifted(NamedTuple):
    """How many services of a page are new, and how many were read before."""

    new: int
    known: int


class Seen:
    """Keeps the ids and two bytes of each row's hash: enough to find repeated rows and whether they have changed.

    One change in 65,533 goes unnoticed, counts as a repetition and waits for the next run.
    """

    def __init__(self) -> None:
        self._marks = IdMarks()
        self._nameless: set[int] = set()
        self.foreign = 0

    def __len__(self) -> int:
        """Distinct services, the bad ones included; a bad one without an id counts by its position."""
        return len(self._marks) + len(self._nameless) - self.foreign

    @property
    def accounted(self) -> int:
        """All distinct services, also those of other products: the number to compare with WHMCS's total."""
        return len(self._marks) + len(self._nameless)

    def sift(self, page: Page, start: int) -> Sifted:
        """Remove from a page what was read before, so that each service is passed on once.

        A row that contradicts an earlier page, or comes under another product as well, is reported as bad, once. The
        first row of ours stands.
        """
        before = self.accounted
        on_page = len(page.rows) + len(page.bad) + len(page.foreign_ids)
        bad = self._sift_foreign(page, start)
        bad += [row for row in page.bad if self._is_new_bad(row)]
        fresh = []
        for position, row in enumerate(page.rows, start):
            mark = hash(row) % _MARKS + 1
            known = self._marks.setdefault(row.service_id, mark)
            if not known:
                fresh.append(row)
            elif known not in (mark, _NO_MARK):
                self._marks.replace(row.service_id, _NO_MARK)
                bad.append(BadRow(row.service_id, position, RowCode.CONFLICTING_DUPLICATE, {}))
        page.bad = bad
        if len(fresh) < len(page.rows):
            page.keep(fresh)
        new = self.accounted - before
        return Sifted(new, on_page - new)

    def _sift_foreign(self, page: Page, start: int) -> list[BadRow]:
        """Count the services of other products, and report those that came as ours on an earlier page."""
        ours = []
        for service_id in page.foreign_ids:
            known = self._marks.setdefault(service_id, _FOREIGN)
            self.foreign += not known
            if known not in (0, _FOREIGN, _NO_MARK):
                self._marks.replace(service_id, _NO_MARK)
                self.foreign += 1
                ours.append(BadRow(service_id, start, RowCode.CONFLICTING_DUPLICATE, {}))
        return ours

    def _is_new_bad(self, row: BadRow) -> bool:
        before = self.accounted
        if row.service_id is None:
            self._nameless.add(row.position)
        else:
            known = self._marks.setdefault(row.service_id, _NO_MARK)
            if known == _FOREIGN or (row.code is RowCode.CONFLICTING_DUPLICATE and known not in (0, _NO_MARK)):
                self._marks.replace(row.service_id, _NO_MARK)
                return True
        return self.accounted > before
