"""Finds the services with new facts. Nearly all have none, so a page costs one query."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from billing.facts import FACTS, ServiceFacts
from billing.models import Subscription, WhmcsGateway
from billing.steps.changes.numbered import fetch_numbered


def load_changed(gateway: WhmcsGateway, rows: Sequence[ServiceFacts], *, decide_all: bool) -> list[ServiceFacts]:
    """The `rows` that have new facts or are not settled yet; one query.

    With `decide_all` returns all of them: the operator changed a setting that every decision depends on.
    """
    if decide_all or not rows:
        return list(rows)
    settled = fetch_numbered(_settled, "service_id", [row.service_id for row in rows], gateway.pk)
    if settled == rows:  # the usual case: nothing is new, in the usual order
        return []
    if len(settled) == len(rows):
        pairs = [pair for pair in zip(rows, settled, strict=True) if pair[0] != pair[1]]
        if all(row.service_id == stored[0] for row, stored in pairs):
            return [row for row, _ in pairs]
    known = {row[0]: row for row in settled}
    return [row for row in rows if known.get(row.service_id) != row]


def _settled(gateway_id: int) -> QuerySet[Subscription, Any]:
    """The facts of settled services, as plain tuples, ordered by service id."""
    rows = Subscription.objects.filter(gateway_id=gateway_id, vanished_at=None, is_settled=True)
    return rows.order_by("service_id").values_list(*FACTS)
