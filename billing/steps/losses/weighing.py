"""Decides which losses of access go on and which wait, and records those that wait."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from billing.models import Kind, RunRecord
from billing.reconcile import Decision
from billing.steps.changes.entries import enter_loss
from billing.steps.losses import counting
from billing.steps.losses.counting import Scale
from billing.steps.run.context import Context
from billing.steps.safeguards import holding
from billing.steps.safeguards.holding import HeldRow, Verdicts
from billing.wording.attention import sentence

Result = RunRecord.Result


class Sorted(NamedTuple):
    """Losses by what this run may do with them."""

    kept: list[Decision]
    held: list[Decision]
    to_confirm: list[Decision]


def load_scale(context: Context, verdicts: Verdicts) -> Scale:
    """The scale for losses. While a question waits, companies opened by later runs do not raise the number of open."""
    now = counting.count_open(context.gateway, context.found.opened)
    of_open = now if verdicts.asked_of_open is None else min(now, verdicts.asked_of_open)
    return Scale(of_open, counting.load_lost(context.gateway))


def sort_losses(context: Context, losing: Sequence[Decision], verdicts: Verdicts, scale: Scale) -> Sorted:
    """Sort losses by the operators' verdicts, and hold the undecided ones if they are too many."""
    undecided = [loss for loss in losing if loss.company_id not in verdicts.approved | verdicts.kept]
    too_many = scale.is_exceeded(context.gateway, counting.count_losing(undecided))
    found = Sorted([], [], [])
    for loss in losing:
        waits = too_many or (not context.proves and loss.company_id in verdicts.waiting)
        if loss.company_id in verdicts.kept:
            found.kept.append(loss)
        elif waits and loss.company_id not in verdicts.approved:
            found.held.append(loss)
        else:
            found.to_confirm.append(loss)
    return found


def hold_losses(context: Context, held: Sequence[Decision], scale: Scale) -> None:
    """Leave these companies as they are, and ask for approval.

    A reading that proves nothing finds only some of the losses that wait, so the question stays about the others, too.
    """
    if not held:
        return
    context.is_held = True
    rows = _held_rows(context, held)
    if not context.proves:
        rows = holding.beside_waiting(context.gateway, rows)
    figures = scale.figures(len(rows))
    for loss in held:
        refuse(context, loss, Kind.LOSSES_HELD, sentence(Kind.LOSSES_HELD, figures), figures)
    with context.lease.writing():
        context.note(Kind.LOSSES_HELD, "losses", figures)
        holding.hold_losses(context.gateway, figures, rows, at=context.at)
        context.report.flush()


def refuse(context: Context, loss: Decision, kind: str, reason: str, params: Mapping[str, str] | None = None) -> None:
    """Leave a company as it is; this reading is then no evidence against it."""
    context.evidence.spare(loss.company_id)
    enter_loss(context, loss, Result.HELD, kind, reason, params)


def _held_rows(context: Context, held: Sequence[Decision]) -> list[HeldRow]:
    """One row for each company, with its state before and after the loss."""
    rows = {}
    for loss in held:
        if loss.company_id is not None:
            after = context.described(loss.after) | ({"status": "overdue"} if counting.is_by_date(loss) else {})
            rows[loss.company_id] = HeldRow(
                loss.company_id, loss.facts.service_id, context.described(loss.before), after
            )
    return [rows[company_id] for company_id in sorted(rows)]
