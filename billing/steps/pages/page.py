"""Handles services page by page: find what changed, decide, apply the good news, keep losses for the end of the run."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from billing.facts import ServiceFacts
from billing.reconcile import Action, Decision
from billing.steps.applied.limit import admit
from billing.steps.changes.changed import load_changed
from billing.steps.changes.deciding import observe_and_decide
from billing.steps.changes.entries import enter, enter_changes, enter_given_up
from billing.steps.changes.write import write_decisions_unlocked, write_in_groups
from billing.steps.clients.prepare import PasswordOf
from billing.steps.newcomers.pipeline import add_newcomers, provision_rest
from billing.steps.pages.unreadable import mark_readable_unlocked, report_unreadable
from billing.steps.run.context import Context
from billing.steps.safeguards.identity import ensure_same
from billing.whmcs import Page, SecretText

WriteAlso = Callable[[Sequence[Decision]], None]


def apply_page(context: Context, page: Page) -> None:
    """Decide on every service of the page; apply everything but losses of access, which join `context.found.losses`."""
    read_page(context, page)
    apply_waiting(context)
    provision_rest(context)


def read_page(context: Context, page: Page) -> None:
    """Find what changed on the page and add it to the waiting batch; apply the batch when it is due."""
    with context.progress.phase("read"):
        done = context.out_of_turn.services
        changed = load_changed(context.gateway, page.rows, decide_all=context.decide_all)
        if done:
            changed = [row for row in changed if row.service_id not in done]
    ahead = context.out_of_turn.provisioned
    counted = sum(row.service_id in ahead for row in page.rows) if ahead else 0
    context.report.tally.count("unchanged", len(page.rows) - len(changed) - counted)
    context.seen.update(row.service_id for row in page.rows)
    if page.bad:
        report_unreadable(context, page.bad)
    page.keep(changed)
    context.waiting.add(page)
    if context.waiting.is_due:
        apply_waiting(context)


def apply_waiting(context: Context) -> None:
    """Decide on the waiting batch and apply it."""
    pages = context.waiting.take()
    if not pages:
        return
    changed = list(chain.from_iterable(page.rows for page in pages))
    if outdated := context.out_of_turn.read:
        current = [row for row in changed if row.service_id not in outdated]
        context.report.tally.count("unchanged", len(changed) - len(current))
        changed = current
    _apply_changed(context, changed, lambda service_id: _first_password(pages, service_id))


def _apply_changed(context: Context, changed: Sequence[ServiceFacts], password_of: PasswordOf) -> None:
    with context.progress.phase("decide"):
        decisions = observe_and_decide(context.gateway, changed, context.policy, context.at)
    ensure_same(context, decisions)
    decisions = admit(context, decisions)
    losses, newcomers, others = _by_action(decisions)
    context.found.losses += losses
    apply_decisions(context, others)
    context.waiting.expects_newcomers = 2 * len(newcomers) > len(decisions)
    add_newcomers(context, newcomers, password_of)
    context.flush_report()


def _by_action(decisions: Iterable[Decision]) -> tuple[list[Decision], list[Decision], list[Decision]]:
    """Losses of access, newcomers, and all others."""
    losses: list[Decision] = []
    newcomers: list[Decision] = []
    others: list[Decision] = []
    for decision in decisions:
        action = decision.action
        (losses if action is Action.LOSE else newcomers if action is Action.PROVISION else others).append(decision)
    return losses, newcomers, others


def apply_decisions(context: Context, decisions: Sequence[Decision], also: WriteAlso = lambda group: None) -> None:
    """Write decisions other than PROVISION and LOSE, and enter them into the run's report.

    `also` is called in the transaction of each group, to write what belongs to it.
    """
    with context.progress.phase("write"):
        write_in_groups(
            context.lease,
            context.report,
            [d for d in decisions if d.action is not Action.NOTHING],
            lambda group: _write(context, group, also),
            lambda decision, error: enter_given_up(context, decision, error),
        )
    for decision in decisions:
        if decision.action is Action.NOTHING:
            enter(context, decision)


def _write(context: Context, decisions: Sequence[Decision], also: WriteAlso) -> None:
    write_decisions_unlocked(context.gateway, decisions, actor=context.actor, at=context.at)
    mark_readable_unlocked(context, decisions)
    also(decisions)
    enter_changes(context, decisions)


def _first_password(pages: Sequence[Page], service_id: int) -> SecretText | None:
    return next((page.first_password(service_id) for page in pages if service_id in page.custom_fields), None)
