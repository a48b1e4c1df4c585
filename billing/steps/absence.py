"""Services that a complete listing no longer holds. Absence is a question: each is asked for by its id."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import NamedTuple

from billing.errors import ErrorCode, GatewayProtocolError, GatewayUnavailable, SnapshotIncomplete
from billing.models import Kind, RunRecord, Subscription, WhmcsGateway
from billing.reconcile import is_mass_change
from billing.steps.context import Context
from billing.steps.page import apply_page
from billing.whmcs import Page
from companies.sql import update_rows

Result = RunRecord.Result


class Absent(NamedTuple):
    """One of our rows that the run has not read."""

    subscription_id: int
    service_id: int
    product_id: int
    company_id: int | None


def settle_absent(context: Context) -> None:
    """Ask for each service that the complete listing did not hold. Nobody loses anything by absence alone.

    Raises SnapshotIncomplete where so many are missing that the listing itself is doubted, or where WHMCS does not
    answer about one: then the listing proves nothing.
    """
    absent = _load_absent(context.gateway, context.seen)
    of_companies = [row for row in absent if row.company_id is not None]
    _ensure_few(context, [row for row in of_companies if row.product_id == context.gateway.product_code])
    orders = [row for row in absent if row.company_id is None]
    if orders:
        with context.lease.writing():
            _forget_unlocked(orders, at=context.at)
    with context.report.phase("absent"):
        for row in of_companies:
            context.lease.keep()
            try:
                page = context.client.fetch_service(row.service_id)
            except (GatewayUnavailable, GatewayProtocolError) as error:
                raise SnapshotIncomplete(ErrorCode.SERVICE_UNANSWERED, service_id=str(row.service_id)) from error
            _settle_one(context, row, page)


def _ensure_few(context: Context, missing: list[Absent]) -> None:
    gateway, known = context.gateway, _count_known(context.gateway)
    if is_mass_change(
        len(missing), of=known, max_count=gateway.mass_change_count, max_percent=gateway.mass_change_percent
    ):
        context.is_held = True
        raise SnapshotIncomplete(ErrorCode.MANY_ABSENT, missing=str(len(missing)), known=str(known))


def _settle_one(context: Context, row: Absent, page: Page) -> None:
    if page.rows or page.bad:
        apply_page(context, page)
        return
    with context.lease.writing():
        Subscription.objects.filter(pk=row.subscription_id, vanished_at=None).update(vanished_at=context.at)
        context.report.raised.add(Kind.VANISHED, row.service_id, {}, row.subscription_id)
        context.report.record(Result.CHANGED, Kind.VANISHED, row.service_id, company_id=row.company_id)
        context.report.flush()


def _load_absent(gateway: WhmcsGateway, seen: Container[int]) -> list[Absent]:
    """Our rows, not yet known to have vanished, that the run has not read; by service id."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at=None).order_by("service_id")
    columns = rows.values_list("pk", "service_id", "product_id", "company_id")
    return [Absent(*row) for row in columns.iterator(chunk_size=5000) if row[1] not in seen]


def _count_known(gateway: WhmcsGateway) -> int:
    """How many rows of companies a complete listing should hold."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at=None, company__isnull=False)
    return rows.filter(product_id=gateway.product_code).count()


def _forget_unlocked(absent: Sequence[Absent], *, at: datetime) -> None:
    """Take note that orders which never became a company are gone: nobody can lose anything by that."""
    update_rows(Subscription, ["vanished_at"], [(row.subscription_id, at) for row in absent])
