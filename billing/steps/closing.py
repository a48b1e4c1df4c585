"""The end of a run: what would take access away, and what was not in the list."""

from billing.models import Kind, RunRecord, Subscription
from billing.reconcile import Decision, is_mass_change
from billing.steps import absence, losses
from billing.steps.context import Context
from billing.steps.page import apply_decisions, apply_page
from billing.whmcs import Page
from billing.wording import sentence

Result = RunRecord.Result


def settle_losses(context: Context, *, approve: bool) -> None:
    """Read each loss a second time and apply it; or hold all of them where they are too many without approval."""
    if not approve and losses.is_held_for_approval(context.gateway, context.losses, context.opened):
        _hold_all(context)
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


def settle_absent(context: Context) -> bool:
    """Ask for each service that the complete listing did not hold. Nobody loses anything by absence alone.

    Returns False where so many are missing that the listing itself is doubted: then it proves nothing.
    """
    absent = absence.load_absent(context.gateway, context.seen)
    missing = [row for row in absent if row.product_id == context.gateway.product_code]
    known = absence.count_known(context.gateway)
    if is_mass_change(
        len(missing), of=known, max_count=context.gateway.mass_change_count,
        max_percent=context.gateway.mass_change_percent,
    ):  # fmt: skip
        context.is_held = True
        context.note(Kind.MANY_ABSENT, "listing", {"missing": str(len(missing)), "known": str(known)})
        return False
    with context.report.phase("absent"):
        for row, page in absence.fetch_each(context.client, absent):
            context.lease.keep()
            _settle_one(context, row, page)
    return True


def _settle_one(context: Context, row: Subscription, page: Page) -> None:
    if page.rows or page.bad:
        apply_page(context, page)
        return
    with context.lease.writing():
        Subscription.objects.filter(pk=row.pk, vanished_at=None).update(vanished_at=context.at)
        context.note(Kind.VANISHED, row.service_id, {}, row)
        context.report.record(Result.CHANGED, Kind.VANISHED, row.service_id, company_id=row.company_id)
        context.report.flush()


def _hold_all(context: Context) -> None:
    context.is_held = True
    companies = {loss.company_id for loss in context.losses}
    open_now = losses.count_open(context.gateway, context.opened)
    figures = {"losing": str(len(companies)), "open": str(open_now)}
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
