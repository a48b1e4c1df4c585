"""What our rows say now, with few and compact queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from billing.models import Subscription, WhmcsGateway
from billing.reconcile import Observed, ObservedCompany, Standing, standing_of
from billing.whmcs.facts import ServiceFacts
from companies.access import BillingState, Status
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
    known = {row[0]: row for row in settled}
    return [row for row in rows if known.get(row.service_id) != row]


def _load_settled(gateway: WhmcsGateway, ids: list[int]) -> list[tuple[Any, ...]]:
    """The facts about which nothing is still to be done, as plain tuples, by service id."""
    low, high = min(ids), max(ids)
    # A range is cheaper than a list of ids, as long as it does not span what other pages hold.
    if high - low < 4 * len(ids):
        return fetch_rows(_settled_within, gateway.pk, low, high)
    return list(_settled(gateway.pk).filter(service_id__in=ids))


def _settled_within(gateway_id: int, low: int, high: int) -> QuerySet[Subscription, Any]:
    return _settled(gateway_id).filter(service_id__gte=low, service_id__lte=high)


def _settled(gateway_id: int) -> QuerySet[Subscription, Any]:
    rows = Subscription.objects.filter(gateway_id=gateway_id, vanished_at=None, is_settled=True)
    return rows.order_by("service_id").values_list(*FACTS)


def load_observed(gateway: WhmcsGateway, service_ids: Iterable[int], now: datetime) -> dict[int, Observed]:
    """Our rows for some services, each with its company and that company's other services; two queries."""
    rows = _load_rows(Subscription.objects.filter(gateway_id=gateway.pk, service_id__in=list(service_ids)))
    siblings = _load_siblings(row.company_id for row in rows)
    return {
        row.facts.service_id: Observed(
            subscription_id=row.subscription_id,
            facts=row.facts,
            is_settled=row.is_settled,
            is_vanished=row.vanished_at is not None,
            company=_observe(gateway, row, siblings[row.company_id], now) if row.company_id else None,
        )
        for row in rows
    }


def load_ended_companies(gateway: WhmcsGateway, client_ids: Iterable[int], now: datetime) -> dict[int, ObservedCompany]:
    """For each client the company that has only ended services, if any: a new purchase re-opens it.

    One that was set back to pending, as after a suspicion of fraud, is none that anybody pays for.
    """
    rows = Subscription.objects.filter(gateway_id=gateway.pk, client_id__in=set(client_ids), company__isnull=False)
    by_company = {row.company_id: row for row in _load_rows(rows.order_by("service_id"))}
    siblings = _load_siblings(by_company)
    ended = {}
    for company_id, row in by_company.items():
        standings = {standing_of(service.status) for service in siblings[company_id]}
        if standings <= {Standing.ENDED, Standing.WAITING} and row.company.status in ENDED:
            company = _observe(gateway, row, siblings[company_id], now)
            ended[row.facts.client_id] = replace(company, siblings=tuple(siblings[company_id]))
    return ended


class _Row(NamedTuple):
    """A subscription with its company, as tuples: model instances cost more than all that is decided on them.

    What belongs to the company is None where there is none.
    """

    subscription_id: int
    is_settled: bool
    vanished_at: datetime | None
    company_id: int | None
    plan_id: int
    facts: ServiceFacts
    company: CompanyRow


def _load_rows(query: QuerySet[Subscription]) -> list[_Row]:
    own = ("pk", "is_settled", "vanished_at", "company_id", "company__plan_id")
    company = [f"company__{name}" for name in CompanyRow._fields]
    ends = len(own) + len(FACTS)
    return [
        _Row._make((*row[: len(own)], ServiceFacts(*row[len(own) : ends]), CompanyRow(*row[ends:])))
        for row in query.values_list(*own, *FACTS, *company)
    ]


def _load_siblings(company_ids: Iterable[int | None]) -> dict[int | None, list[ServiceFacts]]:
    siblings: dict[int | None, list[ServiceFacts]] = defaultdict(list)
    query = Subscription.objects.filter(company_id__in={i for i in company_ids if i is not None})
    for company_id, *facts in query.values_list("company_id", *FACTS):
        siblings[company_id].append(ServiceFacts(*facts))
    return siblings


def _observe(gateway: WhmcsGateway, row: _Row, services: list[ServiceFacts], now: datetime) -> ObservedCompany:
    """The company of a row; its source is the gateway, through which it was opened."""
    assert row.company_id is not None  # noqa: S101 - for the type checker: callers ask for rows with a company
    company = row.company
    return ObservedCompany(
        company_id=row.company_id,
        state=BillingState(company.status, company.due_date, row.plan_id, company.override_until),
        access_facts=facts_of_row(company, gateway, now=now),
        is_unreadable=company.unreadable_since is not None,
        siblings=tuple(service for service in services if service.service_id != row.facts.service_id),
    )
