"""What our rows say now, with few and compact queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Q, QuerySet

from billing.models import Subscription, WhmcsGateway
from billing.reconcile import Observed, ObservedCompany, Standing, standing_of
from billing.whmcs.facts import ServiceFacts
from companies.access import BillingState, Facts, Status
from companies.facts import CompanyRow, facts_of_row
from companies.sql import fetch_rows

FACTS = ("service_id", "client_id", "product_id", "status", "due_date", "plan_value", "override_until")
ENDED = {Status.TERMINATED.value, Status.CANCELLED.value, Status.FRAUD.value}


def load_changed(gateway: WhmcsGateway, rows: Sequence[ServiceFacts], *, decide_all: bool) -> list[ServiceFacts]:
    """Those of `rows` that say something new or about which something is still to be done; one query.

    With `decide_all` all of them: the operator changed something that every decision rests on.
    """
    if decide_all or not rows:
        return list(rows)
    settled = _load_settled(gateway, [row.service_id for row in rows])
    if settled == rows:  # the usual page, and the usual order
        return []
    if len(settled) == len(rows):
        pairs = [pair for pair in zip(rows, settled, strict=True) if pair[0] != pair[1]]
        if all(row.service_id == stored[0] for row, stored in pairs):
            return [row for row, _ in pairs]
    known = {row[0]: row for row in settled}
    return [row for row in rows if known.get(row.service_id) != row]


def _load_settled(gateway: WhmcsGateway, ids: list[int]) -> list[tuple[Any, ...]]:
    """The facts about which nothing is still to be done, as plain tuples, by service id."""
    if _is_dense(ids):
        return fetch_rows(_settled_within, gateway.pk, min(ids), max(ids))
    return list(_settled(gateway.pk).filter(service_id__in=ids))


def _settled_within(gateway_id: int, low: int, high: int) -> QuerySet[Subscription, Any]:
    return _settled(gateway_id).filter(service_id__gte=low, service_id__lte=high)


def _settled(gateway_id: int) -> QuerySet[Subscription, Any]:
    rows = Subscription.objects.filter(gateway_id=gateway_id, vanished_at=None, is_settled=True)
    return rows.order_by("service_id").values_list(*FACTS)


def load_observed(gateway: WhmcsGateway, service_ids: Iterable[int], now: datetime) -> dict[int, Observed]:
    """Our rows for some services, each with its company and that company's other services; two queries."""
    wanted = set(service_ids)
    between = (gateway.pk, min(wanted), max(wanted)) if _is_dense(wanted) else None
    rows = [_as_row(row) for row in (fetch_rows(_within, *between) if between else _among(gateway, wanted))]
    services = _load_services(rows, between)
    observe = _Observer(gateway, now)
    return {
        row.facts.service_id: Observed(
            row.subscription_id, row.facts, row.is_settled, row.is_vanished,
            observe(row, services) if row.company_id else None,
        )
        for row in rows
        if row.facts.service_id in wanted
    }  # fmt: skip


def load_ended_companies(gateway: WhmcsGateway, client_ids: Iterable[int], now: datetime) -> dict[int, ObservedCompany]:
    """For each client the company that has only ended services, if any: a new purchase re-opens it.

    One that was set back to pending, as after a suspicion of fraud, is none that anybody pays for.
    """
    query = Subscription.objects.filter(gateway_id=gateway.pk, client_id__in=set(client_ids), company__isnull=False)
    rows = [_as_row(row) for row in query.order_by("service_id").values_list(*_COLUMNS)]
    services = _load_services(rows, None)
    observe = _Observer(gateway, now)
    ended = {}
    for row in {row.company_id: row for row in rows}.values():
        assert row.company_id is not None  # noqa: S101 - for the type checker: the query asks for it
        standings = {standing_of(service.status) for service in services[row.company_id]}
        if standings <= {Standing.ENDED, Standing.WAITING} and row.company[1] in ENDED:
            ended[row.facts.client_id] = observe(row, services)._replace(siblings=tuple(services[row.company_id]))
    return ended


_OWN = ("pk", "is_settled", "vanished_at", "company_id")
# When its status began decides nothing here, so companies that stand alike have equal tuples.
_OF_COMPANY = [name for name in CompanyRow._fields if name != "status_since"]
_COLUMNS = (*_OWN, *FACTS, "company__plan_id", *(f"company__{name}" for name in _OF_COMPANY))
_Services: TypeAlias = Mapping[int, Sequence[ServiceFacts]]
_Between: TypeAlias = tuple[int, int, int]


class _Row(NamedTuple):
    """A subscription with its company, as tuples: model instances cost more than all that is decided on them.

    `company` has the plan and the values of `_OF_COMPANY`, all None where there is none.
    """

    subscription_id: int
    is_settled: bool
    is_vanished: bool
    company_id: int | None
    facts: ServiceFacts
    company: tuple[Any, ...]


def _as_row(row: tuple[Any, ...]) -> _Row:
    ends = len(_OWN) + len(FACTS)
    pk, is_settled, vanished_at, company_id = row[: len(_OWN)]
    facts = ServiceFacts._make(row[len(_OWN) : ends])
    return _Row(pk, is_settled, vanished_at is not None, company_id, facts, row[ends:])


def _within(gateway_id: int, low: int, high: int) -> QuerySet[Subscription, Any]:
    rows = Subscription.objects.filter(gateway_id=gateway_id, service_id__gte=low, service_id__lte=high)
    return rows.values_list(*_COLUMNS)


def _among(gateway: WhmcsGateway, service_ids: Collection[int]) -> QuerySet[Subscription, Any]:
    return Subscription.objects.filter(gateway_id=gateway.pk, service_id__in=service_ids).values_list(*_COLUMNS)


def _load_services(rows: Sequence[_Row], between: _Between | None) -> _Services:
    """All services of the companies of these rows: nearly always there is one each, and that is known already.

    `between` is the gateway with the first and the last of the service ids of which `rows` are all that there are.
    """
    services: dict[int, list[ServiceFacts]] = defaultdict(list)
    for row in rows:
        if row.company_id is not None:
            services[row.company_id].append(row.facts)
    if between and _is_dense(services):
        others = fetch_rows(_elsewhere, *between, min(services), max(services))
    else:
        own = {row.subscription_id for row in rows}
        query = Subscription.objects.filter(company_id__in=list(services)).values_list("pk", "company_id", *FACTS)
        others = [row[1:] for row in query if row[0] not in own]
    for company_id, *facts in others:
        if company_id in services:
            services[company_id].append(ServiceFacts._make(facts))
    return services


def _elsewhere(
    gateway_id: int, low: int, high: int, first_company: int, last_company: int
) -> QuerySet[Subscription, Any]:
    """The services of some companies, but for those of this gateway between two numbers."""
    between = Q(gateway_id=gateway_id, service_id__gte=low, service_id__lte=high)
    rows = Subscription.objects.filter(~between, company_id__gte=first_company, company_id__lte=last_company)
    return rows.values_list("company_id", *FACTS)


def _is_dense(numbers: Collection[int]) -> bool:
    """Whether a range is cheaper to ask for than a list, because it does not span much else."""
    return bool(numbers) and max(numbers) - min(numbers) < 4 * len(numbers)


class _Observer:
    """Makes companies of rows. Most of a gateway's companies share what is made of their columns with many others."""

    def __init__(self, gateway: WhmcsGateway, now: datetime) -> None:
        self._gateway = gateway
        self._now = now
        self._known: dict[tuple[Any, ...], tuple[BillingState, Facts, bool]] = {}

    def __call__(self, row: _Row, services: _Services) -> ObservedCompany:
        """The company of a row that has one; its source is the gateway, through which it was opened."""
        assert row.company_id is not None  # noqa: S101 - for the type checker: callers look
        state, facts, is_unreadable = self._known.get(row.company) or self._add(row.company)
        own = services[row.company_id]
        siblings = tuple(one for one in own if one.service_id != row.facts.service_id) if len(own) > 1 else ()
        return ObservedCompany(row.company_id, state, facts, is_unreadable, siblings)

    def _add(self, columns: tuple[Any, ...]) -> tuple[BillingState, Facts, bool]:
        plan_id, *values = columns
        row = CompanyRow(status_since=self._now, **dict(zip(_OF_COMPANY, map(_aware, values), strict=True)))
        state = BillingState(row.status, row.due_date, plan_id, row.override_until)
        found = state, facts_of_row(row, self._gateway, now=self._now), row.unreadable_since is not None
        self._known[columns] = found
        return found


def _aware(value: Any) -> Any:
    """SQLite's moments come without their time zone from `fetch_rows`."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
