"""Confirms losses: what a second reading says becomes decisions to write, or a reason to leave a company as it is."""

from collections.abc import Sequence

from billing.models import RunRecord, Subscription
from billing.reconcile import Action, Decision, Note
from billing.steps.applied.limit import admit, admit_again
from billing.steps.changes.entries import enter_loss, is_counted
from billing.steps.losses.counting import is_by_date
from billing.steps.losses.second_reading import read_second_time
from billing.steps.losses.weighing import refuse
from billing.steps.run.context import Context
from billing.wording import reasons
from billing.wording.attention import sentence
from companies.events import Code


def confirm_all(context: Context, to_confirm: Sequence[Decision]) -> tuple[list[Decision], set[int | None]]:
    """Read each a second time; returns the decisions to write, and the companies that lose access.

    Losses that pages of their own led to may be of one company: the second reading of one decides about the others.
    """
    confirmed: list[Decision] = []
    closed: set[int | None] = set()
    decided: set[int] = set()
    uncounted = {loss.facts.service_id for loss in to_confirm if not is_counted(context, loss)}
    with context.progress.phase("confirm"):
        for loss in to_confirm:
            if loss.facts.service_id in decided:
                continue
            uncounted.discard(loss.facts.service_id)
            context.go_on()
            answer = read_second_time(context.gateway, context.client, loss, context.policy)
            if isinstance(answer, Note):
                _leave(context, loss, answer)
                continue
            decision, others = answer
            decided.add(loss.facts.service_id)
            undecided = [other for other in others if other.facts.service_id not in decided]
            numbers = {other.facts.service_id for other in undecided}
            context.report.tally.count("unchanged", len(numbers & uncounted))  # `admit_again` counts them anew
            decided |= numbers
            if decision.action is Action.LOSE:
                confirmed += _close(context, decision)
            else:
                confirmed += _take_back(context, loss, decision, is_kept=not others)
            confirmed += admit_again(context, [_as_update(other) for other in undecided])
            if any(one.action is Action.LOSE for one in (decision, *others)):
                closed.add(loss.company_id)
    return confirmed, closed


def _leave(context: Context, loss: Decision, why: Note) -> None:
    """Leave the company as it is, because the second reading does not confirm the loss."""
    context.note(why.kind, loss.facts.service_id, why.params, loss.subscription_id)
    refuse(context, loss, why.kind, sentence(why.kind, why.params), why.params)


def _close(context: Context, loss: Decision) -> list[Decision]:
    """The decisions to write for a confirmed loss: none, if the time of this reading is enough to close the company."""
    facts = loss.facts
    if not is_by_date(loss) or loss.company_id is None or loss.observed is None:
        return [_as_update(loss)]
    closed = reasons.GONE_OVERDUE if loss.is_gone else reasons.READ_TWICE
    reason = closed(number=facts.service_id, text=facts.status, day=facts.due_date)
    context.evidence.closed_by_date[loss.company_id] = reason
    if facts != loss.observed.facts or loss.is_found_again or (loss.company and loss.company.is_unreadable):
        return [_as_update(loss)]
    enter_loss(context, loss, RunRecord.Result.CHANGED, Code.CLOSED_OVERDUE, reason)
    _note_settled(context, loss)
    return []


def _note_settled(context: Context, loss: Decision) -> None:
    """Store whether the service is settled: the next run looks at it again only if it is not."""
    row = loss.observed
    if row is not None and row.is_settled != loss.is_settled and not loss.is_gone:
        with context.lease.writing():
            Subscription.objects.filter(pk=row.subscription_id).update(is_settled=loss.is_settled)
            context.report.flush()


def _take_back(context: Context, loss: Decision, answer: Decision, *, is_kept: bool) -> list[Decision]:
    """The decisions to write if the second reading is no loss: good news, or no change.

    `is_kept`: no other service of the company changes anything either, so this reading is no evidence against it.
    """
    counted = is_counted(context, loss)
    if answer.action in {Action.NOTHING, Action.REMEMBER}:
        if is_kept:
            context.evidence.spare(loss.company_id)
        return [] if counted else [answer]
    if counted:
        context.report.tally.recount(loss.facts.service_id)
    return admit(context, [answer])


def _as_update(decision: Decision) -> Decision:
    """The same as a decision that may be written: a loss is confirmed now."""
    return decision._replace(action=Action.UPDATE) if decision.action is Action.LOSE else decision
