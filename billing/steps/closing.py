"""The end of a run: what would take access away, and what was not in the list."""

from billing.errors import (
    ErrorCode,
    GatewayProtocolError,
    GatewayUnavailable,
    SnapshotIncomplete,
    UnsafeChangeSet,
)
from billing.models import Kind, RunRecord, Subscription
from billing.reconcile import Decision, is_mass_change
from billing.steps import absence, losses
from billing.steps.absence import Absent
from billing.steps.context import Context
from billing.steps.page import apply_decisions, apply_page
from billing.whmcs import Page
from billing.wording import sentence

Result = RunRecord.Result


def settle_losses(context: Context, *, approve: bool) -> None:
    """Read each loss a second time and apply it; or hold all of them where they are too many without approval."""
    losing = 0 if approve else losses.count_losing(context.losses)
    figures = losses.figures_if_too_many(context.gateway, losing, context.opened)
    if figures:
        _hold_all(context, figures)
        return
    confirmed = []
    with context.report.phase("confirm"):
        for loss in context.losses:
            context.lease.keep()
            answer = losses.confirm(context.gateway, context.client, loss, context.policy)
            if isinstance(answer, Decision):
                confirmed.append(answer)
            else:
                _refuse(context, loss, *answer)
    apply_decisions(context, confirmed)
    with context.lease.writing():
        context.report.flush()


def settle_absent(context: Context) -> None:
    """Ask for each service that the complete listing did not hold. Nobody loses anything by absence alone.

    Raises SnapshotIncomplete where so many are missing that the listing itself is doubted, or where WHMCS does not
    answer about one: then the listing proves nothing.
    """
    absent = absence.load_absent(context.gateway, context.seen)
    of_companies = [row for row in absent if row.company_id is not None]
    _ensure_few(context, [row for row in of_companies if row.product_id == context.gateway.product_code])
    orders = [row for row in absent if row.company_id is None]
    if orders:
        with context.lease.writing():
            absence.forget_unlocked(orders, at=context.at)
    with context.report.phase("absent"):
        for row in of_companies:
            context.lease.keep()
            try:
                page = context.client.fetch_service(row.service_id)
            except (GatewayUnavailable, GatewayProtocolError) as error:
                raise SnapshotIncomplete(ErrorCode.SERVICE_UNANSWERED, service_id=str(row.service_id)) from error
            _settle_one(context, row, page)


def settle_evidence(context: Context, *, approve: bool) -> None:
    """Weigh what this reading does by itself: it confirms due dates that passed meanwhile.

    Raises UnsafeChangeSet where that would close too many companies at once without approval.
    """
    if approve:
        return
    overdue = losses.count_newly_overdue(context.gateway, context.opened, at=context.at)
    figures = losses.figures_if_too_many(context.gateway, overdue, context.opened)
    if figures:
        context.is_held = True
        raise UnsafeChangeSet(**figures)


def _ensure_few(context: Context, missing: list[Absent]) -> None:
    gateway, known = context.gateway, absence.count_known(context.gateway)
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


def _hold_all(context: Context, figures: dict[str, str]) -> None:
    context.is_held = True
    context.note(Kind.LOSSES_HELD, "losses", figures)
    for loss in context.losses:
        _record_refused(context, loss, Kind.LOSSES_HELD, sentence(Kind.LOSSES_HELD, figures))
    with context.lease.writing():
        context.report.flush()


def _refuse(context: Context, loss: Decision, kind: str, params: dict[str, str]) -> None:
    row = loss.observed.subscription_id if loss.observed else None
    context.report.raised.add(kind, loss.facts.service_id, params, row)
    _record_refused(context, loss, kind, sentence(kind, params))


def _record_refused(context: Context, loss: Decision, kind: str, reason: str) -> None:
    context.report.record(
        Result.HELD, kind, loss.facts.service_id, company_id=loss.company_id, reason=reason,
        before=context.described(loss.before), after=context.described(loss.after),
    )  # fmt: skip
