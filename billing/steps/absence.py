"""Services that a complete listing no longer holds. Absence is a question: each is asked for by its id."""

from collections.abc import Container, Iterator

from billing.models import Subscription, WhmcsGateway
from billing.whmcs import Page, WhmcsClient


def load_absent(gateway: WhmcsGateway, seen: Container[int]) -> list[Subscription]:
    """Our rows, not yet known to have vanished, that the run has not read."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at=None)
    absent = [
        pk
        for pk, service_id in rows.values_list("pk", "service_id").iterator(chunk_size=5000)
        if service_id not in seen
    ]
    return list(Subscription.objects.filter(pk__in=absent).order_by("service_id"))


def count_known(gateway: WhmcsGateway) -> int:
    """How many rows a complete listing should hold."""
    return Subscription.objects.filter(gateway_id=gateway.pk, vanished_at=None, product_id=gateway.product_code).count()


def fetch_each(client: WhmcsClient, absent: list[Subscription]) -> Iterator[tuple[Subscription, Page]]:
    """Ask WHMCS for each by its id. Raises the adapter's errors: a question without an answer concludes nothing."""
    for row in absent:
        yield row, client.fetch_service(row.service_id)
