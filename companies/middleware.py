"""THE place that enforces access: nobody reaches a view that they may not see.

It fails closed: a view without a mark (`companies.authorization.gates`) needs a signed-in person whose company is open
today. Every request computes the permissions of person and company from the rows, so a lock works at the next click.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import ResolverMatch, reverse
from django.utils import timezone

from companies.authorization.gates import Gate, gate_of
from companies.authorization.tenancy import SESSION_KEY, Tenancy, attach, has_company, load_tenancy
from companies.models import User
from companies.people.queries import open_invitations_of
from companies.second_factor.requirement import StillToDo, ask_again, still_to_do
from companies.sessions.ended import tell_why
from companies.sessions.presence import note_presence
from companies.sessions.store import load_demands
from companies.views.blocked import blocked
from companies.views.waiting import waits

# What pages and forms use. Some library views would treat a PUT like a form.
METHODS = ("GET", "HEAD", "POST")
OPEN_ADMIN_VIEWS = frozenset({"login", "logout", "jsi18n"})
# It asks for the current password itself.
WITHOUT_SECOND_FACTOR = frozenset({"password_change"})


class CompanyMiddleware:
    """Sets `request.company`, `membership`, `access` and `memberships`, and turns away whoever may not pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        attach(request, Tenancy())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """The answer instead of the view, or None to let the visitor pass."""
        match = request.resolver_match
        if match is not None and match.namespaces[:1] == ["admin"]:
            return _guard_admin(request, match)
        # Views for programs, which are exempt from CSRF, check the method themselves.
        if request.method not in METHODS and not getattr(view, "csrf_exempt", False):
            return HttpResponseNotAllowed(METHODS)
        gate = gate_of(view)
        if gate is Gate.PUBLIC:
            return None
        if not isinstance(request.user, User):
            tell_why(request)
            return redirect_to_login(_page_of(request, reverse("overview")))
        if must_change_password(request, request.user, match.url_name if match else None):
            return redirect("account_change_password")
        return _guard_company(request, request.user, gate)


def _guard_admin(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase | None:
    """A second line of defence, in case an admin view forgets to require an operator.

    It is also the only place that requires the second factor, however the session was opened.
    """
    if match.url_name in OPEN_ADMIN_VIEWS:
        return None
    user = request.user
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        if not user.is_authenticated:
            tell_why(request)
        return redirect_to_login(_page_of(request, reverse("admin:index")), reverse("admin:login"))
    if match.url_name in WITHOUT_SECOND_FACTOR:
        return None
    if must_change_password(request, user, match.url_name):
        return redirect("account_change_password")
    factor = still_to_do(request, user)
    if factor is StillToDo.ENROL:
        return redirect("mfa_index")
    return None if factor is StillToDo.NOTHING else ask_again(request, user, reverse("admin:index"))


def _page_of(request: HttpRequest, otherwise: str) -> str:
    """Where to go after the sign-in: this page or, after a form was sent, the page with the form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("referer", ""))
    is_ours = came_from.netloc == request.get_host()
    return urlunsplit(("", "", came_from.path, came_from.query, "")) if is_ours else otherwise


def must_change_password(request: HttpRequest, user: User, url_name: str | None) -> bool:
    """Whether the person must choose a new password first, because somebody else knows the current one."""
    if not user.password_is_known or url_name == "account_change_password":
        return False
    return load_demands(request).shop_password_must_change


def _guard_company(request: HttpRequest, user: User, gate: Gate) -> HttpResponseBase | None:
    tenancy = load_tenancy(user, request.session.get(SESSION_KEY))
    attach(request, tenancy)
    if tenancy.membership is not None and tenancy.may_work:
        note_presence(tenancy.membership, at=timezone.now())
    if gate is Gate.SIGNED_IN:
        return None
    if gate is Gate.VERIFIED:
        is_verified = still_to_do(request, user) is not StillToDo.VERIFY
        return None if is_verified else ask_again(request, user, reverse("mfa_index"))
    if not has_company(request):
        return _without_company(request, user)
    if tenancy.waits:
        return waits(request)
    if gate is Gate.OPEN_COMPANY and not request.access.is_open:
        return blocked(request)
    return None


def _without_company(request: HttpRequest, user: User) -> HttpResponseBase:
    if user.is_staff:
        return redirect("admin:index")
    if request.path != reverse("overview"):
        return redirect("overview")
    return render(request, "companies/no_company.html", {"invitations": open_invitations_of(user)})
