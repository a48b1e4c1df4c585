"""What a run changed is written once, as the companies' events, and its page tells it beside what its records tell."""

import json
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from billing.models import RunRecord, SyncRun
from billing.runs.changes import as_record, changes_of
from companies.admin.lists import paging
from companies.events import Code
from companies.models import Company, Event
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.companies.factories import make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
Show = Callable[..., str]


@pytest.fixture
def show(db: None) -> Show:
    operator = sign_in(make_person("op@example.com", is_staff=True, is_superuser=True))

    def show_page(run: SyncRun, **query: str) -> str:
        answer = operator.get(f"/admin/billing/syncrun/{run.pk}/change/", query)
        assert answer.status_code == 200
        return answer.content.decode()

    return show_page


@pytest.fixture
def services(shop: Shop, run: Sync) -> list[int]:
    """Of companies that are here."""
    bought = [shop.buy(name, "Smith", f"{name}@example.com", password="a good first one") for name in ("Ann", "Bob")]
    run()
    return [service.id for service in bought]


def turn_of_a_month(shop: Shop, run: Sync, services: list[int]) -> SyncRun:
    for service in services:
        shop.renew(service)
    return run()


def as_of_the_version_before(run: SyncRun) -> None:
    """What a run changed stands among its records as well, and no event knows which run it was."""
    RunRecord.objects.bulk_create([as_record(event, run) for event in changes_of(run)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE companies_event SET reading = NULL")


def test_what_a_run_changed_is_written_once(shop: Shop, run: Sync, services: list[int]) -> None:
    known = (RunRecord.objects.count(), Event.objects.count())
    done = turn_of_a_month(shop, run, services)
    assert (done.changed, changes_of(done).count()) == (2, 2)
    assert (RunRecord.objects.count(), Event.objects.count()) == (known[0], known[1] + 2)


def test_what_is_new_or_an_operator_did_is_no_change_of_a_run(shop: Shop, run: Sync) -> None:
    shop.buy("Ann", "Smith", "ann@example.com", password="a good first one")
    done = run()
    assert (done.records.count(), changes_of(done).count()) == (1, 0)
    assert not Event.objects.filter(reading__isnull=False).exists()


def test_a_change_tells_all_that_a_record_told(shop: Shop, run: Sync, services: list[int]) -> None:
    shop.terminate(services[0])
    ended = run()
    (record,) = [as_record(event, ended) for event in changes_of(ended)]
    assert (record.result, record.code, record.service_id) == ("changed", "update", services[0])
    assert record.company == Company.objects.get(subscriptions__service_id=services[0])
    assert (record.before, record.after) == ({"status": "active"}, {"status": "terminated"})
    client = shop.services[services[0]].client_id
    again = shop.buy("Ann", "Smith", "Ann@example.com", password="a good first one", client_id=client)
    opened = run()
    (record,) = [as_record(event, opened) for event in changes_of(opened)]
    assert (record.code, record.service_id) == ("reopen", again.id)


def test_an_event_whose_reason_names_no_service_is_of_none(shop: Shop, run: Sync, services: list[int]) -> None:
    event = Event(company=Company.objects.earliest("pk"), code=Code.BILLING_CHANGED, reason="somebody said so")
    assert as_record(event, SyncRun.objects.get()).service_id is None


def test_the_page_shows_what_a_run_of_the_version_before_recorded_and_what_one_of_this_one_changed(
    show: Show, shop: Shop, run: Sync, services: list[int]
) -> None:
    old = turn_of_a_month(shop, run, services)
    as_of_the_version_before(old)
    new = turn_of_a_month(shop, run, services)
    for done in (old, new):
        for page in (show(done), show(done, result="changed")):
            assert len(re.findall(r'<td[^>]* class="whole">Billing changed</td>', page)) == 2
            assert page.count("due date: ") == 2
            assert all(re.search(rf'<td[^>]* class="number">{service}</td>', page) for service in services)
            assert page.count(f"WHMCS service {services[0]}: Active, due") == 1
        for result in ("created", "held", "failed"):
            assert "Nothing of this run is like that" in show(done, result=result)


def test_what_was_refused_or_failed_comes_before_what_was_changed(
    show: Show, shop: Shop, run: Sync, services: list[int]
) -> None:
    shop.buy("Eve", "Smith", "eve@example.com", plan="team", password="a good first one")
    page = show(turn_of_a_month(shop, run, services))
    assert re.findall(r'<td[^>]*><span class="badge badge-\w+">(\w+)', page) == ["held", "changed", "changed"]


def test_changes_are_found_by_service_and_by_company(show: Show, shop: Shop, run: Sync, services: list[int]) -> None:
    done = turn_of_a_month(shop, run, services)
    for term in (str(services[0]), "ann smi", "ann@"):
        page = show(done, q=term)
        assert ("Ann Smith" in page, "Bob Smith" in page) == (True, False)
    for term in ("999999", "nobody"):
        assert "Nothing of this run is like that" in show(done, q=term)
    assert "Nothing of this run is like that" in show(done, q="ann@", result="failed")


def test_records_and_changes_are_one_list_page_by_page(
    show: Show, shop: Shop, run: Sync, services: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.admin.records.PER_PAGE", 2)
    done = turn_of_a_month(shop, run, services)
    RunRecord.objects.bulk_create(
        [RunRecord(run=done, result="failed", code="bad_row", service_id=n) for n in (9001, 9002, 9003)]
    )
    pages = [show(done, page=str(number)) for number in (1, 2, 3)]
    rows = ("9001", "9002", "9003", *map(str, services))
    cells = [[row for row in rows if re.search(rf'<td[^>]* class="number">{row}</td>', page)] for page in pages]
    assert cells == [[*rows[:2]], [*rows[2:4]], [rows[4]]]
    assert "Page 3 of 3" in pages[2]
    assert "More than" not in pages[0]


@pytest.mark.parametrize(("most", "is_cut"), [(2, True), (3, True), (4, True), (5, False)])
def test_both_together_are_counted_no_further_than_one_list(
    show: Show, shop: Shop, run: Sync, services: list[int], monkeypatch: pytest.MonkeyPatch, most: int, is_cut: bool
) -> None:
    done = turn_of_a_month(shop, run, services)
    RunRecord.objects.bulk_create([RunRecord(run=done, result="failed", code="bad_row") for _ in range(3)])
    monkeypatch.setattr(paging, "MOST_COUNTED", most)
    page = show(done)
    assert (f"More than {most}" in page) == is_cut
    assert len(re.findall('<td[^>]*><span class="badge', page)) == min(most, 5)
    assert (f"More than {most}" in show(done, result="failed")) == (most < 3)


def test_the_command_line_tells_what_was_refused_and_then_what_was_changed(
    shop: Shop, run: Sync, services: list[int]
) -> None:
    shop.buy("Eve", "Smith", "eve@example.com", plan="team", password="a good first one")
    done = turn_of_a_month(shop, run, services)
    out, text = StringIO(), StringIO()
    call_command("sync_runs", "--run", str(done.pk), "--json", stdout=out)
    told = json.loads(out.getvalue())["records"]
    assert [(one["result"], one["code"]) for one in told] == [("held", "plan_unknown"), *[("changed", "update")] * 2]
    assert [one["service_id"] for one in told[1:]] == services
    assert told[1]["after"].keys() == {"due_date"}
    call_command("sync_runs", "--run", str(done.pk), "--limit", "2", stdout=text)
    assert f"changed: service {services[0]} (update) " in text.getvalue()
    assert f"service {services[1]} " not in text.getvalue()
