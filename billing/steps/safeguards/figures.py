"""The figures that an operator needs to approve or reject that companies lose access."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from billing.models import HeldChanges
from companies.models import Company
from companies.people.queries import people_in

LONGEST_PAYING = 5


def figures_of(held: HeldChanges, of_open: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    """The figures of the companies in `held`, as JSON.

    They are `of_open` as given (how many are `losing` of how many `open`), `people`, `active` (those of them active
    within the last hour), `becoming` (how many get which status, or "overdue"), and `longest`: the oldest companies,
    each with id, name and since.
    """
    ids = held.companies.values("company_id")
    people, active = people_in(ids, at=at)
    becoming = Counter(after["status"] for after in held.companies.values_list("after", flat=True))
    longest = Company.objects.filter(pk__in=ids).order_by("created_at", "pk")
    return {
        **of_open,
        "people": people,
        "active": active,
        "becoming": dict(sorted(becoming.items())),
        "longest": [
            {"id": company.pk, "name": company.name, "since": timezone.localdate(company.created_at).isoformat()}
            for company in longest[:LONGEST_PAYING]
        ],
    }
