"""THE place where access is enforced: no view is reached that its visitor may not see.

It fails closed: a view without a mark needs a signed-in person whose company is open today. What a person or a
company may do is computed from the rows of this moment at each request, so a lock works with the next click.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import ResolverMatch, reverse
from django.utils import timezone

from companies.gates import Gate, gate_of
from companies.models import User
from companies.presence import note_presence
from companies.queries import open_invitations_of
from companies.tenancy import SESSION_KEY, Tenancy, attach, load_tenancy

OPEN_ADMIN_VIEWS = frozenset({"login", "logout", "jsi18n"})


class CompanyMiddleware:
    """Sets `request.company`, `membership`, `access` and `memberships`, and turns away who may not pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        attach(request, Tenancy())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Answer instead of the view, or None to let the visitor pass."""
        match = request.resolver_match
        if match is not None and match.namespaces[:1] == ["admin"]:
            return _guard_admin(request, match)
        gate = gate_of(view)
        if gate is Gate.PUBLIC:
            return None
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return _guard_company(request, request.user, gate)


def _guard_admin(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase | None:
    """A second line: the admin's own views ask for an operator too, unless one of them forgets."""
    if match.url_name in OPEN_ADMIN_VIEWS or (request.user.is_active and request.user.is_staff):
        return None
    return redirect_to_login(request.get_full_path(), reverse("admin:login"))


def _guard_company(request: HttpRequest, user: User, gate: Gate) -> HttpResponseBase | None:
    tenancy = load_tenancy(user, request.session.get(SESSION_KEY))
    attach(request, tenancy)
    if tenancy.membership is not None and tenancy.access is not None and tenancy.access.is_open:
        note_presence(tenancy.membership, at=timezone.now())
    if gate is Gate.SIGNED_IN:
        return None
    if tenancy.access is None:
        return _without_company(request, user)
    if gate is Gate.OPEN_COMPANY and not tenancy.access.is_open:
        return _blocked(request, user)
    return None


def _without_company(request: HttpRequest, user: User) -> HttpResponseBase:
    if user.is_staff:
        return redirect("admin:index")
    if request.path != reverse("overview"):
        return redirect("overview")
    return render(request, "companies/no_company.html", {"invitations": open_invitations_of(user)})


def _blocked(request: HttpRequest, user: User) -> HttpResponseBase:
    context = {"invitations": open_invitations_of(user)}
    return render(request, "companies/blocked.html", context, status=403)
