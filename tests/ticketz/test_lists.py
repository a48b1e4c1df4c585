"""Lists of long tables: no question per row, no sorting of the whole, no counting to the end."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model, QuerySet
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.changes import changes_of
from billing.models import AttentionItem, Kind, RunRecord, Subscription, SyncRun, WhmcsGateway
from companies.access import Reason, State
from companies.admin.lists import paging
from companies.admin.lists.paging import BigList, BoundedPaginator
from companies.admin.lists.searching import FindsBy, named_like
from companies.database.name_indexes import after_migrate
from companies.events import Code
from companies.models import Company, Event, Membership, OutgoingMail, User
from companies.models.company import EXCEPTIONS
from tests.billing.factories import make_gateway
from tests.companies.factories import make_company, make_person, make_plan

pytestmark = pytest.mark.django_db
FEW = 15
LISTS = ["companies/company", "companies/user", "companies/event", "companies/outgoingmail", "billing/syncrun"]


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return make_gateway("WHMCS")


def fill(gateway: WhmcsGateway, rows: int, first: int = 0) -> None:
    """So many rows in each of the long tables."""
    plan, now = make_plan(name=f"Plan {first}"), timezone.now()
    run = SyncRun.objects.create(gateway=gateway, trigger=SyncRun.Trigger.SCHEDULE, outcome=SyncRun.Outcome.COMPLETE)
    for n in range(first, first + rows):
        company = make_company(f"Company {n:03}", plan=plan)
        person = make_person(f"person{n:03}@example.com", company=company, password=None)
        Event.objects.create(company=company, code=Code.OPENED, actor=person, after={"status": "active"})
        OutgoingMail.objects.create(kind=OutgoingMail.Kind.WELCOME, user=person)
        SyncRun.objects.create(gateway=gateway, trigger=SyncRun.Trigger.SCHEDULE, started_at=now - timedelta(hours=n))
        RunRecord.objects.create(run=run, result=RunRecord.Result.CREATED, code="provision", company=company)
        AttentionItem.objects.create(gateway=gateway, kind=Kind.BAD_ROW, subject=str(n), params={"reason": "bad_id"})


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("billing/attentionitem", "Nothing waits for you."),
        ("billing/heldchanges", "Nothing waits for approval."),
        ("billing/syncrun", "WHMCS was not read yet."),
        ("billing/whmcsgateway", "There is no gateway yet."),
        ("companies/company", "There is no company yet."),
        ("companies/outgoingmail", "No mail was to be sent yet."),
        ("plans/plan", "There is no plan yet."),
        ("billing/subscription", "There is nothing here yet."),
    ],
)
def test_an_empty_list_says_why_and_offers_nothing_to_do_with_what_is_not_there(
    operator: Client, path: str, sentence: str
) -> None:
    page = operator.get(f"/admin/{path}/").content.decode()
    assert sentence in page
    assert "0 entries" not in page
    assert 'name="action"' not in page
    spanish = operator.get(f"/admin/{path}/", headers={"accept-language": "es"}).content.decode()
    assert sentence not in spanish


def test_a_search_that_finds_nothing_says_so_with_the_way_back(operator: Client) -> None:
    make_company("Ana's")
    page = operator.get("/admin/companies/company/?q=nobody").content.decode()
    assert "Nothing here fits the search and the filters." in page
    assert '<a href="?">' in page


def test_mails_are_told_apart_by_whether_they_left(operator: Client) -> None:
    for number, sent_at in enumerate((None, timezone.now())):
        person = make_person(f"person{number}@example.com", password=None)
        OutgoingMail.objects.create(kind=OutgoingMail.Kind.WELCOME, user=person, sent_at=sent_at)
    path = "/admin/companies/outgoingmail/"
    shown = {answer: operator.get(path, {"sent_at__isempty": answer}).content.decode() for answer in "01"}
    assert ["person0@" in shown["0"], "person1@" in shown["0"]] == [False, True]
    assert ["person0@" in shown["1"], "person1@" in shown["1"]] == [True, False]


def questions(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
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
    assert not _sorts(asked.explain()), asked.explain()


def _sorts(plan: str) -> bool:
    """Whether rows are brought into order one against the other, so that all of them have to be read."""
    return "TEMP B-TREE" in plan if connection.vendor == "sqlite" else "Sort" in plan


@pytest.fixture(autouse=True)
def sorting_is_dear() -> None:
    """A PostgreSQL that finds no rows would rather sort them than open an index."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")


def test_an_index_keeps_the_changes_of_a_run_in_their_order_and_finds_those_of_companies(gateway: WhmcsGateway) -> None:
    fill(gateway, 3)
    run, companies = SyncRun.objects.earliest("pk"), list(Company.objects.values_list("pk", flat=True))
    Event.objects.bulk_create(
        Event(company_id=pk, code=Code.BILLING_CHANGED, reading=run.pk + n) for pk in companies for n in range(500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plans = [changes_of(run)[:50].explain(), changes_of(run).filter(company__in=companies[:2])[:50].explain()]
    assert not _sorts(plans[0]), plans[0]
    for plan in plans:
        assert "event_of_reading" in plan, plan


def test_what_is_more_than_anybody_pages_through_is_told_in_words(
    operator: Client, gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    fill(gateway, 3)
    assert "More than 2" in operator.get("/admin/companies/company/").content.decode()
    assert "More than 2 found" in operator.get("/admin/companies/company/?q=company").content.decode()
    assert "More than" not in operator.get("/admin/companies/company/?q=company+001").content.decode()


@pytest.mark.parametrize(
    ("path", "term", "found", "not_found"),
    [
        ("companies/company", "person001@", "Company 001", "Company 002"),
        ("companies/company", "PERSON001@example.com", "Company 001", "Company 002"),
        ("companies/company", "pany 002", "Company 002", "Company 001"),
        ("companies/user", "person001", "person001@", "person002@"),
        ("companies/user", "pany 002", "person002@", "person001@"),
        ("companies/event", "pany 002", "Company 002", "Company 001"),
        ("companies/event", "person001@example.com", "Company 001", "Company 002"),
    ],
)
def test_people_companies_and_events_are_found(
    operator: Client, gateway: WhmcsGateway, path: str, term: str, found: str, not_found: str
) -> None:
    fill(gateway, 3)
    page = operator.get(f"/admin/{path}/", {"q": term}).content.decode()
    assert (found in page, not_found in page) == (True, False)


def test_a_company_is_found_by_its_number_however_long_what_was_typed_is(operator: Client) -> None:
    company = make_company("The one")
    assert "The one" in operator.get(f"/admin/companies/company/?q={company.pk}").content.decode()
    assert operator.get(f"/admin/companies/company/?q={'9' * 5000}").status_code == 200


# What is typed into the search box of each list that has one: a part of a name, an address, a number.
SEARCHES: dict[str, list[str]] = {
    "companies.company": ["no such name", "p@example.com", "17"],
    "companies.user": ["no such name", "p@example.com", "17"],
    "companies.event": ["no such name", "p@example.com", "17"],
    "companies.auditentry": ["p@example.com"],
    "billing.subscription": ["17", "no number"],
}
BIG_LISTS = {model._meta.label_lower: model for model, its in admin.site._registry.items() if isinstance(its, BigList)}


def test_every_search_of_a_long_list_is_looked_at() -> None:
    assert SEARCHES.keys() == {name for name, model in BIG_LISTS.items() if isinstance(_admin_of(model), FindsBy)}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads all names, which its size allows")
@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_reads_no_long_table_to_its_end(gateway: WhmcsGateway, name: str) -> None:
    """Neither row by row, nor in the order of an index: an index finds what was typed."""
    fill(gateway, 40)
    for term in SEARCHES[name]:
        assert _read_to_the_end(BIG_LISTS[name], {"q": term}) == []


@pytest.mark.parametrize(
    ("term", "found"),
    [("a", ["Ana Lima", "Zé Abreu"]), ("LI", ["Ana Lima"]), ("ma", []), ("lim", ["Ana Lima"]), ("ima", ["Ana Lima"])],
)
def test_one_or_two_letters_find_words_that_begin_so_and_more_find_parts(term: str, found: list[str]) -> None:
    for name in ("Zé Abreu", "Ana Lima"):
        make_company(name)
    assert [company.name for company in _listed(Company, {"q": term})] == found


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads all names, which its size allows")
@pytest.mark.parametrize("term", ["x", "xy", "xyz"])
def test_an_index_answers_what_is_searched_for_in_names_however_short_it_is(gateway: WhmcsGateway, term: str) -> None:
    """It is not only asked for all that there are, of which each is looked at then."""
    fill(gateway, 40)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = on; SET LOCAL enable_indexscan = off")
    for model in (Company, User):
        plan = model._default_manager.filter(named_like(term)).order_by().explain(analyze=True)
        assert "name_inside" in plan, plan
        assert "Removed" not in plan, plan


@pytest.mark.skipif(connection.vendor != "postgresql", reason="The settings are those of PostgreSQL")
def test_companies_are_found_by_their_access_without_a_look_at_each(gateway: WhmcsGateway) -> None:
    """Those in a state, and whether there are any at all, come from ranges of an index."""
    fill(gateway, 40)
    Company.objects.filter(pk=Company.objects.earliest("pk").pk).update(hold_until=timezone.localdate())
    for chosen in (*State, *Reason):
        assert _read_to_the_end(Company, {"access": chosen}) == []


def _read_to_the_end(model: type[Model], chosen: dict[str, str]) -> list[str]:
    """The plans of those questions of a list that are answered by a look at every row of a long table."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = on; SET LOCAL enable_bitmapscan = on")
        cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
    models: list[type[Model]] = [*BIG_LISTS.values(), Membership]
    tables = [f"Seq Scan on {model._meta.db_table}" for model in models]
    with CaptureQueriesContext(connection) as asked:
        list(_listed(model, chosen)[:50])
    plans = [_plan(query["sql"]) for query in asked if "SELECT" in query["sql"]]
    return [plan for plan in plans if any(scan in plan for scan in tables)]


@pytest.mark.parametrize("name", BIG_LISTS)
def test_every_choice_of_every_filter_keeps_a_long_list_in_its_order(gateway: WhmcsGateway, name: str) -> None:
    fill(gateway, 3)
    for address in _choices(BIG_LISTS[name]):
        if "access=" in address and connection.vendor == "sqlite":
            continue  # it finds the companies by their standing, and then sorts those
        listed = _listed(BIG_LISTS[name], dict(parse_qsl(address.removeprefix("?"))))
        assert not _sorts(listed.explain()), (address, listed.explain())


@pytest.mark.parametrize("name", BIG_LISTS)
def test_every_column_that_sorts_a_long_list_does_so_by_an_index_both_ways(gateway: WhmcsGateway, name: str) -> None:
    fill(gateway, 3)
    page = _list(BIG_LISTS[name], {})
    for number, column in enumerate(page.list_display):
        for asked in (str(number), f"-{number}"):
            listed = _list(BIG_LISTS[name], {"o": asked})
            assert (listed.params == {"o": asked}) == (column in (page.sortable_by or ()))
            assert not _sorts(listed.queryset.explain()), (asked, listed.queryset.explain())


@pytest.mark.parametrize("asked", ["99", "-99", "9" * 5000, "x", "", ".", "2"])
def test_a_column_that_sorts_nothing_leaves_a_long_list_as_it_opens(asked: str) -> None:
    assert _listed(SyncRun, {"o": asked}).query.order_by == ("-started_at", "-id")


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
    listed = _listed(model, {})
    assert not _sorts(listed.explain()), listed.explain()
    with CaptureQueriesContext(connection) as asked:
        assert {row.gateway.name for row in listed[:50]} == {"WHMCS"}
    assert len(asked) == 2


def _choices(model: type[Model]) -> set[str]:
    """The address of each choice beside the list, from every filter on its own."""
    page = _list(model, {})
    return {str(choice["query_string"]) for filter_ in page.filter_specs for choice in filter_.choices(page)}


def _listed(model: type[Model], chosen: dict[str, str]) -> QuerySet[Any]:
    found: QuerySet[Any] = _list(model, chosen).queryset
    return found


def _list(model: type[Model], chosen: dict[str, str]) -> ChangeList:
    request = RequestFactory().get("/", chosen)
    request.user = User(is_staff=True, is_superuser=True)
    return _admin_of(model).get_changelist_instance(request)


def _admin_of(model: type[Model]) -> "admin.ModelAdmin[Any]":
    return admin.site._registry[model]


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Only PostgreSQL has extensions")
def test_where_the_extension_is_refused_a_migration_goes_on_and_says_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DROP EXTENSION pg_trgm CASCADE; CREATE ROLE nobody_much; GRANT ALL ON SCHEMA public TO nobody_much"
        )
        cursor.execute("SET LOCAL ROLE nobody_much")
        after_migrate("default")
        assert "CREATE EXTENSION pg_trgm" in caplog.text
        cursor.execute("RESET ROLE")
        caplog.clear()
        after_migrate("default")  # whoever may, at the next one
        assert caplog.text == ""
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE '%%name_inside'")
        assert cursor.fetchone() == (2,)
