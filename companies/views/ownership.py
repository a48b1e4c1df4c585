"""Hands a company over to another owner."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies import team as people
from companies.authorization.tenancy import CompanyRequest, ensure_owner
from companies.models import Membership
from companies.second_factor.requirement import ask_again, was_asked_recently
from companies.views.person import find_row
from companies.views.refusals import gone_told, refusals_told


@require_http_methods(["GET", "HEAD", "POST"])
@gone_told
def hand_over(request: CompanyRequest, key: str) -> HttpResponse:
    """Authenticate again, then ask for a confirmation. For owners only."""
    row = find_row(request, key)
    ensure_owner(request)
    if not isinstance(row.source, Membership):
        raise Http404
    with refusals_told(request):
        people.ensure_can_take_over(row.source)
        if not was_asked_recently(request, request.user):
            return ask_again(request, request.user, request.path)
        if request.method != "POST":
            return render(request, "companies/hand_over.html", {"row": row})
        people.hand_over(request.membership, row.source)
        words = _("%(email)s is the owner now, and you are an administrator.")
        messages.success(request, words % {"email": row.email})
    return redirect("team")
