"""Gateways whose product code fits none of their companies: most likely a slip, of which no run tells.

Each service that is known is asked for by its number, so that every run is good while new purchases are not found.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from billing.cockpit.health import Level
from billing.cockpit.lines import Line
from billing.models import Subscription, WhmcsGateway
from companies.access import Status

SHOWN = 3
# Of so many of the newest services the products are counted.
LOOKED_AT = 1000
LIVING = (Status.ACTIVE, Status.SUSPENDED)


class Misfit(NamedTuple):
    """A gateway, and the products by whose newest services its companies live, the commonest first."""

    gateway: WhmcsGateway
    products: Sequence[int]


def load_misfits() -> list[Misfit]:
    """One query, which ends at the newest service that fits, and one more for each gateway without any.

    Not `Exists`: for that PostgreSQL reads all companies first.
    """
    theirs = _living().filter(gateway=OuterRef("pk")).values("pk")
    fitting = theirs.filter(product_id=OuterRef("product_code"))
    asked = WhmcsGateway.objects.alias(newest=Subquery(theirs[:1]), newest_fitting=Subquery(fitting[:1]))
    found = asked.filter(newest__isnull=False, newest_fitting=None, is_enabled=True).order_by("name")
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
    """The newest first, as the index of a gateway's services has them."""
    return Subscription.objects.filter(company__status__in=LIVING, vanished_at=None).order_by("-service_id")


def _commonest_products(gateway: WhmcsGateway) -> list[int]:
    newest = _living().filter(gateway=gateway).values_list("product_id", flat=True)[:LOOKED_AT]
    counted = Counter(newest)
    return sorted(counted, key=lambda product: (-counted[product], product))[:SHOWN]
