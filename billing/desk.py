"""What customers may ask, and what they are told: the service by which their company lives."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing import checks, wishes
from billing.links import customer_service_url
from billing.models import PaymentCheck, Subscription, SyncRun, WhmcsGateway
from billing.tasks import send_wishes
from companies.desk import Check, CheckState, Service
from companies.facts import RESTS
from companies.limits import is_too_often
from companies.models import Company

CHECKS_PER_MINUTE = 60


class WhmcsDesk:
    """Answers for the companies that live by a service of WHMCS."""

    def load(self, company: Company) -> Service | None:
        """The newest service that WHMCS still has, with its gateway and the latest question (one query)."""
        row = _newest(company)
        if row is None:
            return None
        gateway = row.gateway
        is_resting = _is_resting(gateway)
        return Service(
            url=customer_service_url(gateway, row.service_id),
            is_resting=is_resting,
            check=_check(getattr(row, "payment_check", None)),
            next_look=None if is_resting else gateway.next_sync_at,
        )

    def ask(self, company: Company, *, at: datetime, same_for: timedelta) -> bool:
        """Put the question down and wake a worker; where none can be woken, the next tick does it."""
        row = _newest(company)
        if row is None or _is_resting(row.gateway):
            return False
        if is_too_often(f"checks-at:{row.gateway_id}", at=at, most=CHECKS_PER_MINUTE, within=timedelta(minutes=1)):
            return False
        with transaction.atomic():
            check = checks.put_down(row, at=at, same_for=same_for)
            if check is not None:
                wishes.put_down(row.gateway_id, row.service_id, trigger=SyncRun.Trigger.CUSTOMER, at=at)
        if check is not None:
            send_wishes(row.gateway_id)
        return True

    def next_look(self, *, at: datetime) -> datetime | None:
        """When the first of the gateways that are read by the clock is due."""
        gateways = WhmcsGateway.objects.filter(is_enabled=True).exclude(RESTS).values_list("next_sync_at", flat=True)
        return min((planned or at for planned in gateways), default=None)


def _newest(company: Company) -> Subscription | None:
    rows = Subscription.objects.filter(company=company).select_related("gateway", "payment_check")
    return rows.order_by(F("vanished_at").desc(nulls_first=True), "-pk").first()


def _is_resting(gateway: WhmcsGateway) -> bool:
    return not gateway.is_enabled or (gateway.paused_at is not None and gateway.resumed_at is None)


def _check(check: PaymentCheck | None) -> Check | None:
    if check is None:
        return None
    state = CheckState(check.state)
    if state is CheckState.WAITING and check.asked_at <= timezone.now() - checks.GIVEN_UP_AFTER:
        state = CheckState.FAILED
    return Check(state, check.asked_at, check.ended_at or check.asked_at)
