"""Who loses access next, as a page, as CSV and on the command line."""

import csv
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from billing.dashboard.export import harmless
from billing.models import HeldChanges
from companies.models import Company
from tests.billing.factories import make_gateway
from tests.billing.status_report import status
from tests.companies.factories import make_company, make_person, make_plan, make_source, sign_in

TODAY = timezone.localdate()
FORMULAS = ['=HYPERLINK("http://x")', "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "=cmd@x.com"]


def due_in(days: int, name: str = "Ana") -> Company:
    """With three days of grace it loses access on the fourth day after that."""
    return make_company(name, due_date=TODAY + timedelta(days=days))


def names_on(client: Client, query: str) -> list[str]:
    rows = client.get(f"/admin/forecast/?{query}").context["rows"]
    return [row["company"].name for row in rows]


def download(client: Client, query: str = "days=30") -> bytes:
    answer: Any = client.get(f"/admin/forecast/?format=csv&{query}")
    assert (answer.status_code, answer.streaming) == (200, True)
    return b"".join(answer.streaming_content)


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


@pytest.mark.parametrize(("days", "expected"), [(7, ["a"]), (14, ["a", "b"]), (30, ["a", "b", "c"])])
def test_the_page_lists_those_within_its_days(operator: Client, days: int, expected: list[str]) -> None:
    for name, due in (("a", 3), ("b", 10), ("c", 26), ("d", 27)):
        due_in(due, name)
    assert names_on(operator, f"days={days}") == expected


@pytest.mark.parametrize("query", ["", "days=99", "days=7x", "days=-7", "page=zz", "page=999"])
def test_an_address_that_somebody_made_up_shows_a_page(operator: Client, query: str) -> None:
    due_in(3)
    assert names_on(operator, query) == ["Ana"]


def test_a_row_says_when_why_and_leads_to_the_company(operator: Client) -> None:
    company = due_in(3, "<b>Ana</b>")
    page = operator.get("/admin/forecast/?days=7").content.decode()
    for text in ("&lt;b&gt;Ana&lt;/b&gt;", f"/admin/companies/company/{company.pk}/change/", "overdue", "Shop", "Pro"):
        assert text in page


def test_many_come_in_pages_with_few_queries(
    operator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    day = TODAY + timedelta(days=1)
    many = [Company(name=f"C {n:03}", plan=make_plan(), source=make_source(), due_date=day) for n in range(120)]
    Company.objects.bulk_create(many)
    with django_assert_max_num_queries(12):
        last = names_on(operator, "days=7&page=3")
    assert last == [f"C {n:03}" for n in range(100, 120)]
    assert len(read_csv(download(operator).decode())) == 121


def test_where_nobody_loses_access_the_page_says_so(operator: Client) -> None:
    assert "Nobody loses access within these days." in operator.get("/admin/forecast/").content.decode()


@pytest.mark.django_db
def test_who_may_not_see_companies_may_not_see_who_loses_access() -> None:
    user = make_person("helper@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.exclude(codename="view_company"))
    client = sign_in(user)
    assert [client.get(f"/admin/forecast/{query}").status_code for query in ("", "?format=csv")] == [403, 403]


def test_the_page_is_only_read(operator: Client) -> None:
    assert operator.post("/admin/forecast/").status_code == 405


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_becomes_a_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["Ana", "a=1", "Müller & Söhne", "", 7, -7])
def test_what_is_no_formula_stays_as_it_is(cell: object) -> None:
    assert harmless(cell) == cell


def test_the_csv_is_after_rfc_4180_in_utf_8_with_a_mark(operator: Client) -> None:
    odd = 'He said "hi",\r\nthen left; Ünïcode'
    due_in(3, odd)
    due_in(4, '=HYPERLINK("http://x")')
    raw = download(operator)
    assert raw.startswith(b"\xef\xbb\xbfNumber,Company,")
    head, *rows = read_csv(raw.decode("utf-8-sig"))
    assert [row[1] for row in rows] == [odd, '\'=HYPERLINK("http://x")']
    assert {len(row) for row in (head, *rows)} == {8}
    assert raw.endswith(b"\r\n")
    assert rows[0][4] == (TODAY + timedelta(days=7)).isoformat()


def call(name: str, *arguments: str) -> str:
    printed = StringIO()
    call_command(name, *arguments, stdout=printed)
    return printed.getvalue()


@pytest.mark.django_db
def test_the_command_prints_the_same() -> None:
    first, second = due_in(3, "First"), due_in(20, "=Second")
    (found,) = json.loads(call("forecast", "--days", "7", "--json"))
    assert found == {
        "id": first.pk, "name": "First", "plan": "Pro", "state": "open", "reason": "overdue", "gateway": "Shop",
        "loses_access_on": (TODAY + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    assert [row[1] for row in read_csv(call("forecast", "--csv"))] == ["Company", "First", "'=Second"]
    assert [line.split("\t")[1] for line in call("forecast").splitlines()] == [str(first.pk), str(second.pk)]
    with pytest.raises(CommandError):
        call("forecast", "--days", "8")


@pytest.mark.django_db
def test_the_status_ends_with_0_while_it_works_and_with_1_where_it_does_not() -> None:
    assert status()[0] == 1
    shop = make_gateway(confirmed_at=timezone.now())
    due_in(3)
    code, printed = status()
    assert (code, printed["healthy"], printed["companies"]["open"]) == (0, True, {"paid": 1})
    assert printed["gateways"][0]["condition"] == "fresh"
    assert printed["loses_access"] == {"7": 1, "14": 1, "30": 1}
    HeldChanges.objects.create(gateway=shop, kind=HeldChanges.Kind.ABSENT)
    assert status()[0] == 1


@pytest.mark.django_db
def test_the_status_is_readable_for_people() -> None:
    make_gateway(confirmed_at=timezone.now())
    make_company("Suspended", status="suspended")
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("status_report", stdout=printed)
    assert printed.getvalue().splitlines()[0] == "1 company is as WHMCS says, read less than a minute ago."
    assert "blocked: 1 (suspended 1)" in printed.getvalue()
