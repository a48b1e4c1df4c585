"""The one place where access is enforced."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from companies import lifecycle, team
from companies.authorization.gates import public, signed_in_only
from companies.events import Actor
from companies.middleware import CompanyMiddleware
from companies.models import Company, Invitation, Membership, Role
from tests.companies.factories import make_company, make_person, sign_in

pytestmark = pytest.mark.django_db
OPERATOR = Actor("operator")
SECRET_NAME = "Zebediah Quux"


def any_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


def passes(view: Any, client: Client) -> bool:
    """Whether the middleware lets this browser through to a view that no list knows yet."""
    request = client.get("/accounts/login/").wsgi_request
    request.resolver_match = SimpleNamespace(namespaces=[], url_name="new")  # type: ignore[assignment]
    request.path = "/new/"
    return CompanyMiddleware(any_view).process_view(request, view, (), {}) is None


def block(company: Company) -> None:
    lifecycle.lock(company, reason="test", actor=OPERATOR, at=timezone.now())


def test_a_view_that_says_nothing_needs_an_open_company() -> None:
    company = make_company()
    member, stranger, loner = sign_in(make_person(company=company)), Client(), sign_in(make_person("l@example.com"))
    assert [passes(any_view, c) for c in (member, stranger, loner)] == [True, False, False]
    block(company)
    assert not passes(any_view, member)


def test_a_mark_opens_exactly_as_far_as_it_says() -> None:
    loner = sign_in(make_person())
    assert passes(public(any_view), Client())
    assert not passes(signed_in_only(any_view), Client())
    assert passes(signed_in_only(any_view), loner)


def test_a_lock_works_with_the_next_click_in_every_browser_and_so_does_unlocking() -> None:
    company = make_company()
    user = make_person(company=company)
    browsers = [sign_in(user), sign_in(user)]
    assert [b.get("/team/").status_code for b in browsers] == [200, 200]
    block(company)
    assert [b.get("/team/").status_code for b in browsers] == [403, 403]
    lifecycle.unlock(company, reason="", actor=OPERATOR, at=timezone.now())
    assert [b.get("/team/").status_code for b in browsers] == [200, 200]


def test_a_blocked_company_shows_why_since_when_and_how_to_pay_but_none_of_its_data() -> None:
    company = make_company("Café", due_date=timezone.localdate() - timedelta(days=10))
    make_person("zebediah@example.com", company=company, role=Role.MEMBER, name=SECRET_NAME)
    client = sign_in(make_person(company=company))
    for path in ("/", "/team/"):
        answer = client.get(path)
        text = answer.content.decode()
        assert answer.status_code == 403
        assert "because a payment is due" in text
        assert "https://shop.example/clientarea.php" in text
        assert "As of" in text
        assert SECRET_NAME not in text
        assert "zebediah" not in text


def test_people_of_a_blocked_company_still_change_their_password_and_sign_out() -> None:
    company = make_company(status="suspended")
    client = sign_in(make_person(company=company))
    assert client.get("/accounts/password/change/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


def test_nobody_is_added_to_a_blocked_company() -> None:
    company = make_company(status="suspended")
    client = sign_in(make_person(company=company))
    assert client.post("/team/", {"name": "B", "email": "b@example.com", "role": "member"}).status_code == 403
    assert not Invitation.objects.exists()


def test_grace_is_open_and_says_until_when() -> None:
    company = make_company(due_date=timezone.localdate() - timedelta(days=1))
    answer = sign_in(make_person(company=company)).get("/")
    assert answer.status_code == 200
    assert "A payment is due" in answer.content.decode()
    assert "https://shop.example/clientarea.php" in answer.content.decode()


def test_whoever_is_in_several_companies_begins_in_an_open_one_and_switches() -> None:
    blocked, opened = make_company("A blocked", status="suspended"), make_company("B open")
    user = make_person(company=blocked)
    Membership.objects.create(user=user, company=opened, role=Role.MEMBER)
    client = sign_in(user)
    assert client.get("/").context["request"].company == opened
    assert client.post("/company/switch/", {"company": blocked.pk}).status_code == 302
    assert client.get("/").status_code == 403
    client.post("/company/switch/", {"company": opened.pk})
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("typed", ["0", "-1", "", "x", "\u0661", "9" * 18, "9" * 40])
def test_switching_to_what_does_not_exist_is_answered_like_switching_to_somebody_elses(typed: str) -> None:
    foreign = make_company("Foreign")
    client = sign_in(make_person(company=make_company()))
    there, missing = (client.post("/company/switch/", {"company": c}) for c in (str(foreign.pk), typed))
    assert (there.status_code, there.content) == (missing.status_code, missing.content) == (404, missing.content)


def test_a_company_in_the_session_that_one_no_longer_belongs_to_is_forgotten() -> None:
    mine, lost = make_company("Mine"), make_company("Lost")
    user = make_person(company=mine)
    membership = Membership.objects.create(user=user, company=lost, role=Role.MEMBER)
    client = sign_in(user)
    client.post("/company/switch/", {"company": lost.pk})
    membership.delete()
    assert client.get("/").context["request"].company == mine


def test_without_a_company_one_reads_so_and_finds_ones_invitations() -> None:
    user = make_person("bob@example.com")
    client = sign_in(user)
    assert "You are in no company" in client.get("/").content.decode()
    assert client.get("/team/")["Location"] == "/"
    team.invite_owner_unlimited(make_company("Bob's"), user, actor=OPERATOR, at=timezone.now())
    assert "Somebody bought a subscription with your address" in client.get("/").content.decode()


def test_an_operator_without_a_company_is_led_to_the_administration() -> None:
    client = sign_in(make_person("op@example.com", is_staff=True))
    assert client.get("/")["Location"] == "/admin/"


def test_an_inactive_person_is_out_at_once() -> None:
    user = make_person(company=make_company())
    client = sign_in(user)
    user.is_active = False
    user.save()
    assert client.get("/").status_code == 302
