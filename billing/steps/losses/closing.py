"""The end of a run: what would take access away is weighed, read a second time each, and done or held."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from billing.models import Kind
from billing.reconcile import Action, Decision, Standing, standing_of
from billing.steps.losses import counting
from billing.steps.losses.confirming import confirm_all
from billing.steps.losses.weighing import hold_losses, load_scale, refuse, sort_losses
from billing.steps.pages.page import apply_decisions
from billing.steps.run.context import Context
from billing.steps.safeguards import holding
from billing.steps.safeguards.holding import Verdicts
from billing.wording import reasons
from companies import lifecycle
from companies.access import Status
from companies.events import Code
from companies.models import Company
from companies.story import new_event, tell


def settle_losses(context: Context) -> None:
    """Read each loss a second time and act upon it; if they are too many, hold all of them and ask for a yes.

    After a reading that proves nothing, no company is closed by a due date, and what waits for a yes goes on waiting.
    If another WHMCS answered, nothing is asked at all.
    """
    if context.is_distrusted:
        for loss in context.found.losses:
            refuse(context, loss, Kind.OTHER_WHMCS, reasons.DISBELIEVED())
        return
    losing = _take_founded(context)
    if context.proves:
        losing += context.found.overdue.values()
    verdicts = _load_verdicts(context)
    if not losing and not (context.proves and verdicts.is_any):
        return
    scale = load_scale(context, verdicts)
    found = sort_losses(context, losing, verdicts, scale)
    _keep_open(context, found.kept)
    # A reading that proves nothing finds only a part of what waits, and that is no better a question than all of it.
    hold_losses(context, found.held, scale, asks=context.proves or not verdicts.waiting)
    decisions, closed = confirm_all(context, found.to_confirm)
    one_by_one = frozenset[int | None]() if context.is_whole else closed - verdicts.approved
    apply_decisions(context, decisions, also=lambda group: _count_lost_unlocked(context, group, one_by_one))
    with context.lease.writing():
        if context.proves:
            _close_questions_unlocked(context, verdicts, waits=bool(found.held))
        context.report.flush()


def _load_verdicts(context: Context) -> Verdicts:
    """What operators said about losses. A company that a preview shows as kept open stays open."""
    verdicts = holding.load_verdicts(context.gateway, context.at)
    return verdicts._replace(kept=verdicts.kept | context.limit.kept) if context.limit else verdicts


def _take_founded(context: Context) -> list[Decision]:
    """The losses that this reading is evidence enough for.

    What WHMCS says now about the services of the others is remembered all the same, and what a person should know is
    listed.
    """
    founded: list[Decision] = []
    waiting: list[Decision] = []
    for loss in context.found.losses:
        (waiting if _waits_for_evidence(context, loss) else founded).append(loss)
    remembered = [
        loss._replace(action=Action.REMEMBER if _can_be_remembered(loss) else Action.NOTHING, after=loss.before)
        for loss in waiting
    ]
    apply_decisions(context, remembered)
    return founded


def _waits_for_evidence(context: Context, loss: Decision) -> bool:
    """Whether only dates take access away, and of one of them it is not read that it is still so.

    That is any date after a reading that proves nothing, unless it is what WHMCS says anew. And if it says one anew of
    a service that speaks for the company beside another one, which is not read, that one may have been paid.
    """
    if counting.is_by_date(loss):
        return not context.proves
    company = loss.observed.company if loss.observed else None
    if company is None or loss.after is None or loss.after.status != Status.ACTIVE.value:
        return False
    return any(
        standing_of(other.status) is Standing.PAID and not _is_read(context, other.service_id)
        for other in company.siblings
    )


def _is_read(context: Context, service_id: int) -> bool:
    """Whether what stands here about a service is evidence; what is absent from a complete list is evidence too."""
    is_bad = (Kind.BAD_ROW.value, str(service_id)) in context.report.raised.keys
    return not is_bad and (context.proves or service_id in context.seen)


def _can_be_remembered(loss: Decision) -> bool:
    """Whether the row differs. Of a company that could not be read, to write it would be to say that it can be."""
    row = loss.observed
    return row is not None and row.facts != loss.facts and not (row.company and row.company.is_unreadable)


def _keep_open(context: Context, kept: Sequence[Decision]) -> None:
    """Leave open the companies that an operator's no keeps open."""
    for loss in kept:
        refuse(context, loss, Kind.LOSSES_HELD, reasons.KEPT_OPEN())
    context.evidence.kept = {loss.company_id for loss in kept if loss.company_id is not None}


def _count_lost_unlocked(context: Context, group: Sequence[Decision], one_by_one: AbstractSet[int | None]) -> None:
    """Count them in the transaction of the losses, so that a worker that is killed after it forgets none."""
    lost = {decision.company_id for decision in group} & one_by_one
    if lost:
        counting.count_lost_unlocked(context.gateway, len(lost))


def _close_questions_unlocked(context: Context, verdicts: Verdicts, *, waits: bool) -> None:
    """End a question about losses if nothing of it waits any more, and a yes if all of it is done."""
    if verdicts.waiting and not waits:
        holding.close_waiting(context.gateway, at=context.at)
    if verdicts.approved and not context.evidence.unconfirmed & verdicts.approved:
        holding.close_done(context.gateway, at=context.at)


def conclude_evidence_unlocked(context: Context) -> None:
    """Write down against whom this reading is evidence, and against whom not yet.

    Call it after a run that proves something, in the transaction that writes the moment of the reading.
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
