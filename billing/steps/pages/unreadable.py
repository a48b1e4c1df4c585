"""Rows that can't be read: our facts about them stay, and no due date closes their companies."""

from collections.abc import Sequence, Set

from django.db.models import Exists, OuterRef, Q

from billing.errors import ErrorCode, SnapshotIncomplete
from billing.models import AttentionItem, Kind, RunRecord, Subscription
from billing.reconcile import Decision
from billing.steps.run.context import Context
from billing.steps.run.report import Entry
from billing.whmcs import BadRow
from billing.wording import reasons
from companies import lifecycle

FEWEST_BAD = 3
Result = RunRecord.Result


def ensure_readable(context: Context) -> None:
    """Raise SnapshotIncomplete if most rows were bad: then WHMCS must have changed the format of its answers."""
    bad, seen = context.bad, len(context.seen)
    if are_too_many(bad, of=seen):
        context.is_held = True
        raise SnapshotIncomplete(ErrorCode.FORMAT_CHANGED, bad=str(bad), seen=str(seen))


def are_too_many(bad: int, *, of: int) -> bool:
    """Whether so many rows are bad that the format of the answers is doubted."""
    return bad >= FEWEST_BAD and bad * 2 > of


def report_unreadable(context: Context, bad: Sequence[BadRow]) -> None:
    """Report rows that can't be read; our facts about them stay, but are unconfirmed from now on.

    Those without a service id wait for the end (`report_nameless`).
    """
    context.found.nameless.rows += [row for row in bad if row.service_id is None]
    named = {row.service_id: row for row in bad if row.service_id is not None}
    ids = list(named)
    again = [service_id for service_id in ids if service_id in context.seen]
    context.seen.update(ids)
    context.bad += len(bad)
    known = Subscription.objects.filter(gateway_id=context.gateway.pk, service_id__in=ids)
    rows = {row.service_id: row for row in known.select_related("company")}
    for service_id in again:
        _drop_earlier(context, service_id)
    for service_id, one in named.items():
        _list(context, service_id, one, rows.get(service_id))
    fresh = [row.company for row in rows.values() if row.company and row.company.unreadable_since is None]
    first = min((company.created_at for company in fresh), default=context.at)
    with context.lease.writing():
        known.update(is_settled=False)
        lifecycle.mark_unreadable(
            [company.pk for company in fresh], last_read_at=context.gateway.confirmed_at or first,
            actor=context.actor, at=context.at, reason=reasons.UNREADABLE(),
        )  # fmt: skip
        context.report.flush()


def report_nameless(context: Context) -> None:
    """List rows without a service id by their position, unless each turned out to be one of our services.

    Those are listed by their ids already (`billing.steps.pages.absence`).
    """
    for one in context.found.nameless.to_list:
        _list(context, f"position {one.position}", one, None)


def _list(context: Context, subject: object, bad: BadRow, row: Subscription | None) -> None:
    params = {"reason": str(bad.code), "position": str(bad.position), **bad.params}
    context.note(Kind.BAD_ROW, subject, params, row.pk if row else None)
    company_id = row.company_id if row else None
    context.report.record(
        Entry(Result.FAILED, Kind.BAD_ROW, bad.service_id, company_id, reason=str(bad), params=params)
    )


def mark_readable_unlocked(context: Context, decisions: Sequence[Decision]) -> None:
    """Mark companies readable again after one of their services was read, unless another one is still unreadable.

    Call it inside `lease.writing()`.
    """
    observed = [decision.observed for decision in decisions if decision.observed]
    companies = {row.company.company_id for row in observed if row.company and row.company.is_unreadable}
    if companies:
        readable = companies - _with_unreadable_service(context, companies)
        lifecycle.mark_readable(sorted(readable), actor=context.actor, at=context.at)


def _with_unreadable_service(context: Context, company_ids: Set[int]) -> set[int]:
    """The companies with a bad row in this run, or one from an earlier run that this run has not read yet."""
    services = Subscription.objects.filter(gateway_id=context.gateway.pk, company_id__in=company_ids)
    listed = AttentionItem.objects.open().filter(gateway=context.gateway, kind=Kind.BAD_ROW)
    was_bad = Q(Exists(listed.filter(subscription=OuterRef("pk"))))
    if listed.filter(subject=AttentionItem.THE_OTHERS).exists():
        was_bad |= Q(is_settled=False)  # it may be among those without an item of their own
    rows = services.annotate(was_bad=was_bad).values_list("company_id", "service_id", "was_bad")
    return {
        company_id
        for company_id, service_id, was_bad in rows
        if company_id is not None and (context.is_bad(service_id) or (was_bad and service_id not in context.seen))
    }


def _drop_earlier(context: Context, service_id: int) -> None:
    """Drop what an earlier page said about this service, and count the service only once."""
    if not context.waiting.drop(service_id) and not context.found.drop_losses(service_id):
        context.report.tally.recount(service_id)  # if it was already acted upon, both results count
