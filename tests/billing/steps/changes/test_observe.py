"""What our rows say, however far apart the numbers are that are asked for."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.facts import ServiceFacts
from billing.models import Subscription, WhmcsGateway
from billing.steps.changes.changed import load_changed
from billing.steps.changes.observe import load_observed
from billing.steps.safeguards.identity import read_last
from companies.models import Company
from plans.models import Plan

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FAR = 90_000


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return WhmcsGateway.objects.create(name="Shop", base_url="https://x.example", api_secret="s", product_code=3)


@pytest.fixture
def company(gateway: WhmcsGateway) -> Company:
    """One that lives by services 2, 4, 8 and a far one, among neighbours with one service each."""
    plan = Plan.objects.create(name="Team")
    company = Company.objects.create(name="Alice", plan=plan, source=gateway)
    for number in [1, 2, 3, 4, 5, 8, FAR]:
        owner = company if number in {2, 4, 8, FAR} else Company.objects.create(name=str(number), plan=plan)
        subscribe(gateway, owner, number)
    return company


def subscribe(gateway: WhmcsGateway, company: Company, number: int) -> None:
    Subscription.objects.create(
        gateway=gateway, company=company, service_id=number, client_id=number, product_id=3, status="Active",
        due_date=date(2026, 12, 1), plan_value="Team",
    )  # fmt: skip


@pytest.mark.parametrize(
    "asked", [[2], [1, 2, 3, 4, 5, 8], [2, 5], [2, 8], [2, FAR], [2, 7_000_000], [1, 2, 3, 4, 5, 8, FAR]]
)
def test_a_company_is_seen_with_all_its_other_services(
    gateway: WhmcsGateway, company: Company, asked: list[int]
) -> None:
    observed = load_observed(gateway, asked, NOW)
    assert observed.keys() == set(asked) - {7_000_000}
    found = observed[2].company
    assert found is not None
    assert {facts.service_id for facts in found.siblings} == {4, 8, FAR}
    assert all(not one.company.siblings for number, one in observed.items() if number in {1, 3, 5} and one.company)


def test_a_company_is_seen_with_its_service_of_another_gateway(gateway: WhmcsGateway, company: Company) -> None:
    other = WhmcsGateway.objects.create(name="Other", base_url="https://y.example", api_secret="s", product_code=3)
    subscribe(other, company, 2)
    found = load_observed(gateway, [1, 2, 3, 4, 5, 8], NOW)[2].company
    assert found is not None
    assert [facts.client_id for facts in found.siblings].count(2) == 0
    subscribe(other, company, 77)
    found = load_observed(gateway, [1, 2, 3, 4, 5, 8], NOW)[2].company
    assert found is not None
    assert 77 in {facts.service_id for facts in found.siblings}


def test_moments_of_our_rows_have_a_time_zone(gateway: WhmcsGateway, company: Company) -> None:
    locked = timezone.now().replace(microsecond=0)
    Company.objects.filter(pk=company.pk).update(locked_at=locked, unreadable_since=locked)
    found = load_observed(gateway, [2], NOW)[2].company
    assert found is not None
    assert found.is_unreadable
    assert found.access_facts.locked_at == locked


@pytest.mark.parametrize("new", [[], [2], [9], [2, 9]], ids=str)
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the other way round"])
@pytest.mark.parametrize("unsettled", [set(), {3}, {1, 8}], ids=str)
def test_a_row_of_a_page_is_changed_if_it_says_something_new_or_is_not_settled(
    gateway: WhmcsGateway, company: Company, new: list[int], order: int, unsettled: set[int]
) -> None:
    Subscription.objects.exclude(service_id__in=unsettled).update(is_settled=True)
    page = [facts(number, due=date(2026, 12, 1 + (number in new))) for number in [1, 2, 3, 4, 5, 8]]
    page += [facts(9)] * (9 in new)
    changed = load_changed(gateway, page[::order], decide_all=False)
    assert {row.service_id for row in changed} == {*new, *unsettled}
    assert len(changed) == len({*new, *unsettled})


def test_a_page_with_as_many_rows_as_are_known_may_show_other_services(gateway: WhmcsGateway, company: Company) -> None:
    Subscription.objects.update(is_settled=True)
    Subscription.objects.filter(service_id=5).delete()
    page = [facts(number) for number in [1, 2, 4, 5, 8]]
    assert load_changed(gateway, page, decide_all=False) == [facts(5)]


def facts(number: int, due: date = date(2026, 12, 1)) -> ServiceFacts:
    return ServiceFacts(number, number, 3, "Active", due, "Team", None)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no other way than by the number")
def test_the_companies_of_a_few_services_are_found_by_an_index(gateway: WhmcsGateway) -> None:
    plan, numbers = Plan.objects.create(name="Team"), range(1, 5001)
    companies = Company.objects.bulk_create([Company(name=str(n), plan=plan, source=gateway) for n in numbers])
    Subscription.objects.bulk_create([
        Subscription(gateway=gateway, company=company, service_id=n, client_id=n, product_id=3, status="Active")
        for n, company in zip(numbers, companies, strict=True)
    ])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE companies_company, billing_subscription")
    with CaptureQueriesContext(connection) as asked:
        assert len(load_observed(gateway, range(1001, 1251), NOW)) == 250
    with connection.cursor() as cursor:
        for query in asked:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan_of_it = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan" not in plan_of_it, plan_of_it


def test_the_few_clients_that_were_read_last_are_found_without_reading_all_services(
    gateway: WhmcsGateway,
) -> None:
    plan = read_last(gateway)[:5].explain()
    assert "SCAN billing_subscription" not in plan, plan
    assert "TEMP B-TREE" not in plan, plan
