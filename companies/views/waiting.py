"""After a downgrade: an owner chooses who keeps a seat, and people come back when there is room."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies import team as people
from companies.about import load_about
from companies.errors import CompanyError
from companies.events import Actor
from companies.models import Role
from companies.roster import Row, load_rows, seats_of
from companies.tenancy import CompanyRequest, ensure_owner
from companies.views.person import find_row
from companies.views.refusals import refusals_told


def waits(request: HttpRequest) -> HttpResponse:
    """Why somebody has no seat, and whom to ask: all that they reach of the company, open or not."""
    request = cast(CompanyRequest, request)
    return render(request, "companies/waiting.html", load_about(request.company, request.user)._asdict(), status=403)


@require_http_methods(["GET", "HEAD", "POST"])
def who_stays(request: HttpRequest) -> HttpResponse:
    """Everybody with a tick for those who keep a seat. For owners, and only where there are too many people."""
    request = cast(CompanyRequest, request)
    ensure_owner(request)
    rows = load_rows(request.company, request.membership)
    seats = seats_of(request.company, rows)
    if not (seats.over or seats.waiting):
        return redirect("team")
    ticked = {row.key for row in rows if row.waits_since is None}
    error = ""
    if request.method == "POST":
        ticked = set(request.POST.getlist("stays"))
        error = _choose(request, rows, ticked)
        if not error:
            messages.success(request, _("It is done. Who waits reads why at their next click."))
            return redirect("team")
    context = {"rows": rows, "seats": seats, "ticked": ticked, "error": error, "room": _room(rows, seats.limit)}
    return render(request, "companies/who_stays.html", context)


@require_POST
def bring_back(request: HttpRequest, key: str) -> HttpResponse:
    """Give a seat to somebody who waits for one."""
    request = cast(CompanyRequest, request)
    row = find_row(request, key)
    with refusals_told(request):
        people.ensure_may_manage(request.membership, row.role)
        people.bring_back(row.source, actor=Actor.person(request.user))
        messages.success(request, _("%(email)s has a seat again.") % {"email": row.email})
    return redirect("team")


def _choose(request: CompanyRequest, rows: list[Row], ticked: set[str]) -> str:
    """Do it, or say why not. Who joined since the page was made was not on it, and so is not touched."""
    shown = set(request.POST.get("shown", "").split())
    try:
        people.choose_who_stays(
            request.company,
            stay=[row.source for row in rows if row.key in ticked],
            wait=[row.source for row in rows if row.key in shown - ticked],
            actor=Actor.person(request.user),
        )
    except CompanyError as error:
        return str(error)
    return ""


def _room(rows: list[Row], limit: int) -> int:
    """How many seats there are beside those of the owners."""
    return max(limit - sum(row.role == Role.OWNER for row in rows), 0)
