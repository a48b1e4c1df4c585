"""Several rows of one page about the same service.

If they agree, one is kept. If they differ, WHMCS contradicts itself and none is believed: either could lock out
somebody who has paid, or let in somebody who has not.
"""

from collections import defaultdict

from billing.facts import ServiceFacts
from billing.whmcs.page import BadRow, Page, RowCode


def has_duplicates(page: Page) -> bool:
    """Whether the page may hold a service more than once; a cheap check."""
    return bool(page.bad) or len(page.custom_fields) < len(page.rows)


def merge_duplicates(page: Page, start: int) -> None:
    """Leave one row for each service, a bad row if its rows differ. The page begins at `start`."""
    said: dict[int, list[ServiceFacts]] = defaultdict(list)
    places: dict[int, int] = {}
    for position, row in enumerate(page.rows, start):
        said[row.service_id].append(row)
        places[row.service_id] = position
    bad = {row.service_id: row for row in reversed(page.bad) if row.service_id is not None}
    page.bad = [row for row in page.bad if row.service_id is None or bad[row.service_id] is row]
    contradictory = [service_id for service_id, rows in said.items() if rows.count(rows[0]) < len(rows)]
    page.bad += [
        BadRow(service_id, places[service_id], RowCode.CONFLICTING_DUPLICATE, {})
        for service_id in contradictory
        if service_id not in bad
    ]
    unusable = bad.keys() | set(contradictory)
    page.keep([rows[0] for service_id, rows in said.items() if service_id not in unusable])
