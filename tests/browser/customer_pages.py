"""All pages of customers: found by the routes, so that a new one is looked at without being named here."""

from collections.abc import Iterator
from typing import NamedTuple

from allauth.mfa.models import Authenticator

from companies.authentication.links import invitation_url, new_address_url, password_reset_url, set_password_url
from companies.models import Invitation, User
from companies.team.roster import Row, load_rows
from tests.browser.town import Visitor
from tests.routes import ROUTES

SITE = "http://localhost:8000"
NOT_PAGES = ("healthz", "readyz", "metrics", "favicon.ico", "brand/", "hooks/")
# These links end the session of whoever else is signed in.
FOR_SOMEBODY_ELSE = ("welcome/", "^accounts/password/reset/key")


class CustomerPage(NamedTuple):
    """An address as one visitor sees it. `templates` tells pages apart: two with the same parts are alike."""

    visitor: Visitor
    path: str
    templates: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path} as {self.visitor.name}"


def customer_pages(town: list[Visitor]) -> list[CustomerPage]:
    """Each page once, for the first visitor to whom it shows itself with these parts."""
    found: dict[tuple[str, ...], CustomerPage] = {}
    for visitor in town:
        for path in ["/nowhere/", *(path for route in ROUTES for path in _addresses(route, visitor))]:
            if (page := _open(visitor, path)) is not None:
                found.setdefault(page.templates, page)
    return list(found.values())


def _open(visitor: Visitor, path: str) -> CustomerPage | None:
    """The page at this address; None where there is nothing to see, or where it leads elsewhere."""
    answer = visitor.client.get(path, follow=True)
    assert answer.status_code < 500, path
    is_elsewhere = bool(answer.redirect_chain) and "/reset/key/" not in path
    if is_elsewhere or not answer.content or not answer["Content-Type"].startswith("text/html"):
        return None
    # Some parts say only that nothing is there, or are in every row of a list.
    names = [template.name or "" for template in answer.templates]
    return CustomerPage(visitor, path, tuple(sorted({name for name in names if "django/forms" not in name})))


def _addresses(route: str, visitor: Visitor) -> Iterator[str]:
    """The route with all that can stand in it."""
    if route.startswith(NOT_PAGES) or (visitor.user and route.startswith(FOR_SOMEBODY_ELSE)):
        return
    if route.startswith("^accounts/password/reset/key"):
        yield from (
            password_reset_url(User.objects.earliest("pk")).removeprefix(SITE),
            "/accounts/password/reset/key/1-x/",
        )
        return
    if "<" not in route:
        yield f"/{route}"
        return
    variables = {name: values for name, values in _variables(route, visitor).items() if name in route}
    assert variables, f"say in _variables what can stand in {route}"
    for variable, values in variables.items():
        yield from (f"/{route.replace(variable, value)}" for value in values)


def _variables(route: str, visitor: Visitor) -> dict[str, list[str]]:
    first, person = User.objects.earliest("pk"), visitor.user
    links = {
        "join": [invitation_url(invitation) for invitation in Invitation.objects.all()],
        "welcome": [set_password_url(first)],
        "account": [new_address_url(person, "new@example.com")] if person else [],
    }
    tokens = [link.rstrip("/").rsplit("/", 1)[1] for link in links.get(route.split("/")[0], [])]
    membership = person.memberships.order_by("pk").first() if person else None
    keys = _keys_of_unlike(load_rows(membership.company, membership)) if membership else []
    devices = [str(pk) for pk in Authenticator.objects.filter(user=person).values_list("pk", flat=True)]
    return {"<str:token>": [*tokens, "x"], "<slug:key>": keys, "<int:pk>": devices}


def _keys_of_unlike(rows: list[Row]) -> list[str]:
    """Of rows that differ in nothing but whom they name, the first: in a large team nearly all are alike."""
    unlike: dict[object, str] = {}
    for row in rows:
        has_seat = row.waits_since is None
        may = (row.is_me, row.may_manage, row.may_take_over, row.can_be_resent, bool(row.link))
        unlike.setdefault((type(row.source), row.role, row.is_waiting, has_seat, may), row.key)
    return list(unlike.values())
