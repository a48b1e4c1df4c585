"""Losses of access at the end of a run: weigh them, read each a second time, and carry them out or hold them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from billing.models import Kind
from billing.reconcile import Decision
from billing.steps.losses import counting
from billing.steps.losses.confirming import confirm_all
from billing.steps.losses.evidence import as_remembered, waits_for_evidence
from billing.steps.losses.weighing import hold_losses, load_scale, refuse, sort_losses
from billing.steps.pages.page import apply_decisions
from billing.steps.run.context import Context
from billing.steps.safeguards import holding
from billing.steps.safeguards.clock import hold_dated
from billing.steps.safeguards.holding import Verdicts
from billing.wording import reasons
from companies import lifecycle
from companies.events import Code
from companies.models import Company
from companies.story import new_event, tell


def settle_losses(context: Context) -> None:
    """Read each loss a second time and act upon it; if there are too many, hold all of them and ask for approval.

    After a reading that proves nothing, no company is closed by a due date, and losses that wait for approval keep
    waiting. If another WHMCS answered, all losses are refused and nothing is asked.
    """
    if context.is_distrusted:
        for loss in context.found.losses:
            refuse(context, loss, Kind.OTHER_WHMCS, reasons.DISBELIEVED())
        return
    hold_dated(context)
    losing = _take_proven(context)
    if context.proves:
        losing += context.found.overdue.values()
    verdicts = _load_verdicts(context)
    if not losing and not (context.proves and verdicts.is_any):
        return
    scale = load_scale(context, verdicts)
    found = sort_losses(context, losing, verdicts, scale)
    _keep_open(context, found.kept)
    hold_losses(context, found.held, scale)
    decisions, closed = confirm_all(context, found.to_confirm)
    one_by_one = frozenset[int | None]() if context.is_whole else closed - verdicts.approved
    apply_decisions(context, decisions, also=lambda group: _count_lost_unlocked(context, group, one_by_one))
    with context.lease.writing():
        if context.proves:
            _close_questions_unlocked(context, verdicts, waits=bool(found.held))
        context.report.flush()


def _load_verdicts(context: Context) -> Verdicts:
    """What operators decided about losses. A company that a preview shows as kept open stays open."""
    verdicts = holding.load_verdicts(context.gateway, context.at)
    return verdicts._replace(kept=verdicts.kept | context.limit.kept) if context.limit else verdicts


def _take_proven(context: Context) -> list[Decision]:
    """The losses for which this reading is enough evidence.

    For the others, the new facts of their services are stored all the same, and their notes are raised.
    """
    proven: list[Decision] = []
    waiting: list[Decision] = []
    for loss in context.found.losses:
        waits = waits_for_evidence(loss, is_bad=context.is_bad, proves=context.proves)
        (waiting if waits else proven).append(loss)
    apply_decisions(context, [as_remembered(loss) for loss in waiting])
    return proven


def _keep_open(context: Context, kept: Sequence[Decision]) -> None:
    """Leave open the companies that an operator's rejection keeps open."""
    for loss in kept:
        refuse(context, loss, Kind.LOSSES_HELD, reasons.KEPT_OPEN())
    context.evidence.kept = {loss.company_id for loss in kept if loss.company_id is not None}


def _count_lost_unlocked(context: Context, group: Sequence[Decision], one_by_one: AbstractSet[int | None]) -> None:
    """Count them in the same transaction as the losses, so that a worker killed right after loses no count."""
    lost = {decision.company_id for decision in group} & one_by_one
    if lost:
        counting.count_lost_unlocked(context.gateway, len(lost))


def _close_questions_unlocked(context: Context, verdicts: Verdicts, *, waits: bool) -> None:
    """Close the question about losses if none waits any more, and the approval if all of its losses are done."""
    if verdicts.waiting and not waits:
        holding.close_waiting(context.gateway, at=context.at)
    if verdicts.approved and not context.evidence.unconfirmed & verdicts.approved:
        holding.close_done(context.gateway, at=context.at)


def conclude_evidence_unlocked(context: Context) -> None:
    """Store against which companies this reading is evidence, and against which it is not.

    Call it after a run that proves something, in the transaction that stores the time of the reading.
    """
    evidence = context.evidence
    flagged = Company.objects.filter(source_id=context.gateway.pk, closing_held_since__isnull=False)
    known = set(flagged.values_list("pk", flat=True))
    for new, reason in (
        (evidence.unconfirmed - known - evidence.kept, reasons.CLOSING_WAITS()),
        (evidence.kept - known, reasons.KEPT_OPEN()),
    ):
        lifecycle.hold_closings(sorted(new), actor=context.actor, at=context.at, reason=reason)
    lifecycle.release_closings(sorted(known - evidence.unconfirmed), actor=context.actor, at=context.at)
    tell([
        new_event(pk, Code.CLOSED_OVERDUE, context.actor, context.at, reason=reason)
        for pk, reason in sorted(evidence.closed_by_date.items())
    ])  # fmt: skip
