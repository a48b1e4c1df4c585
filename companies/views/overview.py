"""What a customer sees first."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from companies.gates import open_when_blocked
from companies.models import Membership
from companies.queries import open_invitations_of
from companies.seats import load_seats
from companies.tenancy import CompanyRequest, choose


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The company, its plan, its people and its standing."""
    request = cast(CompanyRequest, request)
    context = {"seats": load_seats(request.company), "invitations": open_invitations_of(request.user)}
    return render(request, "companies/overview.html", context)


@open_when_blocked
@require_POST
def switch_company(request: HttpRequest) -> HttpResponse:
    """Work in another of one's companies. Somebody else's company is answered like one that does not exist."""
    user = cast(CompanyRequest, request).user
    typed = request.POST.get("company", "")
    company_id = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    membership = get_object_or_404(Membership, user=user, company_id=company_id)
    choose(request, membership.company_id)
    return redirect("overview")
