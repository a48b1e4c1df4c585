"""The forecast as a table for other programs: CSV after RFC 4180, and nothing in it that a spreadsheet would run."""

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.standings.upcoming import Line
from companies.wording.verdicts import reason_word, state_word

# What makes a cell a formula, also behind what a spreadsheet skips.
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"


class _Cells:
    """What a CSV writer writes to: it hands back each line."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Line]) -> Iterator[str]:
    """Line after line, ending with CR LF; the first one names the columns."""
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
    """What makes a company's cells: dates in ISO form, an absolute link. Few words are needed, but very often."""
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
    """A text that a spreadsheet would take for a formula gets an apostrophe in front, which makes it a text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell
