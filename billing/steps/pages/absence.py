"""Services that a complete listing no longer holds. Absence proves nothing yet: each is asked for by its id."""

from collections.abc import Sequence

from billing.errors import ErrorCode
from billing.models import HeldChanges, Kind, RunRecord, Subscription
from billing.steps.applied.limit import is_gone_admitted
from billing.steps.changes.vanished import tell_gone_unlocked
from billing.steps.pages.missing import Absent, Search, load_absent
from billing.steps.pages.page import apply_page
from billing.steps.run.context import Context
from billing.steps.run.report import Entry
from billing.steps.safeguards import holding
from billing.whmcs import Page
from billing.wording.attention import sentence
from companies.database.bulk import update_rows

Result = RunRecord.Result


def settle_absent(context: Context) -> None:
    """Ask for each service that is missing from the complete listing. Nobody loses access by absence alone.

    Raises UnsafeChangeSet if so many are missing that the listing itself is doubted, and SnapshotIncomplete if WHMCS
    gives no usable answer about one of them: then the listing proves nothing.
    """
    absent = load_absent(context.gateway, context.seen)
    with context.progress.phase("absent"):
        gone = _search(context).find_gone([row for row in absent if row.company_id is not None])
    gone = [row for row in gone if is_gone_admitted(context, row.service_id, row.company_id)]
    _forget(context, gone, [row for row in absent if row.company_id is None])


def follow_moved(context: Context) -> None:
    """Ask for services of other products even after a listing that proves nothing."""
    if not context.is_distrusted:
        with context.progress.phase("absent"):
            _search(context).follow_moved()


def _search(context: Context) -> Search:
    def fetch(service_id: int) -> Page:
        context.go_on()
        return context.client.fetch_service(service_id)

    return Search(
        context.gateway, context.seen, context.found.nameless, fetch, is_bad=context.is_bad,
        follow=lambda page: apply_page(context, page),
        question=lambda missing, known: _ask(context, missing, of=known),
    )  # fmt: skip


def _ask(context: Context, missing: int, *, of: int) -> None:
    """Ask for approval and raise UnsafeChangeSet, unless an operator has already confirmed that so many are gone."""
    if holding.load_approved(context.gateway, HeldChanges.Kind.ABSENT, context.at) is not None:
        return
    params = {"missing": str(missing), "known": str(of)}
    holding.refuse_all(context, HeldChanges.Kind.ABSENT, ErrorCode.MANY_ABSENT, params)


def _forget(context: Context, gone: Sequence[Absent], orders: Sequence[Absent]) -> None:
    """Store which services are gone; `orders` never became companies, so they raise no attention item."""
    if not gone and not orders:
        return
    with context.lease.writing():
        update_rows(Subscription, ["vanished_at"], [(row.subscription_id, context.at) for row in [*gone, *orders]])
        tell_gone_unlocked([row.subscription_id for row in gone], actor=context.actor, at=context.at)
        context.found.vanished.update(row.service_id for row in gone)
        for row in gone:
            context.note(Kind.VANISHED, row.service_id, {}, row.subscription_id)
            context.report.record(Entry(
                Result.CHANGED, Kind.VANISHED, row.service_id, row.company_id,
                reason=sentence(Kind.VANISHED, {}), params={"service": str(row.service_id)},
            ))  # fmt: skip
        context.report.flush()
