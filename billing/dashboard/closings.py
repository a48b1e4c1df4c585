"""Finds companies whose closing has waited for long: without an answer or a second reading they stay open for ever.

No date closes them meanwhile, also not while their gateway is switched off or can't be read, for what WHMCS said
against them was never confirmed. So an operator has to know.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import ngettext

from billing.dashboard.health import Known, Level
from billing.dashboard.lines import Line, about
from billing.models import WhmcsGateway
from companies.models import Company


class Waiting(NamedTuple):
    """How many companies of a gateway wait for long, and the first of them since when."""

    gateway: WhmcsGateway
    companies: int
    since: datetime


def load_long_waiting(gateways: Iterable[Known], now: datetime) -> list[Waiting]:
    """Those that wait longer than a date may stay unconfirmed, except companies that an operator has decided on."""
    known = {one.gateway.pk: one.gateway for one in gateways}
    if not known:
        return []
    late = (Q(source=pk, closing_held_since__lt=now - _patience(gateway)) for pk, gateway in known.items())
    decided = Q(locked_at__isnull=False) | Q(hold_until__gte=timezone.localdate(now))
    rows = Company.objects.order_by().filter(reduce(or_, late)).exclude(decided)
    counted = rows.values_list("source").annotate(Count("pk"), Min("closing_held_since"))
    return [Waiting(known[pk], number, since) for pk, number, since in sorted(counted)]


def closing_lines(waiting: Iterable[Waiting], gateways: int) -> list[Line]:
    """The lines about them, with a link to the companies."""
    lines = []
    for gateway, number, since in waiting:
        text = ngettext(
            "%(count)s company stays open only because its closing has waited since %(day)s: for your decision, or for "
            "a second reading that says the same. No date ends that. Decide, let WHMCS be read again, or lock it.",
            "%(count)s companies stay open only because their closing has waited, the first since %(day)s: for your "
            "decision, or for a second reading that says the same. No date ends that. Decide, let WHMCS be read again, "
            "or lock them.",
            number,
        ) % {"count": number, "day": date_format(localtime(since), "DATE_FORMAT")}
        lines.append(Line(Level.WARN, about(gateway, text, of=gateways), "closings"))
    return lines


def _patience(gateway: WhmcsGateway) -> timedelta:
    return timedelta(days=gateway.unconfirmed_days)
