"""The page of a company that is not open, and "I have paid, check now"."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from companies.authorization.gates import open_when_blocked
from companies.authorization.tenancy import CompanyRequest, ensure_owner
from companies.models import Role
from companies.self_service import paid_check
from companies.self_service.about import load_about
from companies.self_service.backend import Service
from companies.self_service.paid_check import Panel, Pressed, panel_of

_SAID = {
    Pressed.ASKED_ALREADY: gettext_lazy("Billing was asked already, a moment ago. Ask again in half a minute."),
    Pressed.TOO_OFTEN: gettext_lazy("Billing was asked very often. It is read by itself every few minutes, too."),
    Pressed.IMPOSSIBLE: gettext_lazy("Billing is not being read at the moment, so it can't be asked."),
}


def blocked(request: CompanyRequest) -> HttpResponse:
    """Why the company is not open, and what the reader can do about it."""
    about = load_about(request.company, request.user)
    panel = owners_panel(request, about.service)
    context = {**about._asdict(), "check": panel}
    return looking_again(render(request, "companies/blocked.html", context, status=403), request, panel)


@open_when_blocked
@require_POST
def check_payment(request: CompanyRequest) -> HttpResponse:
    """Have billing read now, for an owner of the company."""
    ensure_owner(request)
    if paid_check.may_open(request.access):
        said = _SAID.get(paid_check.press(request.company, at=timezone.now()))
        if said is not None:
            messages.info(request, said)
    else:
        messages.info(request, _("There is nothing to check: no payment is due."))
    return redirect("overview")


def owners_panel(request: CompanyRequest, service: Service | None) -> Panel | None:
    """The latest payment check, for an owner."""
    if request.membership.role != Role.OWNER:
        return None
    return panel_of(request.company, request.access, service, at=timezone.now())


def looking_again(response: HttpResponse, request: HttpRequest, panel: Panel | None) -> HttpResponse:
    """Make the browser reload the page a few times while billing is read, without a script."""
    if panel is not None and panel.looks_again_after is not None and request.method == "GET":
        response.headers["Refresh"] = str(panel.looks_again_after)
    return response
