"""Loads our present rows, with a few compact queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from django.db.models import Q, QuerySet

from billing.facts import FACTS, ServiceFacts, facts_of_columns
from billing.models import Subscription, WhmcsGateway
from billing.reconcile import (
    Observed,
    ObservedCompany,
    Standing,
    has_ended,
    observed_company_of,
    observed_of,
    standing_of,
)
from billing.steps.changes.numbered import fetch_numbered, is_dense
from companies.access import BillingState, Facts
from companies.database.among import among
from companies.database.sql import fetch_rows
from companies.models import Company
from companies.standings.facts import CompanyRow, facts_of_row

Over = Callable[[ObservedCompany], ObservedCompany]


def as_stored(company: ObservedCompany) -> ObservedCompany:
    """The company as our row says: nothing was decided that is not written."""
    return company


def load_observed(
    gateway: WhmcsGateway, service_ids: Iterable[int], now: datetime, over: Over = as_stored
) -> dict[int, Observed]:
    """Our rows for some services, each with its company and that company's other services; three queries.

    Companies are loaded by their own ids: with a join, PostgreSQL scans all companies each time.
    """
    wanted = set(service_ids)
    rows = _with_facts(fetch_numbered(_rows, "service_id", wanted, gateway.pk))
    between = (gateway.pk, min(wanted), max(wanted)) if is_dense(wanted) else None
    observe = _Observer(gateway, now, _load_services(rows, between))
    return {
        facts.service_id: observed_of(
            (pk, facts, is_settled, vanished_at is not None, over(observe(company_id, facts)) if company_id else None)
        )
        for pk, is_settled, vanished_at, company_id, facts in rows
        if facts.service_id in wanted
    }


def load_ended_companies(
    gateway: WhmcsGateway, client_ids: Iterable[int], now: datetime, over: Over = as_stored
) -> dict[int, ObservedCompany]:
    """For each client, a company with only ended services, if there is one: a new purchase re-opens it.

    A service that was set back to Pending (for example after a fraud check) counts as ended: nobody pays for it.
    """
    query = _rows(gateway.pk).filter(client_id__in=set(client_ids), company__isnull=False)
    rows = _with_facts(query.order_by("service_id"))
    observe = _Observer(gateway, now, _load_services(rows, None))
    ended = {}
    for company_id, client_id in {company_id: facts.client_id for *_, company_id, facts in rows if company_id}.items():
        company = over(observe(company_id, None))
        standings = {standing_of(service.status) for service in company.siblings}
        if standings <= {Standing.ENDED, Standing.WAITING} and has_ended(company.state):
            ended[client_id] = company
    return ended


# The columns `_OWN` of a subscription, and its facts. A plain tuple is fastest, and there is one per changed service.
_Row: TypeAlias = tuple[int, bool, datetime | None, int | None, ServiceFacts]
_OWN = ("pk", "is_settled", "vanished_at", "company_id")
_Services: TypeAlias = Mapping[int, Sequence[ServiceFacts]]
_Between: TypeAlias = tuple[int, int, int]
_Stand: TypeAlias = tuple[BillingState, Facts, bool]


def _rows(gateway_id: int) -> QuerySet[Subscription, Any]:
    return Subscription.objects.filter(gateway_id=gateway_id).values_list(*_OWN, *FACTS)


def _with_facts(rows: Iterable[tuple[Any, ...]]) -> list[_Row]:
    return [
        (pk, is_settled, vanished_at, company_id, facts_of_columns(columns))
        for pk, is_settled, vanished_at, company_id, *columns in rows
    ]


def _load_services(rows: Sequence[_Row], between: _Between | None) -> _Services:
    """All services of the companies of these rows, by company. Nearly always a company has only the one in `rows`.

    `between` is the gateway and a range of service ids; `rows` already holds every row within it.
    """
    services: dict[int, list[ServiceFacts]] = defaultdict(list)
    for _pk, _is_settled, _vanished_at, company_id, facts in rows:
        if company_id is not None:
            services[company_id].append(facts)
    if between and is_dense(services):
        others = fetch_rows(_elsewhere, *between, min(services), max(services))
    else:
        own = {row[0] for row in rows}
        query = Subscription.objects.filter(among("company_id", services)).values_list("pk", "company_id", *FACTS)
        others = [row[1:] for row in query if row[0] not in own]
    for company_id, *columns in others:
        if company_id in services:
            services[company_id].append(facts_of_columns(columns))
    return services


def _elsewhere(
    gateway_id: int, low: int, high: int, first_company: int, last_company: int
) -> QuerySet[Subscription, Any]:
    """The services of some companies, except those of this gateway between two ids."""
    between = Q(gateway_id=gateway_id, service_id__gte=low, service_id__lte=high)
    rows = Subscription.objects.filter(~between, company_id__gte=first_company, company_id__lte=last_company)
    return rows.values_list("company_id", *FACTS)


# All except `status_since`: it decides nothing here, and without it companies in the same state have equal tuples.
_OF_COMPANY = [name for name in CompanyRow._fields if name != "status_since"]


def _companies() -> QuerySet[Company, Any]:
    return Company.objects.values_list("pk", "plan_id", *_OF_COMPANY)


class _Observer:
    """Builds observed companies from rows. Companies with equal columns share the objects built from them.

    Their source is the gateway through which they were opened.
    """

    def __init__(self, gateway: WhmcsGateway, now: datetime, services: _Services) -> None:
        self._gateway = gateway
        self._now = now
        self._services = services
        alike: dict[tuple[Any, ...], _Stand] = {}
        self._stands: dict[int, _Stand] = {}
        for row in fetch_numbered(_companies, "id", services):
            columns = row[1:]
            stand = alike.get(columns)
            if stand is None:
                stand = alike[columns] = self._stand(*columns)
            self._stands[row[0]] = stand

    def __call__(self, company_id: int, facts: ServiceFacts | None) -> ObservedCompany:
        """A company with its other services: all except the one of `facts`."""
        state, access_facts, is_unreadable = self._stands[company_id]
        siblings = self._services[company_id]
        if facts is not None:  # usually the company has no other service
            siblings = [one for one in siblings if one.service_id != facts.service_id] if len(siblings) > 1 else ()
        return observed_company_of((company_id, state, access_facts, is_unreadable, tuple(siblings)))

    def _stand(self, plan_id: int, *values: Any) -> _Stand:
        row = CompanyRow(status_since=self._now, **dict(zip(_OF_COMPANY, map(_aware, values), strict=True)))
        state = BillingState(row.status, row.due_date, plan_id, row.override_until)
        return state, facts_of_row(row, self._gateway, now=self._now), row.unreadable_since is not None


def _aware(value: Any) -> Any:
    """Add UTC to a naive datetime: `fetch_rows` returns SQLite's datetimes without a time zone."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
