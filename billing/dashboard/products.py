"""Finds gateways whose product code fits none of their companies: most likely a slip that no run reports.

Known services are read by their number, so every run is complete, while new purchases are not found.
After a deliberate change of the code this is normal, until somebody buys with the new code.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from billing.dashboard.health import Level
from billing.dashboard.lines import Line, about
from billing.models import Subscription, WhmcsGateway
from companies.access import Status

SHOWN = 3
# The products of this many of the newest services are counted.
LOOKED_AT = 1000
LIVING = (Status.ACTIVE, Status.SUSPENDED)


# A run that was under way when the code was changed may still use the old code for this long.
STILL_READ = timedelta(hours=1)
_WRONG: Promise = _(
    "No company lives by a service of product %(code)s, the gateway's product code, but companies live by "
    "others (%(others)s), and new purchases of those are not found. If the code is a slip, correct it."
)
_NEW: Promise = _(
    "The product code is %(code)s since %(day)s, and nobody has bought with it yet. Companies live by services of "
    "other products (%(others)s) and stay as they are; new purchases of those are not found. If the code is a slip, "
    "correct it."
)


class Misfit(NamedTuple):
    """A gateway, and the products of its companies' newest services, the most common first.

    `is_new` means that the code was changed, and that nobody has bought with it since.
    """

    gateway: WhmcsGateway
    products: Sequence[int]
    is_new: bool


def load_misfits() -> list[Misfit]:
    """One query, which stops at the newest fitting service, and two more for each misfit.

    Not `Exists`, with which PostgreSQL reads all companies first.
    """
    theirs = _living().filter(gateway=OuterRef("pk")).values("pk")
    fitting = theirs.filter(product_id=OuterRef("product_code"))
    asked = WhmcsGateway.objects.alias(newest=Subquery(theirs[:1]), newest_fitting=Subquery(fitting[:1]))
    found = asked.filter(newest__isnull=False, newest_fitting=None, is_enabled=True).order_by("name")
    return [Misfit(gateway, _commonest_products(gateway), _is_new(gateway)) for gateway in found]


def misfit_lines(misfits: Sequence[Misfit], gateways: int) -> list[Line]:
    """The lines about them, with a link to the gateway."""
    lines = []
    for gateway, products, is_new in misfits:
        values = {"code": gateway.product_code, "others": ", ".join(map(str, products))}
        if is_new and gateway.product_code_set_at:
            values["day"] = date_format(localtime(gateway.product_code_set_at), "DATE_FORMAT")
        said = str(_NEW if is_new else _WRONG) % values
        level = Level.NOTICE if is_new else Level.WARN
        lines.append(Line(level, about(gateway, said, of=gateways), "gateway", (gateway.pk,)))
    return lines


def _living() -> QuerySet[Subscription]:
    """Services of living companies, newest first, in the order of an index."""
    return Subscription.objects.existing().filter(company__status__in=LIVING).order_by("-service_id")


def _commonest_products(gateway: WhmcsGateway) -> list[int]:
    newest = _living().filter(gateway=gateway).values_list("product_id", flat=True)[:LOOKED_AT]
    counted = Counter(newest)
    return sorted(counted, key=lambda product: (-counted[product], product))[:SHOWN]


def _is_new(gateway: WhmcsGateway) -> bool:
    """Whether nobody has bought with the code since it was set. A purchase that is gone again counts."""
    set_at = gateway.product_code_set_at
    if set_at is None:
        return False
    bought = Subscription.objects.filter(gateway=gateway, company__isnull=False).order_by("-service_id")
    newest = bought.values_list("product_id", "first_seen_at")[:LOOKED_AT]
    return not any(
        seen_at >= set_at and (product == gateway.product_code or seen_at >= set_at + STILL_READ)
        for product, seen_at in newest
    )
