"""The form of a gateway, as an operator fills it in."""

from typing import Any

from django.test import Client
from django.urls import reverse

from billing.models import WhmcsGateway


def form_of(gateway: WhmcsGateway, **changes: object) -> dict[str, object]:
    """The form of a gateway as a browser sends it, without the secret."""
    names = (
        "name", "base_url", "api_identifier", "product_code", "plan_option", "password_field", "grace_days",
        "unconfirmed_days", "mass_change_count", "mass_change_percent", "interval_seconds",
    )  # fmt: skip
    return {**{name: getattr(gateway, name) for name in names}, "api_secret": "", "is_enabled": "on", **changes}


def save(operator: Client, gateway: WhmcsGateway, **changes: object) -> Any:
    """Send the form with these changes."""
    url = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])
    return operator.post(url, form_of(gateway, **changes))
