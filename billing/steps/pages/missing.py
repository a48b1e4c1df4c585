"""Finds our services that a listing lacks and asks WHMCS for them one by one, for a run and for a preview."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from billing.errors import ErrorCode, GatewayDenied, GatewayProtocolError, GatewayUnavailable, SnapshotIncomplete
from billing.models import Subscription, WhmcsGateway
from billing.reconcile import ENDED_WORDS, is_mass_absence
from billing.whmcs import IdSet, Page
from companies.access import Status
from companies.database.parts import in_parts

ASKED_AGAIN = 20
AT_A_TIME = 500


class Absent(NamedTuple):
    """One of our rows that the run has not read."""

    subscription_id: int
    service_id: int
    product_id: int
    company_id: int | None
    status: str

    @property
    def is_ended(self) -> bool:
        """Whether nobody can lose access by its absence: shops delete ended services by the hundred."""
        return self.status in ENDED_WORDS


_COLUMNS = ("pk", "service_id", "product_id", "company_id", "status")


def look_up(rows: Sequence[Absent], fetch: Callable[[int], Page], follow: Callable[[Page], None]) -> list[Absent]:
    """Ask for each with `fetch`, pass what is found to `follow`, and return those that WHMCS does not know.

    Raises SnapshotIncomplete: at once if WHMCS can't be reached; after asking for all others if an answer is unusable.
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


def look_up_moved(
    gateway: WhmcsGateway, seen: IdSet, fetch: Callable[[int], Page], follow: Callable[[Page], None]
) -> None:
    """Ask for our services of other products after a listing that proves nothing; no listing of the product has them.

    One bad record that nobody repairs may keep every listing incomplete. It must not stop others from being read.
    """
    with suppress(SnapshotIncomplete, GatewayDenied):
        look_up(_load_moved(gateway, seen), fetch, follow)


def _unanswered(row: Absent) -> SnapshotIncomplete:
    """The error to raise if WHMCS gave no usable answer about a service: absence then proves nothing."""
    return SnapshotIncomplete(ErrorCode.SERVICE_UNANSWERED, service_id=str(row.service_id))


def load_absent(gateway: WhmcsGateway, seen: IdSet) -> list[Absent]:
    """Our rows that the run has not read and that have not vanished yet, ordered by service id."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk).order_by("service_id")
    # Nearly all rows were read, so load only their ids first.
    parts = in_parts(rows.values_list("service_id"), key="service_id")
    absent = [lacking for part in parts for lacking in seen.lacking(number for (number,) in part)]
    groups = (absent[start : start + AT_A_TIME] for start in range(0, len(absent), AT_A_TIME))
    return [Absent(*row) for group in groups for row in rows.filter(service_id__in=group).values_list(*_COLUMNS)]


def _load_moved(gateway: WhmcsGateway, seen: IdSet) -> list[Absent]:
    """Those of them that have a company and belong to another product. There are few."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False)
    moved = rows.exclude(product_id=gateway.product_code).order_by("service_id").values_list(*_COLUMNS)
    return [row for row in map(Absent._make, moved) if row.service_id not in seen]


def load_gone(gateway: WhmcsGateway) -> list[Absent]:
    """A few random rows that vanished earlier, of companies whose status is still active."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at__isnull=False)
    working = rows.filter(company__status=Status.ACTIVE.value).order_by("?")
    return [Absent(*row) for row in working.values_list(*_COLUMNS)[:ASKED_AGAIN]]


def count_missed(gateway: WhmcsGateway, of_companies: Sequence[Absent]) -> int:
    """How many of them a complete listing should hold: not ended, and of the gateway's own product."""
    return sum(row.product_id == gateway.product_code and not row.is_ended for row in of_companies)


def are_too_many(gateway: WhmcsGateway, missed: int, *, of: int) -> bool:
    """Whether so many are missing that the listing itself is doubted."""
    limits = {"max_count": gateway.mass_change_count, "max_percent": gateway.mass_change_percent}
    return is_mass_absence(missed, of=of, **limits)


def count_known(gateway: WhmcsGateway) -> int:
    """How many services a complete listing should hold: of companies and not ended. Scans all of the gateway's rows."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False)
    return rows.filter(product_id=gateway.product_code).exclude(status__in=ENDED_WORDS).count()
