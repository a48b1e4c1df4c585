"""What lists say: why one is empty, what is more than anybody pages through."""

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import WhmcsGateway
from companies.admin.lists import paging
from companies.models import OutgoingMail
from tests.companies.factories import make_company, make_person
from tests.ticketz.lists.looking import fill

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("billing/attentionitem", "Nothing waits for you."),
        ("billing/heldchanges", "Nothing waits for approval."),
        ("billing/syncrun", "WHMCS was not read yet."),
        ("billing/whmcsgateway", "There is no gateway yet."),
        ("companies/company", "There are no companies yet."),
        ("companies/outgoingmail", "No mail has been due yet."),
        ("plans/plan", "There are no plans yet."),
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


def test_what_is_more_than_anybody_pages_through_is_told_in_words(
    operator: Client, gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_COUNTED", 2)
    fill(gateway, 3)
    assert "More than 2" in operator.get("/admin/companies/company/").content.decode()
    assert "More than 2 found" in operator.get("/admin/companies/company/?q=company").content.decode()
    assert "More than" not in operator.get("/admin/companies/company/?q=company+001").content.decode()
