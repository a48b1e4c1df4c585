"""The forecast as CSV (RFC 4180), safe against formula injection in spreadsheets."""

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.standings.upcoming import Line
from companies.wording.verdicts import reason_word, state_word

# Characters that begin a formula, or that a spreadsheet skips before one.
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"


class _Cells:
    """A file-like object for the CSV writer that returns each line."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Line]) -> Iterator[str]:
    """The lines, ending with CR LF. The first one names the columns."""
    writer = csv.writer(_Cells(), lineterminator="\r\n")
    heads = (
        _("Number"),
        _("Company"),
        _("Plan"),
        _("State now"),
        _("Loses access on"),
        _("Why"),
        _("Gateway"),
        _("Page"),
    )
    yield writer.writerow(heads)
    cells_of = _row_maker()
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in cells_of(row)])


def _row_maker() -> Callable[[Line], list[Any]]:
    """A function that makes the cells of a company: ISO dates, an absolute URL. Repeated words are cached."""
    in_words, why_in_words = cache(state_word), cache(reason_word)
    before, _key, after = reverse("admin:companies_company_change", args=[0]).rpartition("0")

    def cells_of(row: Line) -> list[Any]:
        return [
            row.number,
            row.name,
            row.plan,
            in_words(row.state),
            row.loss.day.isoformat(),
            why_in_words(row.loss.reason),
            row.source,
            f"{settings.SITE_URL}{before}{row.number}{after}",
        ]

    return cells_of


def harmless(cell: Any) -> Any:
    """Prefix a text that a spreadsheet would run as a formula with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell
