"""Services that a complete listing no longer holds. Absence proves nothing yet: each is asked for by its id."""

from collections.abc import Callable, Sequence

from billing.errors import ErrorCode
from billing.models import HeldChanges, Kind, RunRecord, Subscription
from billing.steps.applied.limit import is_gone_admitted
from billing.steps.pages.missing import (
    Absent,
    are_too_many,
    count_known,
    count_missed,
    load_absent,
    load_gone,
    look_up,
    look_up_moved,
)
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
    gateway = context.gateway
    absent = load_absent(gateway, context.seen)
    of_companies = [row for row in absent if row.company_id is not None]
    missed = count_missed(gateway, of_companies)
    knew = count_known(gateway) if missed else 0
    # As many as came without a service id are there, and can't be read.
    if are_too_many(gateway, missed - len(context.found.nameless.rows), of=knew):
        _ask(context, missed, of=knew)
    gone = _look_up(context, of_companies)
    if missed and not context.seen:
        # An empty listing proves nothing, whether there is one company or a thousand.
        _ask(context, missed, of=knew)
    context.found.nameless.identified = _count_unreadable(context, of_companies)
    # One wrong answer must not count for ever: ask again for vanished services of companies that are still active.
    _look_up(context, load_gone(gateway))
    gone = [row for row in gone if is_gone_admitted(context, row.service_id, row.company_id)]
    _forget(context, gone, [row for row in absent if row.company_id is None])


def follow_moved(context: Context) -> None:
    """Ask for services of other products even after a listing that proves nothing (`look_up_moved`)."""
    if not context.is_distrusted:
        with context.progress.phase("absent"):
            look_up_moved(context.gateway, context.seen, *_asking(context))


def _look_up(context: Context, rows: Sequence[Absent]) -> list[Absent]:
    with context.progress.phase("absent"):
        return look_up(rows, *_asking(context))


def _count_unreadable(context: Context, rows: Sequence[Absent]) -> int:
    """How many of them the list should hold, and turned out to be there and unreadable."""
    own = (row.service_id for row in rows if row.product_id == context.gateway.product_code)
    return sum(context.is_bad(service_id) for service_id in own)


def _asking(context: Context) -> tuple[Callable[[int], Page], Callable[[Page], None]]:
    """Two functions: one asks WHMCS for a service, the other applies the answer."""

    def fetch(service_id: int) -> Page:
        context.go_on()
        return context.client.fetch_service(service_id)

    return fetch, lambda page: apply_page(context, page)


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
        context.found.vanished.update(row.service_id for row in gone)
        for row in gone:
            context.note(Kind.VANISHED, row.service_id, {}, row.subscription_id)
            context.report.record(Entry(
                Result.CHANGED, Kind.VANISHED, row.service_id, row.company_id,
                reason=sentence(Kind.VANISHED, {}), params={"service": str(row.service_id)},
            ))  # fmt: skip
        context.report.flush()
