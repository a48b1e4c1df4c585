"""The rows that commands print about a company."""

from datetime import datetime
from typing import Any

from companies.models import Company
from companies.standings.facts import access_of


def access_row(company: Company, now: datetime) -> dict[str, Any]:
    """The company and its access; `since` is a day or None."""
    access = access_of(company, now=now)
    return {
        "id": company.pk,
        "name": company.name,
        "state": access.state.value,
        "reason": access.reason.value,
        "since": access.since,
    }
