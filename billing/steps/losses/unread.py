"""Companies of a gateway that is not read: switched off, without a usable secret, or its worker was dead for long.

Where one of a company's services is no longer paid for and another one is, a reading lets that one speak for the
company (`billing.steps.losses.overdue`), even one that fails. Where there is no reading at all, the clock does it.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from billing.errors import RunInProgress
from billing.models import Subscription, WhmcsGateway
from billing.runs.lease import claim
from billing.steps.changes.write import write_decisions_unlocked
from billing.steps.losses.overdue import load_opening
from billing.steps.run.policy import load_policy
from billing.wording import reasons
from companies.access import Status
from companies.events import Actor
from companies.standings.facts import confirmed_by


def let_the_paid_speak(now: datetime) -> None:
    """Open companies that stand closed by the date of one service though another is paid for, as far as is known.

    For every tick. A gateway that is read costs nothing.
    """
    for gateway in WhmcsGateway.objects.filter(paused_at=None):
        confirmed_at = confirmed_by(gateway, now=now)
        is_read = confirmed_at is not None and confirmed_at > now - timedelta(days=gateway.unconfirmed_days)
        if not is_read and (company_ids := _load_late(gateway, now)):
            with suppress(RunInProgress):  # that run does it
                _open(gateway, company_ids, now)


def _load_late(gateway: WhmcsGateway, now: datetime) -> list[int]:
    """Companies with several services that may stand closed by a date."""
    rows = Subscription.objects.filter(
        gateway_id=gateway.pk, company__status=Status.ACTIVE.value, company__due_date__lt=timezone.localdate(now)
    )
    several = rows.values("company_id").annotate(services=Count("pk")).filter(services__gt=1)
    return list(several.order_by("company_id").values_list("company_id", flat=True))


def _open(gateway: WhmcsGateway, company_ids: list[int], now: datetime) -> None:
    policy = replace(load_policy(gateway, began_at=now), is_read=False)
    if not load_opening(gateway, company_ids, policy):
        return
    with claim(gateway) as lease, lease.writing():
        decisions = list(load_opening(gateway, company_ids, policy).values())
        write_decisions_unlocked(gateway, decisions, actor=Actor(reasons.CLOCK()), at=now)
