"""The list of a company's people, and adding somebody to it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from companies import team as people
from companies.authorization.tenancy import CompanyRequest
from companies.errors import CompanyError, NotAllowed
from companies.events import Actor
from companies.forms.team import AddPersonForm
from companies.models import Invitation, Membership, Role
from companies.team.roster import find_rows, key_of, load_roster, seats_of

# The size of a page does not depend on the number of people.
PER_PAGE = 25
RAN_OUT_SHOWN = 10


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: CompanyRequest) -> HttpResponse:
    """The people with their roles, page by page. People who may manage also see the form to add somebody."""
    form = AddPersonForm(request.POST or None, acting=request.membership)
    if request.method == "POST":
        _ensure_manager(request)
        if form.is_valid() and (added := _add(request, form)):
            has_link = isinstance(added, Invitation) and not added.had_first_password
            return redirect("team_person", key_of(added)) if has_link else redirect("team")
    return render(request, "companies/team.html", {"form": form, **_list(request)})


def _list(request: CompanyRequest) -> dict[str, object]:
    """One page of all people, or of the results of a search."""
    rows, ran_out = load_roster(request.company, request.membership)
    words = request.GET.get("q", "").strip()
    page = Paginator(find_rows(rows, words), PER_PAGE).get_page(request.GET.get("page"))
    is_start = page.number == 1 and not words
    told = [row for row in ran_out if row.may_manage and is_start]
    return {
        "seats": seats_of(request.company, rows), "words": words, "is_long": len(rows) > PER_PAGE, "page": page,
        "ran_out": told[:RAN_OUT_SHOWN], "ran_out_count": len(told),
    }  # fmt: skip


def _add(request: CompanyRequest, form: AddPersonForm) -> Membership | Invitation | None:
    """Add or invite. A refusal becomes an error of the form. Does not reveal whether the address is known."""
    typed = form.cleaned_data
    try:
        added = people.add_member(
            request.company, email=typed["email"], name=typed["name"], role=Role(typed["role"]),
            password=typed["password"] or None, actor=Actor.person(request.user),
        )  # fmt: skip
    except CompanyError as error:
        form.add_error(None, str(error))
    else:
        messages.success(request, form.success_message())
        return added
    return None


def _ensure_manager(request: CompanyRequest) -> None:
    try:
        people.ensure_may_manage(request.membership, Role.MEMBER)
    except NotAllowed as error:
        raise PermissionDenied from error
