"""Services page by page: see what changed, decide on it, apply the good news, keep the bad for the end."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain

from billing.facts import ServiceFacts
from billing.models import RunRecord, WhmcsGateway
from billing.reconcile import (
    Action,
    Decision,
    ObservedCompany,
    Policy,
    Standing,
    decide,
    siblings_by_now,
    standing_of,
)
from billing.steps.changed import load_changed
from billing.steps.context import Context
from billing.steps.entries import enter, enter_changes, enter_given_up
from billing.steps.identity import ensure_same
from billing.steps.limit import admit
from billing.steps.newcomers import add_newcomers, provision_rest
from billing.steps.observe import load_ended_companies, load_observed
from billing.steps.prepare import PasswordOf
from billing.steps.unreadable import report_unreadable
from billing.steps.write import write_decisions_unlocked, write_in_groups
from billing.whmcs import Page, SecretText

Result = RunRecord.Result
WriteAlso = Callable[[Sequence[Decision]], None]


def apply_page(context: Context, page: Page) -> None:
    """Decide on every service of the page; apply everything but losses of access, which join `context.losses`."""
    read_page(context, page)
    apply_waiting(context)
    provision_rest(context)


def read_page(context: Context, page: Page) -> None:
    """See what changed on the page, and do what `apply_page` does for it and the pages before it as soon as it pays."""
    with context.report.phase("read"):
        done = context.read_beside | context.ahead
        changed = load_changed(context.gateway, page.rows, decide_all=context.decide_all)
        if done:
            changed = [row for row in changed if row.service_id not in done]
    counted = sum(row.service_id in context.ahead for row in page.rows) if context.ahead else 0
    context.report.count("unchanged", len(page.rows) - len(changed) - counted)
    context.seen.update(row.service_id for row in page.rows)
    if page.bad:
        report_unreadable(context, page.bad)
    page.keep(changed)
    context.waiting.add(page)
    if context.waiting.is_due:
        apply_waiting(context)


def apply_waiting(context: Context) -> None:
    """Decide and apply what was read and is not decided on yet."""
    pages = context.waiting.take()
    changed = list(chain.from_iterable(page.rows for page in pages))
    if context.read_beside:
        changed = [row for row in changed if not context.is_outdated(row.service_id)]
    if pages:
        _apply_changed(context, changed, lambda service_id: _first_password(pages, service_id))


def _first_password(pages: Sequence[Page], service_id: int) -> SecretText | None:
    return next((page.first_password(service_id) for page in pages if service_id in page.custom_fields), None)


def decide_rows(
    gateway: WhmcsGateway, rows: Sequence[ServiceFacts], policy: Policy, now: datetime, *, taken: Container[int] = ()
) -> list[Decision]:
    """Decide on services against what stands here; reads, writes nothing.

    `taken` are companies that purchases re-open already, which a preview knows and no row tells.
    """
    observed = load_observed(gateway, [row.service_id for row in rows], now)
    newcomers = [row.client_id for row in rows if not ((seen := observed.get(row.service_id)) and seen.company)]
    ended = load_ended_companies(gateway, newcomers, now) if newcomers else {}
    decisions = []
    together = {row.service_id: row for row in rows}
    ended = {
        client: company
        for client, company in ended.items()
        if company.company_id not in taken and not _comes_back(company, together)
    }
    reopening: dict[int | None, ServiceFacts] = {}
    for row in sorted(rows):
        seen = observed.get(row.service_id)
        decision = decide(row, seen, policy, ended_company=ended.get(row.client_id), together=together)
        if decision.action is Action.REOPEN:
            # One purchase re-opens the company; a second one of the same client is a company of its own.
            del ended[row.client_id]
            reopening[decision.company_id] = row
        decisions.append(decision)
    return [_beside(reopening, one, policy, together) for one in decisions] if reopening else decisions


def _beside(
    reopening: Mapping[int | None, ServiceFacts],
    decision: Decision,
    policy: Policy,
    together: Mapping[int, ServiceFacts],
) -> Decision:
    """The same, decided anew where a purchase of this page re-opens the company: it belongs to it from now on."""
    observed, newcomer = decision.observed, reopening.get(decision.company_id)
    if newcomer is None or observed is None or observed.company is None:
        return decision
    company = observed.company._replace(siblings=(*observed.company.siblings, newcomer))
    return decide(together[decision.facts.service_id], observed._replace(company=company), policy, together=together)


def apply_decisions(context: Context, decisions: Sequence[Decision], also: WriteAlso = lambda group: None) -> None:
    """Write decisions other than PROVISION and LOSE, and enter them into the run's book.

    `also` writes what has to be written together with a group of them.
    """
    with context.report.phase("write"):
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
    also(decisions)
    enter_changes(context, decisions)


def _by_fate(decisions: Iterable[Decision]) -> tuple[list[Decision], list[Decision], list[Decision]]:
    """Losses of access, newcomers, and all others."""
    losses: list[Decision] = []
    newcomers: list[Decision] = []
    others: list[Decision] = []
    for decision in decisions:
        action = decision.action
        (losses if action is Action.LOSE else newcomers if action is Action.PROVISION else others).append(decision)
    return losses, newcomers, others


def _apply_changed(context: Context, changed: Sequence[ServiceFacts], password_of: PasswordOf) -> None:
    with context.report.phase("decide"):
        decisions = decide_rows(context.gateway, changed, context.policy, context.at)
    ensure_same(context, decisions)
    decisions = admit(context, decisions)
    losses, newcomers, others = _by_fate(decisions)
    context.losses += losses
    apply_decisions(context, others)
    context.waiting.expects_newcomers = 2 * len(newcomers) > len(decisions)
    add_newcomers(context, newcomers, password_of)
    if not context.report.is_flushed:
        with context.lease.writing():
            context.report.flush()


def _comes_back(company: ObservedCompany, together: Mapping[int, ServiceFacts]) -> bool:
    """Whether one of the company's own services is paid again by now, so that a purchase need not re-open it."""
    now = siblings_by_now(company, together)
    return any(standing_of(service.status) not in {Standing.ENDED, Standing.WAITING} for service in now)
