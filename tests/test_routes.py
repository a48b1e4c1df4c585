"""All routes, each with who may pass. A new route that is not in this list fails."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from companies.authorization.gates import Gate, gate_of
from tests.companies.factories import make_company, make_person, sign_in
from tests.roles.who_may import OPEN, row_of

ROUTES = {
    "healthz": Gate.PUBLIC,
    "readyz": Gate.PUBLIC,
    "metrics": Gate.PUBLIC,
    "favicon.ico": Gate.PUBLIC,
    "": Gate.OPEN_COMPANY,
    "team/": Gate.OPEN_COMPANY,
    "team/<slug:key>/": Gate.OPEN_COMPANY,
    "team/<slug:key>/role/": Gate.OPEN_COMPANY,
    "team/<slug:key>/resend/": Gate.OPEN_COMPANY,
    "team/<slug:key>/owner/": Gate.OPEN_COMPANY,
    "team/who-stays/": Gate.OPEN_COMPANY,
    "team/<slug:key>/back/": Gate.OPEN_COMPANY,
    "team/<slug:key>/remove/": Gate.OPEN_COMPANY,
    "company/switch/": Gate.SIGNED_IN,
    "company/check/": Gate.COMPANY,
    "invitations/<int:pk>/accept/": Gate.SIGNED_IN,
    "invitations/<int:pk>/decline/": Gate.SIGNED_IN,
    "join/<str:token>/": Gate.PUBLIC,
    "just-bought/": Gate.PUBLIC,
    "welcome/<str:token>/": Gate.PUBLIC,
    "account/": Gate.SIGNED_IN,
    "account/welcomed/": Gate.SIGNED_IN,
    "account/companies/<int:pk>/leave/": Gate.SIGNED_IN,
    "brand/<slug:digest>/logo": Gate.PUBLIC,
    "brand/<slug:digest>/colours.css": Gate.PUBLIC,
    "account/email/": Gate.VERIFIED,
    "account/email/<str:token>/": Gate.VERIFIED,
    "account/sessions/": Gate.VERIFIED,
    "account/sessions/<int:pk>/end/": Gate.VERIFIED,
    "account/sessions/end-others/": Gate.VERIFIED,
    "i18n/setlang/": Gate.PUBLIC,
    "accounts/login/": Gate.PUBLIC,
    "accounts/logout/": Gate.PUBLIC,
    "accounts/password/change/": Gate.SIGNED_IN,
    "accounts/password/reset/": Gate.PUBLIC,
    "accounts/password/reset/done/": Gate.PUBLIC,
    "^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Gate.PUBLIC,
    "accounts/password/reset/key/done/": Gate.PUBLIC,
    "accounts/login/second-step/": Gate.PUBLIC,
    "accounts/login/passkey/": Gate.PUBLIC,
    "accounts/confirm/": Gate.SIGNED_IN,
    "accounts/confirm/code/": Gate.SIGNED_IN,
    "accounts/confirm/passkey/": Gate.SIGNED_IN,
    "accounts/two-factor/": Gate.VERIFIED,
    "accounts/two-factor/app/": Gate.VERIFIED,
    "accounts/two-factor/app/remove/": Gate.VERIFIED,
    "accounts/two-factor/codes/": Gate.VERIFIED,
    "accounts/two-factor/codes/new/": Gate.VERIFIED,
    "accounts/two-factor/passkeys/add/": Gate.VERIFIED,
    "accounts/two-factor/passkeys/<int:pk>/name/": Gate.VERIFIED,
    "accounts/two-factor/passkeys/<int:pk>/remove/": Gate.VERIFIED,
    "hooks/whmcs/<uuid:uid>/": Gate.PUBLIC,
}
OPEN_ADMIN_ROUTES = {"admin/login/", "admin/logout/", "admin/jsi18n/"}


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


ALL = dict(routes(get_resolver().url_patterns))
ADMIN = sorted(route for route in ALL if route.startswith("admin/"))


def test_every_route_is_in_the_list_with_its_gate() -> None:
    found = {route: gate_of(view) for route, view in ALL.items() if not route.startswith("admin/")}
    assert found == ROUTES


def test_every_address_of_the_administration_has_a_row_that_says_who_may() -> None:
    """A new one is added to `tests/roles/who_may.py`; then it is walked with forged requests."""
    assert [route for route in ADMIN if route not in OPEN and row_of(route) is None] == []


def path_of(route: str) -> str:
    """An address of this route; what stands in for the variable parts does not exist."""
    for variable, value in {
        "<slug:key>": "0" * 24, "<int:pk>": "987654", "<str:token>": "x", "<path:object_id>": "987654",
        "<int:content_type_id>": "1", "<slug:name>": "lock", "<app_label>": "plans", "(?P<url>.*)$": "x/",
        "<slug:section>": "paused",
        "(?P<app_label>plans|companies)": "plans",
    }.items():  # fmt: skip
        route = route.replace(variable, value)
    return "/" + route.removesuffix("$").replace("^", "")


@pytest.mark.django_db
@pytest.mark.parametrize("route", [r for r, gate in ROUTES.items() if gate is not Gate.PUBLIC])
def test_a_stranger_is_led_to_sign_in(route: str) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(path_of(route))
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("route", [r for r, gate in ROUTES.items() if gate is Gate.OPEN_COMPANY])
def test_a_blocked_company_sees_only_that_it_is_blocked(route: str) -> None:
    client = sign_in(make_person(company=make_company(status="suspended")))
    for method in ("get", "post"):
        answer = getattr(client, method)(path_of(route))
        assert answer.status_code == 403
        assert "is closed at the moment" in answer.content.decode()


@pytest.mark.django_db
def test_strangers_and_customers_get_the_same_sign_in_everywhere_in_the_administration() -> None:
    customer = sign_in(make_person(company=make_company()))
    for route in ADMIN:
        if "(?P<" in route or route in OPEN_ADMIN_ROUTES:
            continue
        for method in ("get", "post"):
            answers = [getattr(client, method)(path_of(route)) for client in (Client(), customer)]
            assert [a.status_code for a in answers] == [302, 302], route
            assert answers[0]["Location"] == answers[1]["Location"], route
            assert answers[0]["Location"].startswith("/admin/login/"), route
