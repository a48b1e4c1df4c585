"""The customer's start page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from companies.authorization.gates import signed_in_only
from companies.authorization.tenancy import CompanyRequest, SignedInRequest, choose, membership_in
from companies.self_service.about import load_about
from companies.views.blocked import looking_again, owners_panel


@require_safe
def overview(request: CompanyRequest) -> HttpResponse:
    """The company, its plan, its people and its standing."""
    about = load_about(request.company, request.user)
    panel = owners_panel(request, about.service)
    context = {**about._asdict(), "check": panel}
    return looking_again(render(request, "companies/overview.html", context), request, panel)


@signed_in_only
@require_POST
def switch_company(request: SignedInRequest) -> HttpResponse:
    """Switch to another company of the person. Http404 for somebody else's company."""
    membership = membership_in(request, request.POST.get("company", ""))
    choose(request, membership.company_id)
    return redirect("overview")
