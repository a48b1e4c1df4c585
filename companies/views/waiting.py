"""After a downgrade: an owner chooses who keeps a seat, and people come back when there is room."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from companies import team as people
from companies.authorization.tenancy import CompanyRequest, ensure_owner
from companies.errors import CompanyError
from companies.events import Actor
from companies.forms.staying import Choice
from companies.models import Role
from companies.self_service.about import load_about
from companies.team.roster import Row, find_rows, load_rows, seats_of
from companies.views.person import find_row
from companies.views.refusals import gone_told, refusals_told
from companies.views.team import PER_PAGE


def waits(request: CompanyRequest) -> HttpResponse:
    """The only page for a person without a seat: why they wait, and whom to ask."""
    return render(request, "companies/waiting.html", load_about(request.company, request.user)._asdict(), status=403)


@require_http_methods(["GET", "HEAD", "POST"])
def who_stays(request: CompanyRequest) -> HttpResponse:
    """The form to choose who keeps a seat, page by page. The ticks of other pages are kept.

    For owners, and only if there are too many people.
    """
    ensure_owner(request)
    rows = load_rows(request.company, request.membership)
    seats = seats_of(request.company, rows)
    if not (seats.over or seats.waiting):
        return redirect("team")
    choice, error = Choice.as_it_stands(rows), ""
    if request.method == "POST":
        choice = _read(request.POST, rows, seats.limit)
        if request.POST.keys().isdisjoint({"page", "tick"}):
            error = _choose(request, rows, choice)
            if not error:
                messages.success(request, _("Done. People who wait read why at their next click."))
                return redirect("team")
    shown = _page_of(request, rows, choice.with_whoever_joined(rows))
    context = {**shown, "seats": seats, "error": error, "room": _room(rows, seats.limit)}
    return render(request, "companies/who_stays.html", context)


@require_POST
@gone_told
def bring_back(request: CompanyRequest, key: str) -> HttpResponse:
    """Give a seat to somebody who waits."""
    row = find_row(request, key)
    with refusals_told(request):
        people.ensure_may_manage(request.membership, row.role)
        people.bring_back(row.source, actor=Actor.person(request.user))
        messages.success(request, _("%(email)s has a seat again.") % {"email": row.email})
    return redirect("team")


def _read(posted: QueryDict, rows: list[Row], limit: int) -> Choice:
    """The sent choice. The button "tick" ticks nobody, or as many people as there is room for."""
    if "tick" not in posted:
        return Choice.read(posted, rows)
    return Choice.of_the_first(_room(rows, limit) if posted["tick"] == "first" else 0, rows)


def _page_of(request: CompanyRequest, rows: list[Row], choice: Choice) -> dict[str, object]:
    """One page of all people, or of the results of a search, with the hidden fields about the other pages."""
    words = request.POST.get("q", "").strip()
    page = Paginator(find_rows(rows, words), PER_PAGE).get_page(request.POST.get("page"))
    return {
        "page": page, "words": words, "is_long": len(rows) > PER_PAGE, "count": len(choice.ticked),
        "ticked": {row.key for row in choice.those_who_stay(page)}, "elsewhere": choice.elsewhere(rows, page),
    }  # fmt: skip


def _choose(request: CompanyRequest, rows: list[Row], choice: Choice) -> str:
    """Store the choice; returns the error, or ""."""
    try:
        people.choose_who_stays(
            request.company,
            stay=[row.source for row in choice.those_who_stay(rows)],
            wait=[row.source for row in choice.those_who_wait(rows)],
            actor=Actor.person(request.user),
        )
    except CompanyError as error:
        return str(error)
    return ""


def _room(rows: list[Row], limit: int) -> int:
    """The number of seats that the owners leave."""
    return max(limit - sum(row.role == Role.OWNER for row in rows), 0)
