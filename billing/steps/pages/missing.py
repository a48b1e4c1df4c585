"""Finds our services that a listing lacks and asks WHMCS for them one by one, for a run and for a preview."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from billing.errors import ErrorCode, GatewayDenied, GatewayProtocolError, GatewayUnavailable, SnapshotIncomplete
from billing.models import Subscription, WhmcsGateway
from billing.reconcile import ENDED_WORDS, is_mass_absence
from billing.steps.run.findings import Nameless
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


@dataclass(frozen=True, slots=True)
class Search:
    """Asks for services one by one, after a listing that held the services `seen` and the `nameless` rows.

    `fetch` asks WHMCS and `follow` takes in the answer; `is_bad` says whether a record of the service was read that
    can't be used. `question` is called with the numbers of missing and of known services if so many are missing that
    the listing is doubted; it raises UnsafeChangeSet unless an operator has confirmed that they are gone.
    """

    gateway: WhmcsGateway
    seen: IdSet
    nameless: Nameless
    fetch: Callable[[int], Page]
    follow: Callable[[Page], None]
    is_bad: Callable[[int], bool]
    question: Callable[[int, int], None]

    def find_gone(self, absent: Sequence[Absent]) -> list[Absent]:
        """After a complete listing: those of the absent services of companies that are really gone.

        Raises UnsafeChangeSet, or SnapshotIncomplete if WHMCS gives no usable answer about one of them.
        """
        own = [row for row in absent if row.product_id == self.gateway.product_code]
        missed = sum(not row.is_ended for row in own)  # a complete listing should hold them
        known = _count_known(self.gateway) if missed else 0
        # As many as came without a service id are there, and can't be read.
        if self._are_too_many(missed - len(self.nameless.rows), of=known):
            self.question(missed, known)
        gone = self._look_up(absent)
        if missed and not self.seen:
            # An empty listing proves nothing, whether there is one company or a thousand.
            self.question(missed, known)
        self.nameless.identified = sum(self.is_bad(row.service_id) for row in own)
        # One wrong answer must not count for ever: ask again for vanished services of companies that are still active.
        self._look_up(_load_gone(self.gateway, self.seen))
        return gone

    def follow_moved(self) -> None:
        """After a listing that proves nothing: ask for our services of other products, which no listing holds anyway.

        One bad record that nobody repairs may keep every listing incomplete. It must not stop others from being read.
        """
        with suppress(SnapshotIncomplete, GatewayDenied):
            self._look_up(_load_moved(self.gateway, self.seen))

    def _look_up(self, rows: Sequence[Absent]) -> list[Absent]:
        """Ask for each, pass on what is found, and return those that WHMCS does not know.

        Raises SnapshotIncomplete: at once if WHMCS can't be reached; after asking for all others if an answer is
        unusable.
        """
        gone = []
        doubt: SnapshotIncomplete | None = None
        for row in rows:
            try:
                page = self.fetch(row.service_id)
            except GatewayUnavailable as error:
                raise _unanswered(row) from error
            except GatewayProtocolError:
                doubt = doubt or _unanswered(row)
                continue
            if page.rows or page.bad:
                self.follow(page)
            else:
                gone.append(row)
        if doubt is not None:
            raise doubt
        return gone

    def _are_too_many(self, missed: int, *, of: int) -> bool:
        limits = {"max_count": self.gateway.mass_change_count, "max_percent": self.gateway.mass_change_percent}
        return is_mass_absence(missed, of=of, **limits)


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


def _load_gone(gateway: WhmcsGateway, seen: IdSet) -> list[Absent]:
    """A few random rows that vanished earlier and that the run has not read, of companies that are still active."""
    rows = Subscription.objects.filter(gateway_id=gateway.pk, vanished_at__isnull=False)
    working = rows.filter(company__status=Status.ACTIVE.value).order_by("?")
    gone = map(Absent._make, working.values_list(*_COLUMNS))
    return list(islice((row for row in gone if row.service_id not in seen), ASKED_AGAIN))


def _count_known(gateway: WhmcsGateway) -> int:
    """How many services a complete listing should hold: of companies and not ended. Scans all of the gateway's rows."""
    rows = Subscription.objects.existing().filter(gateway_id=gateway.pk, company__isnull=False)
    return rows.filter(product_id=gateway.product_code).exclude(status__in=ENDED_WORDS).count()


def _unanswered(row: Absent) -> SnapshotIncomplete:
    """The error to raise if WHMCS gave no usable answer about a service: absence then proves nothing."""
    return SnapshotIncomplete(ErrorCode.SERVICE_UNANSWERED, service_id=str(row.service_id))
