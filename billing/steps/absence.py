"""Services that a complete listing no longer holds. Absence is a question: each is asked for by its id."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import NamedTuple

from billing.models import Subscription, WhmcsGateway
from companies.sql import update_rows


class Absent(NamedTuple):
    """One of our rows that the run has not read."""

    subscription_id: int
    service_id: int
    product_id: int
    company_id: int | None


def load_absent(gateway: WhmcsGateway, seen: Container[int]) -> list[Absent]:
    """Our rows, not yet known to have vanished, that the run has not read; by service id."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at=None).order_by("service_id")
    columns = rows.values_list("pk", "service_id", "product_id", "company_id")
    return [Absent(*row) for row in columns.iterator(chunk_size=5000) if row[1] not in seen]


def count_known(gateway: WhmcsGateway) -> int:
    """How many rows of companies a complete listing should hold."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at=None, company__isnull=False)
    return rows.filter(product_id=gateway.product_code).count()


def forget_unlocked(absent: Sequence[Absent], *, at: datetime) -> None:
    """Take note that orders which never became a company are gone: nobody can lose anything by that."""
    update_rows(Subscription, ["vanished_at"], [(row.subscription_id, at) for row in absent])
