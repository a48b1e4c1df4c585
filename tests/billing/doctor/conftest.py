"""One customer in the shop, so that there is something to look at."""

from collections.abc import Callable

import pytest
from django.utils.translation import override

from billing.doctor import Check, Finding, examine
from billing.models import WhmcsGateway
from sandbox import Shop

Examine = Callable[..., dict[Check, Finding]]


@pytest.fixture
def customers(shop: Shop) -> None:
    for name in ("Alice", "Bob", "Carol"):
        shop.buy(name, "Smith", f"{name.lower()}@example.com", plan="Team", password="a good first one")


@pytest.fixture
def doctor(gateway: WhmcsGateway, customers: None) -> Examine:
    """What the doctor finds now, by what was tried."""

    def examine_now(**options: float) -> dict[Check, Finding]:
        fresh = WhmcsGateway.objects.get(pk=gateway.pk)
        with override("en"):
            return {finding.check: finding for finding in examine(fresh, **options)}

    return examine_now
