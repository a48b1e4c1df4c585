"""The end of a run: what would take access away is weighed, read a second time each, and done or held."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from billing.models import Kind, RunRecord, Subscription
from billing.reconcile import Action, Decision
from billing.steps import holding, losses
from billing.steps.context import Context
from billing.steps.holding import Verdicts
from billing.steps.limit import admit, is_overdue_admitted
from billing.steps.page import apply_decisions
from billing.steps.weighing import (
    count_open_before,
    counted_as,
    hold_losses,
    record_loss,
    refuse,
    sort_losses,
)
from billing.wording import reasons
from billing.wording.attention import sentence
from companies import lifecycle
from companies.events import Code
from companies.models import Company
from companies.story import new_event, tell

Result = RunRecord.Result


def gather_overdue(context: Context) -> None:
    """Find the companies that this reading, if it was complete, would close because a due date has passed.

    Where another service of theirs is paid for, it speaks for them from now on, and that is written at once. It takes
    nothing away, so it needs no complete reading: one record that nobody mends would lock them out in the end.
    """
    is_doubted = context.report.is_doubted
    if context.is_distrusted or (is_doubted and context.limit):
        return
    besides = context.opened | {loss.company_id for loss in context.losses if loss.company_id is not None}
    overdue = losses.load_overdue(context.gateway, context.policy, besides=besides)
    losing = {pk: loss for pk, loss in overdue.items() if loss.action is Action.LOSE}
    if not is_doubted:
        context.overdue = {pk: loss for pk, loss in losing.items() if is_overdue_admitted(context, loss)}
    _follow_the_paid(context, [decision for pk, decision in overdue.items() if pk not in losing])


def _follow_the_paid(context: Context, decisions: Sequence[Decision]) -> None:
    for decision in decisions:
        if decision.facts.service_id in context.seen:
            context.report.count("unchanged", -1)
    apply_decisions(context, admit(context, decisions))


def settle_losses(context: Context) -> None:
    """Read each loss a second time and act upon it; hold all of them where they are too many without a yes.

    From a reading that proves nothing, no due date is held against anybody, and what waits for a yes goes on waiting.
    What another WHMCS says is not even asked about.
    """
    if context.is_distrusted:
        for loss in context.losses:
            refuse(context, loss, Kind.OTHER_WHMCS, reasons.DISBELIEVED())
        return
    proves = context.proves
    losing = [*context.losses, *context.overdue.values()] if proves else _without_dates(context)
    verdicts = _load_verdicts(context)
    if not losing and not (proves and verdicts.is_any):
        return
    of_open, lost = count_open_before(context, verdicts), losses.load_lost(context.gateway)
    found = sort_losses(context, losing, verdicts, of_open=of_open, lost=lost, proves=proves)
    for loss in found.kept:
        refuse(context, loss, Kind.LOSSES_HELD, reasons.KEPT_OPEN())
    context.kept = {loss.company_id for loss in found.kept if loss.company_id is not None}
    # A part of what waits is no better a question than all of it.
    hold_losses(context, found.held, of_open=of_open, lost=lost, asks=proves or not verdicts.waiting)
    decisions, closed = _confirm_all(context, found.to_confirm)
    one_by_one = frozenset[int | None]() if context.is_whole else closed - verdicts.approved
    apply_decisions(context, decisions, also=lambda group: _count_lost_unlocked(context, group, one_by_one))
    with context.lease.writing():
        if proves:
            _close_questions_unlocked(context, verdicts, waits=bool(found.held))
        context.report.flush()


def _load_verdicts(context: Context) -> Verdicts:
    """What was said about losses; a preview that shows a company to stay open closes it in no case."""
    verdicts = holding.load_verdicts(context.gateway, context.at)
    return verdicts._replace(kept=verdicts.kept | context.limit.kept) if context.limit else verdicts


def conclude_evidence_unlocked(context: Context) -> None:
    """Write, together with the moment of the reading, against whom it is evidence and against whom it is not yet.

    Call it inside `lease.writing()`, after a run that proves something.
    """
    flagged = Company.objects.filter(source_id=context.gateway.pk, closing_held_since__isnull=False)
    known = set(flagged.values_list("pk", flat=True))
    for new, reason in (
        (context.unconfirmed - known - context.kept, reasons.CLOSING_WAITS()),
        (context.kept - known, reasons.KEPT_OPEN()),
    ):
        lifecycle.hold_closings(sorted(new), actor=context.actor, at=context.at, reason=reason)
    lifecycle.release_closings(sorted(known - context.unconfirmed), actor=context.actor, at=context.at)
    tell([
        new_event(pk, Code.CLOSED_OVERDUE, context.actor, context.at, reason=reason)
        for pk, reason in sorted(context.closed_by_date.items())
    ])  # fmt: skip


def _confirm_all(context: Context, to_confirm: Sequence[Decision]) -> tuple[list[Decision], set[int | None]]:
    """Read each a second time; returns what is to be written, and the companies that lose access."""
    confirmed: list[Decision] = []
    closed: set[int | None] = set()
    with context.report.phase("confirm"):
        for loss in to_confirm:
            context.go_on()
            answer = losses.confirm(context.gateway, context.client, loss, context.policy)
            if not isinstance(answer, Decision):
                kind, params = answer
                row = loss.observed.subscription_id if loss.observed else None
                context.report.raised.add(kind, loss.facts.service_id, params, row)
                refuse(context, loss, kind, sentence(kind, params), params)
            elif answer.action is Action.LOSE:
                closed.add(answer.company_id)
                confirmed += _close(context, answer)
            else:
                confirmed += _take_back(context, loss, answer)
    return confirmed, closed


def _count_lost_unlocked(context: Context, group: Sequence[Decision], one_by_one: AbstractSet[int | None]) -> None:
    """In the transaction of the losses: a worker that is killed behind it forgets none."""
    lost = {decision.company_id for decision in group} & one_by_one
    if lost:
        losses.count_lost_unlocked(context.gateway, len(lost))


def _close_questions_unlocked(context: Context, verdicts: Verdicts, *, waits: bool) -> None:
    """End a question of which nothing waits any more, and a yes of which all is done."""
    if verdicts.waiting and not waits:
        holding.close_waiting(context.gateway, at=context.at)
    if verdicts.approved and not context.unconfirmed & verdicts.approved:
        holding.close_done(context.gateway, at=context.at)


def _close(context: Context, loss: Decision) -> list[Decision]:
    """What is to be written about a loss that was read twice: nothing, where the moment of this reading is enough."""
    facts = loss.facts
    if not losses.is_by_date(loss) or loss.company_id is None or loss.observed is None:
        return [loss._replace(action=Action.UPDATE)]
    reason = reasons.READ_TWICE(number=facts.service_id, text=facts.status, day=facts.due_date)
    context.closed_by_date[loss.company_id] = reason
    company = loss.observed.company
    if facts != loss.observed.facts or (company and company.is_unreadable):
        return [loss._replace(action=Action.UPDATE)]
    record_loss(context, loss, Result.CHANGED, Code.CLOSED_OVERDUE, reason)
    _note_settled(context, loss)
    return []


def _note_settled(context: Context, loss: Decision) -> None:
    """Let the next run look again where something is listed about the service, and pass it by where nothing is."""
    row = loss.observed
    if row is not None and row.is_settled != loss.is_settled and not row.is_vanished:
        with context.lease.writing():
            Subscription.objects.filter(pk=row.subscription_id).update(is_settled=loss.is_settled)
            context.report.flush()


def _take_back(context: Context, loss: Decision, answer: Decision) -> list[Decision]:
    """What is to be written where the second reading is no loss: good news, or neither the one thing nor the other."""
    counted = counted_as(context, loss)
    if answer.action in {Action.NOTHING, Action.REMEMBER}:
        if loss.company_id is not None:
            context.unconfirmed.add(loss.company_id)
        return [] if counted else [answer]
    if counted:
        context.report.count(counted, -1)
    return admit(context, [answer])


def _without_dates(context: Context) -> list[Decision]:
    """The losses of a reading that is no evidence: those by date have to wait for one that is."""
    by_date = [loss for loss in context.losses if losses.is_by_date(loss)]
    context.report.count("unchanged", len(by_date))
    return [loss for loss in context.losses if not losses.is_by_date(loss)]
