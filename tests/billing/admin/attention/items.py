"""Items that need attention, and the pages that show them."""

from typing import Any

from django.test import Client
from django.urls import reverse

from billing.models import AttentionItem, ReadRequest, Subscription, WhmcsGateway

LIST = "/admin/billing/attentionitem/"


def asked() -> list[int]:
    """The services that were asked for."""
    return list(ReadRequest.objects.values_list("service_id", flat=True))


def item(gateway: WhmcsGateway, kind: str, subject: str = "gateway", **params: str) -> AttentionItem:
    return AttentionItem.objects.create(gateway=gateway, kind=kind, subject=subject, params=params)


def service(gateway: WhmcsGateway, number: int = 5, **columns: Any) -> Subscription:
    values = {"client_id": 3, "product_id": 7, "status": "Active", "plan_value": "Pro ", **columns}
    return Subscription.objects.create(gateway=gateway, service_id=number, **values)


def listed(client: Client, query: str = "") -> str:
    return str(client.get(LIST + query).content.decode())


def url(one: AttentionItem, name: str = "change") -> str:
    return reverse(f"admin:billing_attentionitem_{name}", args=[one.pk])
