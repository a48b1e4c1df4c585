"""Services that a complete listing no longer holds. Absence is a question: each is asked for by its id."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from billing.errors import ErrorCode, GatewayDenied, GatewayProtocolError, GatewayUnavailable, SnapshotIncomplete
from billing.models import HeldChanges, Kind, RunRecord, Subscription, WhmcsGateway
from billing.reconcile import ENDED_WORDS, is_mass_absence
from billing.steps.applied.limit import is_gone_admitted
from billing.steps.pages.page import apply_page
from billing.steps.run.context import Context
from billing.steps.run.report import Entry
from billing.steps.safeguards import holding
from billing.whmcs import IdSet, Page
from billing.wording.attention import sentence
from companies.access import Status
from companies.database.bulk import update_rows
from companies.database.parts import in_parts

ASKED_AGAIN = 20
AT_A_TIME = 500
Result = RunRecord.Result


class Absent(NamedTuple):
    """One of our rows that the run has not read."""

    subscription_id: int
    service_id: int
    product_id: int
    company_id: int | None
    status: str

    @property
    def is_ended(self) -> bool:
        """Whether nobody can lose anything by it any more: shops tidy ended services away by the hundred."""
        return self.status in ENDED_WORDS


_COLUMNS = ("pk", "service_id", "product_id", "company_id", "status")


def settle_absent(context: Context) -> None:
    """Ask for each service that is missing from the complete listing. Nobody loses anything by absence alone.

    Raises UnsafeChangeSet if so many are missing that the listing itself is doubted, and SnapshotIncomplete if WHMCS
    gives no usable answer about one of them: then the listing proves nothing.
    """
    gateway = context.gateway
    absent = load_absent(gateway, context.seen)
    of_companies = [row for row in absent if row.company_id is not None]
    missed = count_missed(gateway, of_companies)
    knew = count_known(gateway) if missed else 0
    if are_too_many(gateway, missed, of=knew):
        _ask(context, missed, of=knew)
    gone = _look_up(context, of_companies)
    if missed and not context.seen:
        # An empty listing says nothing about anybody, whether there is one company or a thousand.
        _ask(context, missed, of=knew)
    # One wrong answer must not count for ever: what is gone is asked for again as long as its company works.
    _look_up(context, load_gone(gateway))
    gone = [row for row in gone if is_gone_admitted(context, row.service_id, row.company_id)]
    _forget(context, gone, [row for row in absent if row.company_id is None])


def follow_moved(context: Context) -> None:
    """Ask for the services of other products also after a listing that proves nothing: it could not hold them anyhow.

    What one record that nobody mends keeps from being complete must not keep those who paid from being read.
    """
    if not context.is_distrusted:
        with suppress(SnapshotIncomplete, GatewayDenied):
            _look_up(context, load_moved(context.gateway, context.seen))


def _look_up(context: Context, rows: Sequence[Absent]) -> list[Absent]:
    def fetch(service_id: int) -> Page:
        context.go_on()
        return context.client.fetch_service(service_id)

    with context.progress.phase("absent"):
        return look_up(rows, fetch, lambda page: apply_page(context, page))


def look_up(rows: Sequence[Absent], fetch: Callable[[int], Page], follow: Callable[[Page], None]) -> list[Absent]:
    """Ask for each with `fetch`, hand what is found to `follow`, and return those that WHMCS does not know.

    After an answer that means nothing the others are asked for all the same, and SnapshotIncomplete is raised at the
    end.
    """
    gone = []
    doubt: SnapshotIncomplete | None = None
    for row in rows:
        try:
            page = fetch(row.service_id)
        except GatewayUnavailable as error:
            raise _unanswered(row) from error
        except GatewayProtocolError:
            doubt = doubt or _unanswered(row)
            continue
        if page.rows or page.bad:
            follow(page)
        else:
            gone.append(row)
    if doubt is not None:
        raise doubt
    return gone


def _unanswered(row: Absent) -> SnapshotIncomplete:
    """The error: WHMCS said nothing usable about this one, so nothing may be concluded from what is missing."""
    return SnapshotIncomplete(ErrorCode.SERVICE_UNANSWERED, service_id=str(row.service_id))


def _ask(context: Context, missing: int, *, of: int) -> None:
    """Ask an operator and raise UnsafeChangeSet, unless one has said already that so many are really gone."""
    if holding.load_approved(context.gateway, HeldChanges.Kind.ABSENT, context.at) is not None:
        return
    params = {"missing": str(missing), "known": str(of)}
    holding.refuse_all(context, HeldChanges.Kind.ABSENT, ErrorCode.MANY_ABSENT, params)


def _forget(context: Context, gone: Sequence[Absent], orders: Sequence[Absent]) -> None:
    """Write down what is gone; `orders` never became companies, so they are not worth a word to anybody."""
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


def load_absent(gateway: WhmcsGateway, seen: IdSet) -> list[Absent]:
    """Our rows, not yet known to have vanished, that the run has not read; by service id."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk).order_by("service_id")
    # Nearly all of them were read, so only their ids are loaded first.
    parts = in_parts(rows.values_list("service_id"), key="service_id")
    absent = [lacking for part in parts for lacking in seen.lacking(number for (number,) in part)]
    groups = (absent[start : start + AT_A_TIME] for start in range(0, len(absent), AT_A_TIME))
    return [Absent(*row) for group in groups for row in rows.filter(service_id__in=group).values_list(*_COLUMNS)]


def load_moved(gateway: WhmcsGateway, seen: IdSet) -> list[Absent]:
    """Those of them that are of a company, and known to be of another product. There are few."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False)
    moved = rows.exclude(product_id=gateway.product_code).order_by("service_id").values_list(*_COLUMNS)
    return [row for row in map(Absent._make, moved) if row.service_id not in seen]


def load_gone(gateway: WhmcsGateway) -> list[Absent]:
    """A few of our rows that vanished earlier, of companies that billing has not closed."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at__isnull=False)
    working = rows.filter(company__status=Status.ACTIVE.value).order_by("?")
    return [Absent(*row) for row in working.values_list(*_COLUMNS)[:ASKED_AGAIN]]


def count_missed(gateway: WhmcsGateway, of_companies: Sequence[Absent]) -> int:
    """How many of them a complete listing should hold: not ended yet, and of the gateway's own product."""
    return sum(row.product_id == gateway.product_code and not row.is_ended for row in of_companies)


def are_too_many(gateway: WhmcsGateway, missed: int, *, of: int) -> bool:
    """Whether so many are missing that the listing itself is doubted."""
    limits = {"max_count": gateway.mass_change_count, "max_percent": gateway.mass_change_percent}
    return is_mass_absence(missed, of=of, **limits)


def count_known(gateway: WhmcsGateway) -> int:
    """How many services of companies, not ended yet, a complete listing should hold. Looks at all of them."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False)
    return rows.filter(product_id=gateway.product_code).exclude(status__in=ENDED_WORDS).count()
