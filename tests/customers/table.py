"""THE table of the customers' addresses: what each names, who changes something there, what stays when blocked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.companies.factories import PASSWORD
from tests.customers.visitors import Visitor

Names = Mapping[str, str]
Typed = Callable[[Names], Mapping[str, Any]]

OWNERS = frozenset({Visitor.OWNER, Visitor.ELSEWHERE, Visitor.BOTH})
MANAGERS = OWNERS | {Visitor.ADMIN}
ANONYMOUS = frozenset({Visitor.ANONYMOUS})
PEOPLE = frozenset(Visitor) - ANONYMOUS - {Visitor.STAFF}
SIGNED_IN = PEOPLE | {Visitor.STAFF}
EVERYBODY = frozenset(Visitor)
NOBODY: frozenset[Visitor] = frozenset()
NEW = "an entirely new horse"
CHOSEN = {"password1": NEW, "password2": NEW}


def nothing(names: Names) -> Mapping[str, Any]:
    """For buttons that ask nothing."""
    return {}


def said(**fields: Any) -> Typed:
    """A form that is filled in the same way by everybody."""
    return lambda names: fields


@dataclass(frozen=True, slots=True)
class Row:
    """An address: the kind of thing that its variable part names, and what is typed into its form.

    `act` are those whose POST about a thing of their own changes something, `stays` says whether people of a blocked
    company reach it, `types_names` whether its form names things.
    """

    names: str = ""
    typed: Typed = nothing
    act: frozenset[Visitor] = NOBODY
    stays: bool = True
    types_names: bool = False


MFA = "accounts/two-factor/"
TABLE: dict[str, Row] = {
    "": Row(stays=False),
    "team/": Row(typed=said(email="x@x.example", name="X", role="member"), act=MANAGERS, stays=False),
    "team/<slug:key>/": Row("colleague", stays=False),
    "team/<slug:key>/role/": Row("colleague", typed=said(role="admin"), act=MANAGERS, stays=False),
    "team/<slug:key>/resend/": Row("invited", act=MANAGERS, stays=False),
    "team/<slug:key>/again/": Row("ran_out", act=MANAGERS, stays=False),
    "team/<slug:key>/dismiss/": Row("ran_out", act=MANAGERS, stays=False),
    "team/<slug:key>/owner/": Row("colleague", act=OWNERS, stays=False),
    "team/<slug:key>/back/": Row("waiting", act=MANAGERS, stays=False),
    "team/<slug:key>/remove/": Row("colleague", act=MANAGERS, stays=False),
    "team/who-stays/": Row(
        typed=lambda names: {"shown": [names["colleague"], names["waiting"]], "stays": [names["waiting"]]},
        act=OWNERS, stays=False, types_names=True,
    ),
    "company/switch/": Row(typed=lambda names: {"company": names["company"]}, types_names=True),
    "company/check/": Row(act=OWNERS | {Visitor.BLOCKED}),
    "invitations/<int:pk>/accept/": Row("invitation", act=SIGNED_IN),
    "invitations/<int:pk>/decline/": Row("invitation", act=SIGNED_IN),
    "join/<str:token>/": Row("join", typed=said(name="New", **CHOSEN), act=ANONYMOUS),
    "just-bought/": Row(),
    "welcome/<str:token>/": Row("welcome", typed=said(**CHOSEN), act=EVERYBODY),
    "account/": Row(typed=said(name="Renamed", language="es"), act=SIGNED_IN),
    "account/welcomed/": Row(act=SIGNED_IN),
    "account/companies/<int:pk>/leave/": Row("company", act=PEOPLE - OWNERS - {Visitor.BLOCKED}),
    "brand/<slug:digest>/logo": Row(),
    "brand/<slug:digest>/colours.css": Row(),
    "account/email/": Row(typed=said(email="other@x.example"), act=SIGNED_IN),
    "account/email/<str:token>/": Row("address", act=SIGNED_IN),
    "account/sessions/": Row(),
    # What they change are sessions, see `tests/companies/sessions/test_sessions.py`.
    "account/sessions/<int:pk>/end/": Row("session"),
    "account/sessions/end-others/": Row(act=SIGNED_IN),
    "i18n/setlang/": Row(typed=said(language="es"), act=SIGNED_IN),
    "accounts/login/": Row(typed=said(login="owner@florist.example", password=PASSWORD)),
    "accounts/logout/": Row(),
    "accounts/password/change/": Row(typed=said(oldpassword=PASSWORD, **CHOSEN), act=SIGNED_IN),
    "accounts/password/reset/": Row(typed=said(email="owner@florist.example"), act=EVERYBODY),
    "accounts/password/reset/done/": Row(),
    # The link leads to a page without the key, where the password is chosen:
    # `tests/companies/authentication/test_passwords.py`.
    "^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": Row("reset", typed=said(**CHOSEN)),
    "accounts/password/reset/key/done/": Row(),
    "accounts/login/second-step/": Row(typed=said(code="123456")),
    "accounts/login/passkey/": Row(typed=said(credential="{}")),
    "accounts/confirm/": Row(typed=said(password=PASSWORD)),
    "accounts/confirm/code/": Row(typed=said(code="123456")),
    "accounts/confirm/passkey/": Row(typed=said(credential="{}")),
    MFA: Row(),
    f"{MFA}app/": Row(typed=said(code="123456")),
    f"{MFA}app/remove/": Row(),
    f"{MFA}codes/": Row(),
    f"{MFA}codes/new/": Row(act=SIGNED_IN),
    f"{MFA}passkeys/add/": Row(typed=said(name="Key", credential="{}")),
    f"{MFA}passkeys/<int:pk>/name/": Row("passkey", typed=said(name="Renamed"), act=SIGNED_IN),
    f"{MFA}passkeys/<int:pk>/remove/": Row("passkey", act=SIGNED_IN),
}  # fmt: skip
# For machines and browsers: `tests/ticketz` and `tests/billing/hooks` ask what they tell.
NOT_CUSTOMERS = {"healthz", "readyz", "metrics", "favicon.ico", "hooks/whmcs/<uuid:uid>/"}


def path_of(route: str, names: Names) -> str:
    """The address, about what `names` says that it is about."""
    name = names.get(TABLE[route].names, "0" * 24)
    if route.startswith("^"):
        return f"/accounts/password/reset/key/{name}/"
    start, bracket, rest = route.partition("<")
    return f"/{start}{name}{rest.partition('>')[2]}" if bracket else f"/{route}"
