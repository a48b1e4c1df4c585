"""The walk around the second factor: each way in that is not one."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from companies.authentication.links import password_reset_url, set_password_url
from companies.models import User
from tests.companies.factories import PASSWORD, is_signed_in, make_company, make_person, sign_in, type_password
from tests.companies.factors import (
    OVERVIEW,
    SECOND_STEP,
    code_now,
    enforce,
    give_app,
    make_operator,
    recovery_codes,
    sign_in_with_code,
)
from tests.routes import ADMIN, OPEN_ADMIN_ROUTES, path_of

pytestmark = pytest.mark.django_db
ASKED = "/accounts/confirm/code/"
NEW = "an entirely new horse"
OPEN = {*OPEN_ADMIN_ROUTES, "admin/password_change/"}
EVERYWHERE = [route for route in ADMIN if "(?P<" not in route and route not in OPEN]
OTHER_METHODS = ("head", "put", "patch", "delete", "options", "trace")


def admin_leads_to(client: Client) -> str:
    """Where the administration's start page sends this browser; empty if it lets it in."""
    answer = client.get("/admin/")
    return urlsplit(answer.headers.get("Location", "")).path


def ensure_locked_out(client: Client, place: str) -> None:
    """Every address of the administration leads to `place`, except for the password's, and so does every method."""
    calls = [(route, method) for route in EVERYWHERE for method in ("get", "post")]
    calls += [(f"admin/{path}", method) for path in ("", "plans/plan/") for method in OTHER_METHODS]
    for route, method in calls:
        answer = getattr(client, method)(path_of(route))
        assert (answer.status_code, urlsplit(answer.headers.get("Location", "")).path) == (302, place), route


def test_an_operator_without_a_factor_can_only_add_one_and_leave() -> None:
    client = sign_in(make_operator())
    assert admin_leads_to(client) == ""
    enforce()
    ensure_locked_out(client, OVERVIEW)
    assert "Operators of this installation need a second factor" in client.get(OVERVIEW).content.decode()
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert not is_signed_in(client)


def test_whoever_adds_a_factor_then_is_let_in_at_once() -> None:
    enforce()
    client = Client()
    type_password(client, make_operator().email, PASSWORD)
    assert admin_leads_to(client) == OVERVIEW
    secret = re.search(r"<code class=\"secret\">(\w+)<", client.get(f"{OVERVIEW}app/").content.decode())
    assert secret
    client.post(f"{OVERVIEW}app/", {"code": code_now(secret[1])})
    assert admin_leads_to(client) == ""


def test_an_operator_with_a_factor_needs_it_whether_or_not_it_is_demanded() -> None:
    user = make_operator()
    secret = give_app(user)
    client = Client()
    type_password(client, user.email, PASSWORD)
    assert admin_leads_to(client) == "/admin/login/"
    client.post(SECOND_STEP, {"code": code_now(secret)})
    assert admin_leads_to(client) == ""


def test_a_session_from_before_the_factor_has_to_show_it() -> None:
    user = make_operator()
    earlier = sign_in(user)
    secret = give_app(user)
    ensure_locked_out(earlier, ASKED)
    assert earlier.post(ASKED, {"code": code_now(secret), "next": "/admin/"})["Location"] == "/admin/"
    assert admin_leads_to(earlier) == ""


def test_a_session_that_showed_a_factor_which_is_gone_has_to_show_the_new_one() -> None:
    user = make_operator()
    client = Client()
    sign_in_with_code(client, user.email, code_now(give_app(user)))
    assert admin_leads_to(client) == ""
    Authenticator.objects.all().delete()
    give_app(user)
    assert admin_leads_to(client) == ASKED


def test_the_administrations_own_sign_in_is_no_way_in() -> None:
    user = make_operator()
    give_app(user)
    client = Client()
    for path in ("/admin/login/", "/admin/login/?next=/admin/"):
        client.post(path, {"username": user.email, "password": PASSWORD, "next": "/admin/"})
        assert not is_signed_in(client)
    type_password(client, user.email, PASSWORD)
    client.get("/admin/login/")
    client.post("/admin/login/", {"username": user.email, "password": PASSWORD})
    assert not is_signed_in(client)
    assert admin_leads_to(client) == "/admin/login/"


def test_where_somebody_wants_to_go_is_kept_but_nothing_is_skipped_for_it() -> None:
    user = make_operator()
    secret = give_app(user)
    client = Client()
    target = "/admin/companies/company/"
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": target})
    assert answer["Location"] == SECOND_STEP
    assert client.get(target).status_code == 302
    assert client.post(SECOND_STEP, {"code": code_now(secret)})["Location"] == target


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/admin/", "/\\evil.example"])
def test_confirming_never_leads_to_another_site(target: str) -> None:
    user = make_operator()
    client = sign_in(user)
    secret = give_app(user)
    assert client.post(ASKED, {"code": code_now(secret), "next": target})["Location"] == "/"


def test_a_forgotten_password_opens_no_session() -> None:
    user = make_operator()
    give_app(user)
    client = Client()
    path = urlsplit(password_reset_url(user)).path
    client.get(path)
    client.post(re.sub(r"-[^/]+/$", "-set-password/", path), {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not is_signed_in(client)
    assert admin_leads_to(client) == "/admin/login/"


def test_a_set_password_link_opens_the_first_of_two_locks() -> None:
    user = make_operator()
    secret = give_app(user)
    client = Client()
    path = urlsplit(set_password_url(user)).path
    assert client.post(path, {"password1": NEW, "password2": NEW})["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    assert admin_leads_to(client) == "/admin/login/"
    client.post(SECOND_STEP, {"code": code_now(secret)})
    assert admin_leads_to(client) == ""


def test_a_set_password_link_of_an_operator_without_a_factor_leads_to_adding_one() -> None:
    enforce()
    client = Client()
    client.post(urlsplit(set_password_url(make_operator())).path, {"password1": NEW, "password2": NEW})
    assert admin_leads_to(client) == OVERVIEW


def test_a_customers_session_is_no_way_in_for_an_operator() -> None:
    operator = make_operator()
    secret = give_app(operator)
    client = sign_in(make_person(company=make_company()))
    form = {"login": operator.email, "password": PASSWORD, "next": "/admin/"}
    assert client.post("/accounts/login/?next=/admin/", form)["Location"] == SECOND_STEP
    assert not is_signed_in(client)
    assert client.post(SECOND_STEP, {"code": code_now(secret)})["Location"] == "/admin/"
    assert admin_leads_to(client) == ""


def test_a_customer_who_becomes_an_operator_needs_a_factor_from_then_on() -> None:
    enforce()
    user = make_person(company=make_company())
    client = sign_in(user)
    User.objects.update(is_staff=True, is_superuser=True)
    assert admin_leads_to(client) == OVERVIEW
    assert client.get("/").status_code == 200


def test_what_one_person_showed_counts_for_nobody_else_in_the_same_browser() -> None:
    first, second = make_operator(), make_operator("second@example.com")
    client = Client()
    sign_in_with_code(client, first.email, code_now(give_app(first)))
    give_app(second)
    client.force_login(second)
    assert admin_leads_to(client) == ASKED


def test_a_session_id_that_somebody_else_knows_is_worth_nothing_after_the_second_step() -> None:
    user = make_operator()
    secret = give_app(user)
    victim, thief = Client(), Client()
    type_password(victim, user.email, PASSWORD)
    thief.cookies["sessionid"] = victim.cookies["sessionid"].value
    victim.post(SECOND_STEP, {"code": code_now(secret)})
    assert admin_leads_to(victim) == ""
    assert admin_leads_to(thief) == "/admin/login/"


def test_recovery_codes_alone_are_no_factor() -> None:
    enforce()
    user = make_operator()
    give_app(user)
    code = recovery_codes(user)[0]
    client = Client()
    sign_in_with_code(client, user.email, code)
    assert admin_leads_to(client) == ""
    Authenticator.objects.exclude(type="recovery_codes").delete()
    assert admin_leads_to(client) == OVERVIEW


def test_switched_off_again_nobody_is_asked_to_add_one() -> None:
    client = sign_in(make_operator())
    enforce()
    assert admin_leads_to(client) == OVERVIEW
    enforce(is_on=False)
    assert admin_leads_to(client) == ""


def test_customers_are_never_asked_to_add_one() -> None:
    enforce()
    client = sign_in(make_person(company=make_company()))
    assert client.get("/").status_code == 200
    assert "need a second factor" not in client.get(OVERVIEW).content.decode()


def test_monitoring_tells_details_to_whom_the_administration_is_open_and_to_nobody_else() -> None:
    client = sign_in(make_operator())
    assert "checks" in client.get("/readyz").json()
    enforce()
    assert "checks" not in client.get("/readyz").json()
