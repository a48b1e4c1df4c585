"""Which services of a listing have been read already."""

from typing import NamedTuple

from billing.whmcs.ids import MOST, IdMarks
from billing.whmcs.page import BadRow, Page, RowCode

# Stands where a service's facts are not to be compared: its row was bad, or reported as conflicting before.
_NO_MARK = MOST
# Stands for a service that came as one of another product.
_FOREIGN = MOST - 1
# As many others there are, from 1 on.
_MARKS = MOST - 2


class Sifted(NamedTuple):
    """How many services of a page were new, and how many had been read before."""

    new: int
    known: int


class Seen:
    """Remembers ids and two bytes made of each row's hash: enough to find a repeated row, and whether it still says
    the same (but for one change in 65,533, which then counts as a repetition and waits for the next run).
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
        """What WHMCS's total has to be compared with: all of it, also what it should not have sent."""
        return len(self._marks) + len(self._nameless)

    def sift(self, page: Page, start: int) -> Sifted:
        """Take from a page what had been read before, so that each service is handed on once.

        A row that says something else than one of a page before, or comes under another product too, is reported as
        bad, once; the first one of ours stands.
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
        """Count the services of other products, and report those that came as ours on a page before."""
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
