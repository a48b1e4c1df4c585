"""Lists of long tables: no question per row, no sorting of the whole, no counting to the end."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from billing.models import AttentionItem, Kind, Subscription, SyncRun, WhmcsGateway
from billing.runs.changes import changes_of
from companies.admin.lists import paging
from companies.admin.lists.paging import BoundedPaginator
from companies.events import Code
from companies.models import Company, Event, OutgoingMail, User
from companies.models.company import EXCEPTIONS
from tests.ticketz.lists.looking import BIG_LISTS, choices_of, fill, list_of, rows_of, sorts

pytestmark = pytest.mark.django_db
FEW = 15
LISTS = ["companies/company", "companies/user", "companies/event", "companies/outgoingmail", "billing/syncrun"]


def questions(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/admin/{path}/").status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", [*LISTS, "billing/attentionitem"])
def test_a_list_asks_few_questions_and_no_more_for_more_rows(
    operator: Client, gateway: WhmcsGateway, path: str
) -> None:
    fill(gateway, 3)
    before = questions(operator, path)
    fill(gateway, 40, first=3)
    assert questions(operator, path) <= before
    assert before < FEW


@pytest.mark.parametrize(
    ("model", "chosen"),
    [
        (Company, {}),
        (Company, {"plan__id__exact": "1"}),
        (Company, {"status__exact": "active"}),
        (Company, {"source__id__exact": "1"}),
        *((Company, {"exception": name}) for name in EXCEPTIONS),
        (User, {}),
        (User, {"is_staff__exact": "1"}),
        (User, {"is_active__exact": "0"}),
        (Event, {}),
        (Event, {"code": "opened"}),
        (OutgoingMail, {}),
        (OutgoingMail, {"kind__exact": "welcome"}),
        (OutgoingMail, {"sent_at__isempty": "1"}),
        (SyncRun, {}),
        (SyncRun, {"outcome__exact": "held"}),
        (SyncRun, {"trigger__exact": "operator"}),
        (SyncRun, {"gateway__id__exact": "1"}),
        (AttentionItem, {}),
        (AttentionItem, {"state": "all"}),
    ],
    ids=lambda value: urlencode(value) if isinstance(value, dict) else value.__name__,
)
def test_an_index_keeps_each_list_in_its_order(model: type[Company], chosen: dict[str, str]) -> None:
    request = RequestFactory().get("/", chosen)
    request.user = AnonymousUser()
    asked = admin.site._registry[model].get_changelist_instance(request).queryset
    assert not sorts(asked.explain()), asked.explain()


def test_an_index_keeps_the_changes_of_a_run_in_their_order_and_finds_those_of_companies(gateway: WhmcsGateway) -> None:
    fill(gateway, 3)
    run, companies = SyncRun.objects.earliest("pk"), list(Company.objects.values_list("pk", flat=True))
    Event.objects.bulk_create(
        Event(company_id=pk, code=Code.BILLING_CHANGED, reading=run.pk + n) for pk in companies for n in range(500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plans = [changes_of(run)[:50].explain(), changes_of(run).filter(company__in=companies[:2])[:50].explain()]
    assert not sorts(plans[0]), plans[0]
    for plan in plans:
        assert "event_of_reading" in plan, plan


@pytest.mark.parametrize("name", BIG_LISTS)
def test_every_choice_of_every_filter_keeps_a_long_list_in_its_order(gateway: WhmcsGateway, name: str) -> None:
    fill(gateway, 3)
    for address in choices_of(BIG_LISTS[name]):
        if "access=" in address and connection.vendor == "sqlite":
            continue  # it finds the companies by their standing, and then sorts those
        listed = rows_of(BIG_LISTS[name], dict(parse_qsl(address.removeprefix("?"))))
        assert not sorts(listed.explain()), (address, listed.explain())


@pytest.mark.parametrize("name", BIG_LISTS)
def test_every_column_that_sorts_a_long_list_does_so_by_an_index_both_ways(gateway: WhmcsGateway, name: str) -> None:
    fill(gateway, 3)
    page = list_of(BIG_LISTS[name], {})
    for number, column in enumerate(page.list_display):
        for asked in (str(number), f"-{number}"):
            listed = list_of(BIG_LISTS[name], {"o": asked})
            assert (listed.params == {"o": asked}) == (column in (page.sortable_by or ()))
            assert not sorts(listed.queryset.explain()), (asked, listed.queryset.explain())


def test_a_second_column_sorts_nothing_and_equal_ones_stand_by_their_number(gateway: WhmcsGateway) -> None:
    """No index has the names of one day in order: with each date that moves it would be written anew for each name."""
    fill(gateway, 3)
    for asked, ordering in {"3.0": ("due_date", "pk"), "-3.0": ("-due_date", "-pk"), "0.3": ("name", "pk")}.items():
        listed = list_of(Company, {"o": asked})
        assert listed.queryset.query.order_by == ordering
        assert listed.params == {"o": asked.partition(".")[0]}
        assert not sorts(listed.queryset.explain())


@pytest.mark.parametrize("asked", ["99", "-99", "9" * 5000, "x", "", ".", "2"])
def test_a_column_that_sorts_nothing_leaves_a_long_list_as_it_opens(asked: str) -> None:
    assert rows_of(SyncRun, {"o": asked}).query.order_by == ("-started_at", "-id")


def test_a_page_far_behind_is_found_by_its_keys_and_is_the_same(
    gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(gateway, 12)
    events = Event.objects.select_related("company").order_by("-at", "-pk")
    whole = list(events.all())
    monkeypatch.setattr(paging, "FAR", 5)
    for number in (1, 2, 3):
        with CaptureQueriesContext(connection) as asked:
            shown = list(BoundedPaginator(events, 4).page(number))
        assert shown == whole[number * 4 - 4 : number * 4]
        assert not [query for query in asked if "OFFSET 8" in query["sql"] and "JOIN" in query["sql"]]


@pytest.mark.parametrize("model", [Subscription, SyncRun, AttentionItem])
def test_a_list_is_kept_in_its_order_also_where_the_database_knows_that_gateways_are_few(
    gateway: WhmcsGateway, model: type[Model]
) -> None:
    numbers: dict[type[Model], dict[str, Any]] = {
        Subscription: {"client_id": 1, "product_id": 7, "status": "Active"},
        SyncRun: {"trigger": SyncRun.Trigger.SCHEDULE},
        AttentionItem: {"kind": Kind.BAD_ROW, "params": {"reason": "bad_id"}},
    }
    own = {Subscription: "service_id", AttentionItem: "subject"}.get(model, "seen")
    rows = [model(gateway=gateway, **numbers[model], **{own: n}) for n in range(500)]
    model._default_manager.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    listed = rows_of(model, {})
    assert not sorts(listed.explain()), listed.explain()
    with CaptureQueriesContext(connection) as asked:
        assert {row.gateway.name for row in listed[:50]} == {"WHMCS"}
    assert len(asked) == 2
