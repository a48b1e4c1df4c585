"""The end of a run: what would take access away is weighed, read a second time each, and done or held."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from billing.models import Kind, RunRecord
from billing.reconcile import Action, Decision
from billing.steps import holding, losses
from billing.steps.context import Context
from billing.steps.holding import HeldRow, Verdicts
from billing.steps.page import apply_decisions
from billing.wording import sentence
from companies import lifecycle
from companies.events import Code
from companies.models import Company

Result = RunRecord.Result


class _Sorted(NamedTuple):
    """Losses by what may become of them in this run."""

    kept: list[Decision]
    held: list[Decision]
    to_confirm: list[Decision]


def gather_overdue(context: Context) -> None:
    """Find the companies that this reading, complete as it was, would close because a due date has passed."""
    besides = context.opened | {loss.company_id for loss in context.losses if loss.company_id is not None}
    context.overdue = losses.load_overdue(context.gateway, context.policy, besides=besides)


def settle_losses(context: Context) -> None:
    """Read each loss a second time and act upon it; hold all of them where they are too many without a yes.

    From a reading that proves nothing, no due date is held against anybody, and what waits for a yes goes on waiting.
    """
    proves = context.is_whole and not context.report.is_doubted
    losing = [*context.losses, *context.overdue.values()] if proves else _without_dates(context)
    if not losing and not proves:
        return
    verdicts = holding.load_verdicts(context.gateway, context.at)
    figures = _weigh(context, losing, verdicts, proves=proves)
    found = _sort(losing, verdicts, everything_new_waits=figures is not None, waiting_stays=not proves)
    _keep(context, found.kept)
    # A part of what waits is no better a question than all of it.
    _hold(context, found.held, figures if proves or not verdicts.waiting else None)
    _confirm_all(context, found.to_confirm)
    with context.lease.writing():
        if proves and verdicts.waiting and not figures:
            holding.close_waiting(context.gateway, at=context.at)
        if proves and verdicts.approved and not context.unconfirmed & verdicts.approved:
            holding.close_done(context.gateway, at=context.at)
        context.report.flush()


def conclude_evidence_unlocked(context: Context) -> None:
    """Write, together with the moment of the reading, against whom it is evidence and against whom it is not yet.

    Call it inside `lease.writing()`, after a run that proves something.
    """
    flagged = Company.objects.filter(source_id=context.gateway.pk, closing_held_since__isnull=False)
    known = set(flagged.values_list("pk", flat=True))
    waiting = {pk for pk in context.unconfirmed if pk not in known}
    reason = "It would lose access, and that waits for a yes or for a second reading"
    lifecycle.hold_closings(sorted(waiting), actor=context.actor, at=context.at, reason=reason)
    lifecycle.release_closings(sorted(known - context.unconfirmed), actor=context.actor, at=context.at)
    lifecycle.tell([
        lifecycle.story(pk, Code.CLOSED_OVERDUE, context.actor, context.at, reason=reason)
        for pk, reason in sorted(context.closed_by_date.items())
    ])  # fmt: skip


def _weigh(context: Context, losing: Sequence[Decision], verdicts: Verdicts, *, proves: bool) -> dict[str, str] | None:
    """How many of how many, where those about which nobody has said anything are too many; else None."""
    decided = verdicts.approved | verdicts.kept
    if not proves:
        decided |= verdicts.waiting
    new = [loss for loss in losing if loss.company_id not in decided]
    return losses.figures_if_too_many(context.gateway, losses.count_losing(new), context.opened)


def _sort(
    losing: Sequence[Decision], verdicts: Verdicts, *, everything_new_waits: bool, waiting_stays: bool
) -> _Sorted:
    found = _Sorted([], [], [])
    for loss in losing:
        if loss.company_id in verdicts.kept:
            found.kept.append(loss)
        elif loss.company_id in verdicts.approved:
            found.to_confirm.append(loss)
        elif everything_new_waits or (waiting_stays and loss.company_id in verdicts.waiting):
            found.held.append(loss)
        else:
            found.to_confirm.append(loss)
    return found


def _keep(context: Context, kept: Sequence[Decision]) -> None:
    for loss in kept:
        _refuse(context, loss, Kind.LOSSES_HELD, "An operator keeps it open")


def _hold(context: Context, held: Sequence[Decision], figures: dict[str, str] | None) -> None:
    """Ask for a yes; without `figures` it was asked before, about more than this."""
    if not held:
        return
    context.is_held = True
    reason = sentence(Kind.LOSSES_HELD, figures) if figures else "It waits for a yes since an earlier run"
    for loss in held:
        _refuse(context, loss, Kind.LOSSES_HELD, reason)
    with context.lease.writing():
        if figures:
            context.note(Kind.LOSSES_HELD, "losses", figures)
            holding.hold_losses(context.gateway, figures, _held_rows(context, held), at=context.at)
        context.report.flush()


def _confirm_all(context: Context, to_confirm: Sequence[Decision]) -> None:
    confirmed: list[Decision] = []
    with context.report.phase("confirm"):
        for loss in to_confirm:
            context.lease.keep()
            answer = losses.confirm(context.gateway, context.client, loss, context.policy)
            if not isinstance(answer, Decision):
                kind, params = answer
                row = loss.observed.subscription_id if loss.observed else None
                context.report.raised.add(kind, loss.facts.service_id, params, row)
                _refuse(context, loss, kind, sentence(kind, params))
            elif answer.action is Action.LOSE:
                confirmed += _close(context, answer)
            else:
                confirmed.append(answer)
    apply_decisions(context, confirmed)


def _close(context: Context, loss: Decision) -> list[Decision]:
    """What is to be written about a loss that was read twice: nothing, where the moment of this reading is enough."""
    facts = loss.facts
    if not losses.is_by_date(loss) or loss.company_id is None or loss.observed is None:
        return [replace(loss, action=Action.UPDATE)]
    reason = f"WHMCS service {facts.service_id}: {facts.status}, due {facts.due_date or '-'}, read twice"
    context.closed_by_date[loss.company_id] = reason
    company = loss.observed.company
    if facts != loss.observed.facts or (company and company.is_unreadable):
        return [replace(loss, action=Action.UPDATE)]
    _record(context, loss, Result.CHANGED, Code.CLOSED_OVERDUE, reason)
    return []


def _refuse(context: Context, loss: Decision, kind: str, reason: str) -> None:
    """Leave a company as it is, and let this reading be no evidence against it."""
    if loss.company_id is not None:
        context.unconfirmed.add(loss.company_id)
    _record(context, loss, Result.HELD, kind, reason)


def _record(context: Context, loss: Decision, result: RunRecord.Result, code: str, reason: str) -> None:
    context.report.record(
        result, code, loss.facts.service_id, company_id=loss.company_id, reason=reason,
        before=context.described(loss.before), after=context.described(loss.after),
        instead_of_unchanged=loss.company_id in context.overdue and loss.facts.service_id in context.seen,
    )  # fmt: skip


def _without_dates(context: Context) -> list[Decision]:
    """The losses of a reading that is no evidence: those by date have to wait for one that is."""
    by_date = [loss for loss in context.losses if losses.is_by_date(loss)]
    context.report.count("unchanged", len(by_date))
    return [loss for loss in context.losses if not losses.is_by_date(loss)]


def _held_rows(context: Context, held: Sequence[Decision]) -> list[HeldRow]:
    """One for each company, with what it has and what it would be left with."""
    rows = {}
    for loss in held:
        if loss.company_id is not None:
            after = context.described(loss.after) | ({"status": "overdue"} if losses.is_by_date(loss) else {})
            rows[loss.company_id] = HeldRow(
                loss.company_id, loss.facts.service_id, context.described(loss.before), after
            )
    return [rows[company_id] for company_id in sorted(rows)]
