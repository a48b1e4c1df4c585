"""The billing backend for `companies.self_service`: answers about the services of a company."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.links import customer_order_url, customer_service_url
from billing.models import Subscription, SyncRun, WhmcsGateway
from billing.on_demand import payment_checks, read_requests
from billing.recovery.pauses import are_resting, is_resting
from billing.runs.schedule import READ_BY_CLOCK
from billing.tasks import request_service_sync, wake_reader
from companies.authorization.limits import is_too_often
from companies.models import Company
from companies.self_service.backend import Check, CheckState, Service

CHECKS_PER_MINUTE = 60
MOST_SERVICES = 20
# The columns that are read of a service.
_READ = (
    "service_id", "gateway__customer_url", "gateway__is_enabled", "gateway__paused_at", "gateway__resumed_at",
    "gateway__next_sync_at", "gateway__product_code",
    "payment_check__state", "payment_check__asked_at", "payment_check__ended_at",
)  # fmt: skip


class WhmcsBackend:
    """Answers for companies with a WHMCS service. The newest service that still exists in WHMCS counts."""

    columns: Sequence[str] = tuple(f"subscriptions__{name}" for name in _READ)
    order: Sequence[Any] = (F("subscriptions__vanished_at").desc(nulls_first=True), "-subscriptions__pk")

    def read(self, row: Mapping[str, Any]) -> Service | None:
        """The service with its gateway and the latest payment check, from a row with `columns`."""
        found = {name: row[f"subscriptions__{name}"] for name in _READ}
        if found["service_id"] is None:
            return None
        rests = are_resting(*(found[f"gateway__{name}"] for name in ("is_enabled", "paused_at", "resumed_at")))
        return Service(
            url=customer_service_url(found["gateway__customer_url"], found["service_id"]),
            is_resting=rests,
            check=_check(*(found[f"payment_check__{name}"] for name in ("state", "asked_at", "ended_at"))),
            next_look=None if rests else found["gateway__next_sync_at"],
            order_url=customer_order_url(found["gateway__customer_url"], found["gateway__product_code"]),
        )

    def ask(self, company: Company, *, at: datetime, same_for: timedelta) -> bool:
        """Store the question and wake a worker. If that fails, the next tick does it."""
        row = _newest(company)
        if row is None or is_resting(row.gateway):
            return False
        if is_too_often(f"checks-at:{row.gateway_id}", at=at, most=CHECKS_PER_MINUTE, within=timedelta(minutes=1)):
            return False
        with transaction.atomic():
            check = payment_checks.start(row, at=at, same_for=same_for)
            if check is not None:
                read_requests.enqueue(row.gateway_id, row.service_id, trigger=SyncRun.Trigger.CUSTOMER, at=at)
        if check is not None:
            wake_reader(row.gateway_id)
        return True

    def look_again(self, company: Company) -> None:
        """Store it for an operator. Paused gateways are left out."""
        for row in services_of(company):
            if not is_resting(row.gateway):
                request_service_sync(row.gateway, row.service_id)

    def next_look(self, *, at: datetime) -> datetime | None:
        """When the first scheduled gateway is due."""
        gateways = WhmcsGateway.objects.filter(READ_BY_CLOCK).values_list("next_sync_at", flat=True)
        return min((planned or at for planned in gateways), default=None)


def services_of(company: Company) -> list[Subscription]:
    """The current and former services of a company, newest first. Limited; hardly any company has more."""
    return list(Subscription.objects.filter(company=company).select_related("gateway").order_by("-pk")[:MOST_SERVICES])


def _newest(company: Company) -> Subscription | None:
    rows = Subscription.objects.filter(company=company).select_related("gateway")
    return rows.order_by(F("vanished_at").desc(nulls_first=True), "-pk").first()


def _check(state: str | None, asked_at: datetime, ended_at: datetime | None) -> Check | None:
    if state is None:
        return None
    found = CheckState(state)
    if found is CheckState.WAITING and asked_at <= timezone.now() - payment_checks.EXPIRES_AFTER:
        found = CheckState.FAILED
    return Check(found, asked_at, ended_at or asked_at)
