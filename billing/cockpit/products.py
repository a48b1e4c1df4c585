"""Gateways whose product code fits none of their companies: most likely a slip, of which no run tells.

Each service that is known is asked for by its number, so that every run is good while new purchases are not found.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from billing.cockpit.health import Level
from billing.cockpit.lines import Line
from billing.models import Subscription, WhmcsGateway
from companies.access import Status

SHOWN = 3
LIVING = (Status.ACTIVE, Status.SUSPENDED)


class Misfit(NamedTuple):
    """A gateway, and the products by whose services its companies live, the commonest first."""

    gateway: WhmcsGateway
    products: Sequence[int]


def load_misfits() -> list[Misfit]:
    """One query, which ends at the first company that fits, and one more for each gateway without any."""
    theirs = _living().filter(gateway=OuterRef("pk"))
    fitting = theirs.filter(product_id=OuterRef("product_code"))
    found = WhmcsGateway.objects.filter(~Exists(fitting), Exists(theirs), is_enabled=True).order_by("name")
    return [Misfit(gateway, _commonest_products(gateway)) for gateway in found]


def misfit_lines(misfits: Sequence[Misfit], gateways: int) -> list[Line]:
    """What each of them means, and where to mend it."""
    lines = []
    for gateway, products in misfits:
        text = _(
            "No company lives by a service of product %(code)s, the gateway's product code, but companies live by "
            "others (%(others)s), and new purchases of those are not found. If the code is a slip, correct it."
        )
        said = text % {"code": gateway.product_code, "others": ", ".join(map(str, products))}
        lines.append(Line(Level.WARN, f"{gateway.name}: {said}" if gateways > 1 else said, "gateway", (gateway.pk,)))
    return lines


def _living() -> QuerySet[Subscription]:
    return Subscription.objects.filter(company__status__in=LIVING, vanished_at=None)


def _commonest_products(gateway: WhmcsGateway) -> list[int]:
    counted = _living().filter(gateway=gateway).values_list("product_id").annotate(number=Count("pk"))
    return [product for product, _number in counted.order_by("-number", "product_id")[:SHOWN]]
