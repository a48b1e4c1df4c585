"""Companies of a gateway that is not read: it is switched off, has no usable secret, or its worker was down.

If one service of a company is no longer paid for but another is, any run, even a failed one, lets the paid one govern
the company (`billing.steps.losses.overdue`). If there are no runs at all, the periodic tick does it here.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from billing.errors import RunInProgress
from billing.models import Subscription, WhmcsGateway
from billing.monitoring.freshness import State, state_of
from billing.runs.lease import claim
from billing.steps.changes.write import write_decisions_unlocked
from billing.steps.losses.overdue import load_opening, load_with_several_services
from billing.steps.run.policy import load_policy
from billing.wording import reasons
from companies.access import Status
from companies.events import Actor


def open_paid_companies(now: datetime) -> None:
    """Open companies that are closed by the date of one service although another is paid for, as far as known.

    Called on every tick. A gateway that is read costs no further query. One that was switched off a moment ago is not
    read: the record of a company may have been unreadable for weeks before.
    """
    for gateway in WhmcsGateway.objects.filter(paused_at=None):
        is_read = gateway.is_enabled and state_of(gateway, now) is State.FRESH
        if not is_read and (company_ids := _load_late(gateway, now)):
            with suppress(RunInProgress):  # the other run does it
                _open(gateway, company_ids, now)


def _load_late(gateway: WhmcsGateway, now: datetime) -> list[int]:
    """Companies with several services that may be closed by a date."""
    return load_with_several_services(
        Subscription.objects.filter(
            gateway_id=gateway.pk, company__status=Status.ACTIVE.value, company__due_date__lt=timezone.localdate(now)
        )
    )


def _open(gateway: WhmcsGateway, company_ids: list[int], now: datetime) -> None:
    policy = replace(load_policy(gateway, began_at=now), is_read=False)
    if not load_opening(gateway, company_ids, policy):
        return
    with claim(gateway) as lease, lease.writing():
        decisions = list(load_opening(gateway, company_ids, policy).values())
        write_decisions_unlocked(gateway, decisions, actor=Actor(reasons.CLOCK()), at=now)
