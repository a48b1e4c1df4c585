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
    What another WHMCS says is not even asked about.
    """
    if context.is_distrusted:
        for loss in context.losses:
            _refuse(context, loss, Kind.OTHER_WHMCS, "Nothing that this reading says is believed")
        return
    proves = context.is_whole and not context.report.is_doubted
    losing = [*context.losses, *context.overdue.values()] if proves else _without_dates(context)
    if not losing and not proves:
        return
    verdicts = holding.load_verdicts(context.gateway, context.at)
    of_open = _count_open(context, verdicts) if losing else 0
    found = _sort(context, losing, verdicts, of_open=of_open, proves=proves)
    for loss in found.kept:
        _refuse(context, loss, Kind.LOSSES_HELD, "An operator keeps it open")
    # A part of what waits is no better a question than all of it.
    _hold(context, found.held, of_open=of_open, asks=proves or not verdicts.waiting)
    _confirm_all(context, found.to_confirm)
    with context.lease.writing():
        if proves and verdicts.waiting and not found.held:
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


def _count_open(context: Context, verdicts: Verdicts) -> int:
    """What the share is measured on: while something waits, new payers of later runs make it no smaller either."""
    now = losses.count_open(context.gateway, context.opened)
    return now if verdicts.asked_of_open is None else min(now, verdicts.asked_of_open)


def _sort(context: Context, losing: Sequence[Decision], verdicts: Verdicts, *, of_open: int, proves: bool) -> _Sorted:
    undecided = [loss for loss in losing if loss.company_id not in verdicts.approved | verdicts.kept]
    too_many = losses.are_too_many(context.gateway, losses.count_losing(undecided), of=of_open)
    found = _Sorted([], [], [])
    for loss in losing:
        waits = too_many or (not proves and loss.company_id in verdicts.waiting)
        if loss.company_id in verdicts.kept:
            found.kept.append(loss)
        elif waits and loss.company_id not in verdicts.approved:
            found.held.append(loss)
        else:
            found.to_confirm.append(loss)
    return found


def _hold(context: Context, held: Sequence[Decision], *, of_open: int, asks: bool) -> None:
    """Leave all of it as it is and ask for a yes; unless `asks`, it was asked before, about more than this."""
    if not held:
        return
    context.is_held = True
    figures = {"losing": str(losses.count_losing(held)), "open": str(of_open)}
    for loss in held:
        _refuse(context, loss, Kind.LOSSES_HELD, sentence(Kind.LOSSES_HELD, figures))
    with context.lease.writing():
        if asks:
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
                if answer.action in {Action.NOTHING, Action.REMEMBER} and loss.company_id is not None:
                    context.unconfirmed.add(loss.company_id)  # it says neither the one thing nor the other
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
        instead_of=_counted_as(context, loss) if loss.company_id in context.overdue else None,
    )  # fmt: skip


def _counted_as(context: Context, loss: Decision) -> str | None:
    """What a service about which WHMCS said nothing new was counted as when it was read, or missed."""
    if loss.facts.service_id in context.vanished:
        return Result.CHANGED
    return "unchanged" if loss.facts.service_id in context.seen else None


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
