"""What is searched for in a long table is found by an index, and not by a look at each row."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.models import WhmcsGateway
from companies.access import Reason, State
from companies.admin.lists.searching import FindsBy, named_like
from companies.database.name_indexes import after_migrate
from companies.models import Company, User
from tests.companies.factories import make_company
from tests.ticketz.lists.looking import BIG_LISTS, admin_of, fill, read_to_the_end, rows_of

pytestmark = pytest.mark.django_db
# What is typed into the search box of each list that has one: a part of a name, an address, a number.
SEARCHES: dict[str, list[str]] = {
    "companies.company": ["no such name", "p@example.com", "17"],
    "companies.user": ["no such name", "p@example.com", "17"],
    "companies.event": ["no such name", "p@example.com", "17"],
    "companies.auditentry": ["p@example.com"],
    "billing.subscription": ["17", "no number"],
}


@pytest.mark.parametrize(
    ("path", "term", "found", "not_found"),
    [
        ("companies/company", "person001@", "Company 001", "Company 002"),
        ("companies/company", "PERSON001@example.com", "Company 001", "Company 002"),
        ("companies/company", "person001", "Company 001", "Company 002"),
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


def test_every_search_of_a_long_list_is_looked_at() -> None:
    assert SEARCHES.keys() == {name for name, model in BIG_LISTS.items() if isinstance(admin_of(model), FindsBy)}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads all names, which its size allows")
@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_reads_no_long_table_to_its_end(gateway: WhmcsGateway, name: str) -> None:
    """Neither row by row, nor in the order of an index: an index finds what was typed."""
    fill(gateway, 40)
    for term in SEARCHES[name]:
        assert read_to_the_end(BIG_LISTS[name], {"q": term}) == []


@pytest.mark.parametrize(
    ("term", "found"),
    [("a", ["Ana Lima", "Zé Abreu"]), ("LI", ["Ana Lima"]), ("ma", []), ("lim", ["Ana Lima"]), ("ima", ["Ana Lima"])],
)
def test_one_or_two_letters_find_words_that_begin_so_and_more_find_parts(term: str, found: list[str]) -> None:
    for name in ("Zé Abreu", "Ana Lima"):
        make_company(name)
    assert [company.name for company in rows_of(Company, {"q": term})] == found


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
        assert read_to_the_end(Company, {"access": chosen}) == []


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
