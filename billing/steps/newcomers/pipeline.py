"""The pipeline of newcomers: add them as they are read, let threads prepare them, and write them in groups."""

import os
from collections.abc import Sequence

from billing.models import RunRecord
from billing.reconcile import Decision
from billing.steps.changes.entries import enter_failure, enter_given_up
from billing.steps.changes.write import write_in_groups
from billing.steps.clients.details import Newcomer, Refused
from billing.steps.clients.prepare import PasswordOf, Prepared
from billing.steps.newcomers.provision import Provisioned, provision_unlocked, reason_of
from billing.steps.run.context import Context
from billing.steps.run.report import Entry

AT_A_TIME = 100
# How many may be in progress while the next page is read: enough to keep the cores busy until it arrives.
MOST_UNDER_WAY = 150 * len(os.sched_getaffinity(0))


def add_newcomers(context: Context, decisions: Sequence[Decision], password_of: PasswordOf) -> None:
    """Begin to prepare newcomers, and write prepared ones until no more than MOST_UNDER_WAY are in progress."""
    context.preparation.add(decisions, password_of)
    while context.preparation.backlog > MOST_UNDER_WAY:
        _provision_next(context)


def provision_rest(context: Context) -> None:
    """Write all newcomers in progress."""
    while context.preparation.backlog:
        _provision_next(context)


def provision_first(context: Context, decisions: Sequence[Decision], password_of: PasswordOf) -> None:
    """Provision a few before all those in progress."""
    preparation = context.preparation.of_few()
    try:
        preparation.add(decisions, password_of)
        _write(context, preparation.take(len(decisions)))
    finally:
        preparation.close()


def _provision_next(context: Context) -> None:
    with context.progress.phase("prepare"):
        results = context.preparation.take(AT_A_TIME)
    _write(context, results)
    context.go_on()
    context.give_way()


def _write(context: Context, results: Sequence[Prepared]) -> None:
    ready: list[Newcomer] = []
    for result in results:
        if result.decision.facts.service_id in context.out_of_turn.read:
            context.report.tally.count("unchanged")
        elif isinstance(result, Refused):
            enter_failure(context, result.decision, result.note.kind, dict(result.note.params))
        else:
            ready.append(result)
    with context.progress.phase("write"):
        write_in_groups(
            context.lease,
            context.report,
            ready,
            lambda group: open_unlocked(context, group),
            lambda newcomer, error: enter_given_up(context, newcomer.decision, error),
        )
        context.flush_report()


def open_unlocked(context: Context, newcomers: Sequence[Newcomer]) -> None:
    """Create companies and enter them into the run's report. Call it inside `lease.writing()`."""
    provisioned = provision_unlocked(context.gateway, newcomers, actor=context.actor, at=context.at)
    for one in provisioned:
        _enter(context, one)
    context.report.tally.count("unchanged", len(newcomers) - len(provisioned))


def _enter(context: Context, one: Provisioned) -> None:
    """Enter a new company into the run's report."""
    service_id, after = one.newcomer.decision.facts.service_id, context.described(one.newcomer.state)
    reason = reason_of(one.newcomer)
    context.report.record(
        Entry(RunRecord.Result.CREATED, "provision", service_id, one.company_id, after=after, reason=reason)
    )
    for note in one.notes:
        context.note(note.kind, service_id, note.params, one.subscription_id)
    context.found.opened.add(one.company_id)
