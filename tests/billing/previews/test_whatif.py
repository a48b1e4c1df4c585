"""Other numbers of a gateway: who would be locked or opened, before anybody saves them."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.previews.whatif import Effect, Numbers, count_people, load_what_if, numbers_of, then
from companies.models import BillingSource, Company, User
from companies.standings.facts import access_of
from companies.standings.groups import companies_of
from tests.billing.factories import make_gateway
from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def gateway() -> WhmcsGateway:
    """Three days of grace, read completely just now."""
    return make_gateway(confirmed_at=timezone.now())


def overdue(gateway: WhmcsGateway, days: int, **columns: Any) -> Company:
    """A company whose due date passed so many days ago, with one person."""
    company = make_company(f"Due {days}", due_date=TODAY - timedelta(days=days), **columns)
    assert company.source_id == gateway.pk
    make_person(f"due{days}.{company.pk}@example.com", company=company, password=None)
    return company


def what_if(gateway: WhmcsGateway, **numbers: int) -> dict[str, set[str]]:
    """The names of the companies concerned, by what would happen to them."""
    found = load_what_if(gateway, numbers_of(gateway)._replace(**numbers), now=timezone.now())
    return {
        effect.value: set(companies_of(groups, Company.objects.all()).values_list("name", flat=True))
        for effect, groups in found.groups.items()
        if groups
    }


class TestFewerDaysOfGrace:
    def test_lock_who_is_overdue_for_longer_and_move_the_others(self, gateway: WhmcsGateway) -> None:
        for days in (-5, 1, 2, 3, 9):
            overdue(gateway, days)
        assert what_if(gateway, grace_days=1) == {"locked": {"Due 2", "Due 3"}, "moved": {"Due 1"}}

    def test_lock_nobody_who_is_held_or_locked_or_of_another_gateway(self, gateway: WhmcsGateway) -> None:
        overdue(gateway, 2, hold_until=TODAY)
        overdue(gateway, 3, locked_at=timezone.now())
        elsewhere = overdue(gateway, 1)
        Company.objects.filter(pk=elsewhere.pk).update(source=BillingSource.objects.create(name="Elsewhere"))
        assert what_if(gateway, grace_days=0) == {}

    def test_lock_some_at_once_and_others_with_the_next_reading(self, gateway: WhmcsGateway) -> None:
        overdue(gateway, 2)
        numbers = numbers_of(gateway)._replace(grace_days=0)
        assert load_what_if(gateway, numbers, now=timezone.now()).at_once == 1
        WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=3))
        found = load_what_if(gateway, numbers, now=timezone.now())
        assert (found.count(Effect.LOCKED), found.at_once) == (1, 0)

    def test_say_whether_the_next_reading_would_ask(self, gateway: WhmcsGateway) -> None:
        WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=9))
        gateway.refresh_from_db()
        for days in (-5, -4, 2, 3):
            overdue(gateway, days)
        few = load_what_if(gateway, Numbers(0, 14, 1, 10), now=timezone.now())
        many = load_what_if(gateway, Numbers(0, 14, 2, 10), now=timezone.now())
        assert [(found.losing, found.open, found.would_wait) for found in (few, many)] == [(2, 4, True), (2, 4, False)]

    def test_wait_for_a_yes_also_for_those_who_lost_access_one_by_one(self, gateway: WhmcsGateway) -> None:
        WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=9))
        gateway.refresh_from_db()
        for days in (-5, -4, 2, 3):
            overdue(gateway, days)
        for lost, waits in ((0, False), (1, True)):
            gateway.lost_one_by_one = lost
            assert load_what_if(gateway, Numbers(0, 14, 2, 10), now=timezone.now()).would_wait is waits


class TestOtherNumbers:
    def test_more_days_of_grace_open_who_was_closed_by_fewer(self, gateway: WhmcsGateway) -> None:
        for days in (3, 5, 20):
            overdue(gateway, days)
        assert what_if(gateway, grace_days=7) == {"opened": {"Due 5"}, "moved": {"Due 3"}}

    def test_fewer_unconfirmed_days_lock_where_no_reading_can_tell(self, gateway: WhmcsGateway) -> None:
        overdue(gateway, 9, unreadable_since=timezone.now() - timedelta(days=30))
        assert what_if(gateway, unconfirmed_days=2) == {"locked": {"Due 9"}}

    def test_what_waits_for_a_yes_goes_on_waiting(self, gateway: WhmcsGateway) -> None:
        overdue(gateway, 9, closing_held_since=timezone.now())
        assert what_if(gateway, unconfirmed_days=0, grace_days=0) == {}


@pytest.mark.parametrize("grace", [0, 1, 2, 5, 30])
def test_it_is_what_happens_after_saving_and_a_complete_reading(gateway: WhmcsGateway, grace: int) -> None:
    companies = [overdue(gateway, days, **columns(days)) for days in range(-3, 30)]
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=2))
    gateway.refresh_from_db()
    numbers = Numbers(grace, 4, 10, 10)
    foretold = what_if(gateway, grace_days=grace, unconfirmed_days=4)
    WhmcsGateway.objects.update(confirmed_at=timezone.now())
    before = {company.pk: access_of(again(company)) for company in companies}
    said = {company.pk: then(again(company), numbers, now=timezone.now()) for company in companies}
    WhmcsGateway.objects.update(grace_days=grace, unconfirmed_days=4)
    after = {company.pk: access_of(again(company)) for company in companies}
    assert after == said
    changed = {c.name for c in companies if before[c.pk].is_open != after[c.pk].is_open}
    assert changed == foretold.get("locked", set()) | foretold.get("opened", set())


def columns(days: int) -> dict[str, date | datetime]:
    """Now and then one that is exempted, unreadable or kept open."""
    kinds: list[dict[str, date | datetime]] = [
        {}, {}, {"override_until": TODAY}, {}, {"hold_until": TODAY}, {},
        {"unreadable_since": timezone.now() - timedelta(days=8)},
    ]  # fmt: skip
    return kinds[days % len(kinds)]


def again(company: Company) -> Company:
    return Company.objects.select_related("source").get(pk=company.pk)


class TestThePage:
    def test_shows_who_how_many_and_from_what_to_what(self, gateway: WhmcsGateway, operator: Client) -> None:
        overdue(gateway, 2)
        page = operator.get(f"/admin/billing/whmcsgateway/{gateway.pk}/what-if/?grace_days=0").content.decode()
        for text in ("Due 2", "<dd>1</dd>", "in grace until", "Overdue, without access since"):
            assert text in page
        gateway.refresh_from_db()
        assert gateway.grace_days == 3

    def test_refuses_numbers_that_the_form_would_refuse(self, gateway: WhmcsGateway, operator: Client) -> None:
        page = operator.get(f"/admin/billing/whmcsgateway/{gateway.pk}/what-if/?grace_days=900").content.decode()
        assert "errorlist" in page
        assert 'id="companies"' not in page

    def test_asks_no_more_questions_for_more_companies(self, gateway: WhmcsGateway, operator: Client) -> None:
        def questions() -> int:
            with CaptureQueriesContext(connection) as asked:
                operator.get(f"/admin/billing/whmcsgateway/{gateway.pk}/what-if/?grace_days=0")
            return len(asked)

        overdue(gateway, 2)
        before = questions()
        for _ in range(30):
            overdue(gateway, 2)
        assert questions() <= before < 25

    def test_is_for_those_who_may_look_at_gateways(self, gateway: WhmcsGateway) -> None:
        nobody = sign_in(make_person("helper@example.com", is_staff=True))
        assert nobody.get(f"/admin/billing/whmcsgateway/{gateway.pk}/what-if/").status_code == 403


class TestSaving:
    def save(self, operator: Client, gateway: WhmcsGateway, **typed: str) -> str:
        fields = {
            "name": gateway.name, "base_url": gateway.base_url, "api_identifier": "i", "product_code": "7",
            "is_enabled": "on", "plan_option": "Plan", "password_field": "Password", "grace_days": "3",
            "unconfirmed_days": "14", "mass_change_count": "10", "mass_change_percent": "10",
            "interval_seconds": "300",
        }  # fmt: skip
        url = f"/admin/billing/whmcsgateway/{gateway.pk}/change/"
        return operator.post(url, fields | typed).content.decode()

    def test_comes_back_once_with_the_figures_where_somebody_would_be_locked(
        self, gateway: WhmcsGateway, operator: Client
    ) -> None:
        overdue(gateway, 2)
        page = self.save(operator, gateway, grace_days="1")
        assert "1 company would lose access by these numbers (people: 1)" in page
        assert 'name="locks_are_meant" value="1"' in page
        gateway.refresh_from_db()
        assert gateway.grace_days == 3
        self.save(operator, gateway, grace_days="1", locks_are_meant="1")
        gateway.refresh_from_db()
        assert gateway.grace_days == 1

    def test_asks_again_where_it_would_be_more_by_now(self, gateway: WhmcsGateway, operator: Client) -> None:
        overdue(gateway, 2)
        overdue(gateway, 3)
        assert 'value="2"' in self.save(operator, gateway, grace_days="1", locks_are_meant="1")

    def test_asks_nothing_where_nobody_loses_anything(self, gateway: WhmcsGateway, operator: Client) -> None:
        overdue(gateway, 3)
        self.save(operator, gateway, grace_days="4", name="Other")
        gateway.refresh_from_db()
        assert (gateway.grace_days, gateway.name) == (4, "Other")


def test_the_command_ends_with_1_where_somebody_would_lose_access(gateway: WhmcsGateway) -> None:
    overdue(gateway, 2)
    ended, printed = [], []
    for grace in ("0", "3"):
        out = StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("what_if", "Shop", "--grace-days", grace, "--json", stdout=out)
        ended.append(end.value.code)
        printed.append(json.loads(out.getvalue()))
    assert ended == [1, 0]
    assert [(one["locked"], one["people"], len(one["companies"])) for one in printed] == [(1, 1, 1), (0, 0, 0)]
    assert printed[0]["companies"][0] | {"name": "", "id": 0} == {
        "effect": "locked", "id": 0, "name": "", "now": "grace", "then": "blocked", "reason": "overdue",
        "since": (TODAY - timedelta(days=1)).isoformat(), "until": None,
    }  # fmt: skip


def test_the_command_refuses_numbers_that_the_form_would_refuse(gateway: WhmcsGateway) -> None:
    for grace in ("-1", "366"):
        with pytest.raises(CommandError) as end:
            call_command("what_if", "Shop", "--grace-days", grace)
        assert end.value.returncode == 2


def test_people_are_counted_once(gateway: WhmcsGateway) -> None:
    company = overdue(gateway, 2)
    other = overdue(gateway, 3)
    person = User.objects.get(memberships__company=company)
    other.memberships.create(user=person, role="member")
    found = load_what_if(gateway, numbers_of(gateway)._replace(grace_days=0), now=timezone.now())
    assert count_people(found, Effect.LOCKED, now=timezone.now()) == 2
