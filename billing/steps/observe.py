"""What our rows say now, with few and compact queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from billing.models import Subscription, WhmcsGateway
from billing.reconcile import Observed, ObservedCompany, Standing, standing_of
from billing.whmcs.facts import ServiceFacts
from companies.access import BillingState
from companies.facts import facts_of
from companies.models import Company

FACTS = ("service_id", "client_id", "product_id", "status", "due_date", "plan_value", "override_until")
KNOWN = (True, None)  # settled, not vanished


def load_changed(gateway: WhmcsGateway, rows: Sequence[ServiceFacts], *, decide_all: bool) -> list[ServiceFacts]:
    """Those of `rows` that say something new or about which something is still to be done; one query.

    With `decide_all` all of them: the operator changed something that every decision rests on.
    """
    if decide_all or not rows:
        return list(rows)
    known = {row[0]: row for row in _load_known(gateway, [row.service_id for row in rows])}
    return [row for row in rows if known.get(row.service_id) != row + KNOWN]


def _load_known(gateway: WhmcsGateway, ids: list[int]) -> Iterable[tuple[object, ...]]:
    query = Subscription.objects.filter(gateway_id=gateway.pk)
    low, high = min(ids), max(ids)
    # A range is cheaper than a list of ids, as long as it does not span what other pages hold.
    dense = high - low < 4 * len(ids)
    query = query.filter(service_id__range=(low, high)) if dense else query.filter(service_id__in=ids)
    return query.values_list(*FACTS, "is_settled", "vanished_at")


def load_observed(gateway: WhmcsGateway, service_ids: Iterable[int], now: datetime) -> dict[int, Observed]:
    """Our rows for some services, each with its company and that company's other services; two queries."""
    subscriptions = _with_companies(
        gateway, Subscription.objects.filter(gateway_id=gateway.pk, service_id__in=list(service_ids))
    )
    siblings = _load_siblings({s.company_id for s in subscriptions if s.company_id is not None})
    return {
        s.service_id: Observed(
            subscription_id=s.pk,
            facts=facts_of_row(s),
            is_settled=s.is_settled,
            is_vanished=s.vanished_at is not None,
            company=_observe(s.company, s.service_id, siblings[s.company_id], now) if s.company else None,
        )
        for s in subscriptions
    }


def load_ended_companies(gateway: WhmcsGateway, client_ids: Iterable[int], now: datetime) -> dict[int, ObservedCompany]:
    """For each client the company that has only ended services, if any: a new purchase re-opens it."""
    rows = Subscription.objects.filter(
        gateway_id=gateway.pk, client_id__in=set(client_ids), company__isnull=False
    ).order_by("service_id")
    by_client = {row.company_id: row for row in _with_companies(gateway, rows)}
    siblings = _load_siblings(set(by_client))
    ended = {}
    for company_id, row in by_client.items():
        if row.company and all(standing_of(s.status) is Standing.ENDED for s in siblings[company_id]):
            ended[row.client_id] = _observe(row.company, None, siblings[company_id], now)
    return ended


def facts_of_row(row: Subscription) -> ServiceFacts:
    """What WHMCS had said when this row was last acted upon."""
    return ServiceFacts(*(getattr(row, name) for name in FACTS))


def _with_companies(gateway: WhmcsGateway, query: QuerySet[Subscription]) -> list[Subscription]:
    """The rows with their companies. The source of those is the gateway, which is here already."""
    rows = list(query.select_related("company"))
    for row in rows:
        if row.company is not None and row.company.source_id == gateway.pk:
            row.company.source = gateway
    return rows


def _load_siblings(company_ids: Iterable[int | None]) -> dict[int | None, list[ServiceFacts]]:
    siblings: dict[int | None, list[ServiceFacts]] = defaultdict(list)
    query = Subscription.objects.filter(company_id__in=[i for i in company_ids if i is not None])
    for company_id, *facts in query.values_list("company_id", *FACTS):
        siblings[company_id].append(ServiceFacts(*facts))
    return siblings


def _observe(company: Company, service_id: int | None, services: list[ServiceFacts], now: datetime) -> ObservedCompany:
    return ObservedCompany(
        company_id=company.pk,
        state=BillingState(company.status, company.due_date, company.plan_id, company.override_until),
        access_facts=facts_of(company, now=now),
        is_unreadable=company.unreadable_since is not None,
        siblings=tuple(s for s in services if s.service_id != service_id),
    )
