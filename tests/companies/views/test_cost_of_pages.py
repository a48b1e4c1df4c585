"""What a page costs whoever is signed in: four queries at most, on every page that customers have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import PaymentCheck, Subscription
from companies.authentication.links import invitation_url, new_address_url, set_password_url
from companies.brand.current import load_brand
from companies.models import BillingSource, Company, Installation, Invitation, Membership, Role, User
from companies.team.roster import load_rows
from tests.billing.factories import make_gateway
from tests.companies.factories import PASSWORD, make_company, make_person, type_password
from tests.companies.factors import code_now, give_app, sign_in_with_code
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db
MOST = 4
# What a page has to write down before it can be shown, and why. Each is one statement.
KEEPS_SOMETHING = {
    "accounts/two-factor/app/": "the new secret waits in the session for its first code",
    "accounts/two-factor/passkeys/add/": "the question that the new passkey has to answer waits in the session",
    "accounts/confirm/passkey/": "the question that a passkey has to answer waits in the session",
    "accounts/two-factor/codes/": "codes are shown once",
}
NOT_FOR_CUSTOMERS = {"healthz", "readyz"}


def a_company(**fields: Any) -> Company:
    """With a service that was asked about, and some people."""
    company = make_company(users=4, **fields)
    gateway = make_gateway("WHMCS", confirmed_at=timezone.now(), grace_days=3)
    Company.objects.filter(pk=company.pk).update(source=BillingSource.objects.get(pk=gateway.pk))
    for number, company_of in ((11, None), (12, company), (13, company)):
        service = Subscription.objects.create(
            gateway=gateway, service_id=number, client_id=5, product_id=7, company=company_of, status="Active"
        )
        PaymentCheck.objects.create(subscription=service, asked_at=timezone.now())
    for number in range(6):
        make_person(f"p{number}@example.com", company=company, role=Role.MEMBER, last_login=timezone.now())
        Invitation.objects.create(company=company, email=f"i{number}@example.com")
        ran_out = timezone.now() - timedelta(days=number + 1)
        Invitation.objects.create(company=company, email=f"late{number}@example.com", expires_at=ran_out)
    return company


def in_grace() -> Company:
    return a_company(due_date=timezone.localdate() - timedelta(days=1))


def blocked() -> Company:
    return a_company(due_date=timezone.localdate() - timedelta(days=90))


def somebody(company: Company | None = None, role: Role = Role.OWNER, **fields: Any) -> Client:
    user = make_person(company=company, role=role, last_login=timezone.now(), **fields)
    return _in(user)


def _in(user: User) -> Client:
    client = Client()
    type_password(client, user.email, PASSWORD)  # a sign-in of just now: no page asks again who it is
    return client


def in_several_companies() -> Client:
    client = somebody(a_company())
    for number in range(5):
        company = make_company(f"Other {number}")
        Membership.objects.create(user=User.objects.get(email="ana@example.com"), company=company, role=Role.ADMIN)
    return client


def with_invitations() -> Client:
    client = somebody(in_grace(), Role.MEMBER)
    for number in range(3):
        Invitation.objects.create(company=make_company(f"Other {number}"), email="ana@example.com")
    return client


def in_no_company_and_invited() -> Client:
    client = somebody()
    Invitation.objects.create(company=a_company(), email="ana@example.com")
    return client


def waiting_for_a_seat() -> Client:
    client = somebody(a_company(), Role.MEMBER)
    Membership.objects.filter(user__email="ana@example.com").update(waits_since=timezone.now())
    return client


def with_a_second_factor() -> Client:
    client = somebody(a_company())
    secret = give_app(User.objects.get(email="ana@example.com"))
    client = Client()
    sign_in_with_code(client, "ana@example.com", code_now(secret))
    return client


def with_a_second_factor_not_shown() -> Client:
    company = a_company()
    client = somebody(company)
    give_app(User.objects.get(email="ana@example.com"))
    return client


def with_the_password_of_the_shop() -> Client:
    Installation.objects.create(pk=Installation.THE_ONE, shop_password_must_change=True)
    return somebody(a_company(), password_is_from_shop=True)


VISITORS: dict[str, Callable[[], Client]] = {
    "an owner": lambda: somebody(a_company()),
    "a member": lambda: somebody(a_company(), Role.MEMBER),
    "an owner in grace": lambda: somebody(in_grace()),
    "a member in grace": lambda: somebody(in_grace(), Role.MEMBER),
    "an owner who is blocked": lambda: somebody(blocked()),
    "a member who is blocked": lambda: somebody(blocked(), Role.MEMBER),
    "somebody without a company": somebody,
    **{
        make.__name__.replace("_", " "): make
        for make in (
            in_several_companies, with_invitations, in_no_company_and_invited, waiting_for_a_seat,
            with_a_second_factor, with_a_second_factor_not_shown, with_the_password_of_the_shop,
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_page_costs_at_most_four_queries_and_writes_nothing(visitor: str) -> None:
    client = VISITORS[visitor]()
    for path in ("/account/", "/accounts/password/change/"):
        client.get(path)  # writes down, once in ten minutes, who works here and in which browser
    load_brand()  # one more, once in half a minute
    asked = {route: _queries(client, path) for route, path in _addresses().items()}
    writing = {route: sum(map(_is_write, queries)) for route, queries in asked.items() if any(map(_is_write, queries))}
    reading = {route: sum(map(_is_read, queries)) for route, queries in asked.items()}
    assert {route: number for route, number in reading.items() if number > MOST} == {}
    assert writing.keys() <= KEEPS_SOMETHING.keys()
    assert set(writing.values()) <= {1}


def test_the_first_page_after_a_sign_in_writes_down_who_works_here_and_where() -> None:
    client = somebody(in_grace())
    load_brand()
    queries = _queries(client, "/")
    assert (sum(map(_is_read, queries)), sum(map(_is_write, queries))) == (MOST, 2)


def test_a_factor_that_was_added_or_removed_in_another_browser_holds_at_the_next_click() -> None:
    client = somebody(a_company())
    person = User.objects.get(email="ana@example.com")
    assert client.get("/account/sessions/").status_code == 200
    give_app(person)
    assert client.get("/account/sessions/")["Location"].startswith("/accounts/confirm/code/")
    Authenticator.objects.filter(user=person).delete()
    assert client.get("/account/sessions/").status_code == 200


def test_the_factors_of_a_session_are_never_those_of_somebody_else() -> None:
    """A note that names the wrong person is worth nothing: they are looked up."""
    client = somebody(a_company())
    client.get("/")
    other = make_person("other@example.com")
    give_app(other)
    UserSession.objects.update(user=other)
    assert client.get("/account/sessions/").status_code == 200


def test_a_password_of_the_shop_has_to_be_changed_from_the_next_click_on() -> None:
    client = somebody(a_company(), password_is_from_shop=True)
    assert client.get("/").status_code == 200
    Installation.objects.create(pk=Installation.THE_ONE, shop_password_must_change=True)
    assert client.get("/")["Location"] == "/accounts/password/change/"


def _addresses() -> dict[str, str]:
    """Each route of the customers' pages as somebody could ask for it."""
    person = User.objects.get(email="ana@example.com")
    membership = Membership.objects.filter(user=person).first()
    rows = load_rows(membership.company, membership) if membership else []
    key = next((row.key for row in rows if row.may_take_over), "x" * 24)
    invitation, passkey = Invitation.objects.first(), Authenticator.objects.filter(type="webauthn").first()
    known = {
        "join/<str:token>/": invitation_url(invitation) if invitation else "",
        "welcome/<str:token>/": set_password_url(person),
        "account/email/<str:token>/": new_address_url(person, "new@example.com"),
    }
    filled = {
        route: urlsplit(known.get(route, "")).path
        or "/"
        + route.replace("<slug:key>", key)
        .replace("<int:pk>", str(passkey.pk if passkey else 1))
        .replace("<slug:digest>", "abc")
        for route in ROUTES
        if route not in NOT_FOR_CUSTOMERS
    }
    return {route: path for route, path in filled.items() if "(?P" not in path}


def _queries(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code < 500
    return [query["sql"] for query in asked]


def _is_read(sql: str) -> bool:
    return sql.startswith("SELECT")


def _is_write(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE"))
