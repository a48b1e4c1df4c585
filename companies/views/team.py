"""The people of a company, and everything that owners and administrators do with them."""

from typing import cast

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from companies import team as people
from companies.emails import InvalidEmail
from companies.errors import CompanyError, NotAllowed
from companies.events import Actor
from companies.forms.team import ROLES, AddPersonForm, RoleForm
from companies.models import Membership, Role
from companies.roster import Row, load_rows, seats_of
from companies.tenancy import CompanyRequest


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest) -> HttpResponse:
    """Everybody with their role, and for those who manage: the form to add somebody."""
    request = cast(CompanyRequest, request)
    form = AddPersonForm(request.POST or None, acting=request.membership)
    if request.method == "POST":
        _ensure_manager(request)
        if form.is_valid() and _add(request, form):
            return redirect("team")
    rows = load_rows(request.company, request.membership)
    context = {"form": form, "rows": rows, "roles": ROLES, "seats": seats_of(request.company, rows)}
    return render(request, "companies/team.html", context)


@require_POST
def change_role(request: HttpRequest, key: str) -> HttpResponse:
    """Give a person, or somebody who has not answered yet, another role."""
    request = cast(CompanyRequest, request)
    row = find_row(request, key)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    role, actor = Role(form.cleaned_data["role"]), Actor.person(request.user)
    try:
        people.ensure_may_manage(request.membership, row.role)
        people.ensure_may_manage(request.membership, role)
        if isinstance(row.source, Membership):
            people.change_role(row.source, role, actor=actor)
        else:
            people.change_invited_role(row.source, role, actor=actor)
    except NotAllowed as error:
        raise PermissionDenied from error
    except CompanyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The role was changed."))
    return redirect("team")


@require_POST
@rate_limit(action="resend_invitation")  # type: ignore[untyped-decorator]
def resend(request: HttpRequest, key: str) -> HttpResponse:
    """Send an invitation again. What has no link to show, such as a member, is answered like what does not exist."""
    request = cast(CompanyRequest, request)
    row = find_row(request, key)
    try:
        people.ensure_may_manage(request.membership, row.role)
        if not row.can_be_resent or isinstance(row.source, Membership):
            raise Http404
        people.resend(row.source, actor=Actor.person(request.user))
    except NotAllowed as error:
        raise PermissionDenied from error
    except CompanyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _resent_sentence() % {"email": row.email})
    return redirect("team")


@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a person out of the company, or an invitation back. Anybody may leave by themselves."""
    request = cast(CompanyRequest, request)
    row = find_row(request, key)
    try:
        if not row.is_me:
            people.ensure_may_manage(request.membership, row.role)
        if isinstance(row.source, Membership):
            people.remove_member(row.source, actor=Actor.person(request.user))
        else:
            people.withdraw(row.source, actor=Actor.person(request.user))
    except NotAllowed as error:
        raise PermissionDenied from error
    except CompanyError as error:
        messages.error(request, str(error))
        return redirect("team")
    words = _("The invitation of %(email)s is withdrawn.") if row.link else _("%(email)s was removed.")
    messages.success(request, words % {"email": row.email})
    return redirect("overview" if row.is_me else "team")


def _add(request: CompanyRequest, form: AddPersonForm) -> bool:
    """Add or invite; a refusal becomes a sentence in the form. Says the same whether or not the address is known."""
    typed = form.cleaned_data
    try:
        people.add_member(
            request.company, email=typed["email"], name=typed["name"], role=Role(typed["role"]),
            password=typed["password"] or None, actor=Actor.person(request.user),
        )  # fmt: skip
    except InvalidEmail:
        form.add_error("email", _("This is not an e-mail address that can be used here."))
    except CompanyError as error:
        form.add_error(None, str(error))
    else:
        messages.success(request, form.success_message())
        return True
    return False


def _resent_sentence() -> str:
    if settings.MAIL_IS_CONFIGURED:
        return _("%(email)s gets the invitation once more. It is good for another two weeks.")
    return _("The invitation of %(email)s is good for another two weeks. Copy its link and send it by yourself.")


def _ensure_manager(request: CompanyRequest) -> None:
    try:
        people.ensure_may_manage(request.membership, Role.MEMBER)
    except NotAllowed as error:
        raise PermissionDenied from error


def find_row(request: CompanyRequest, key: str) -> Row:
    """The row of this company with this key; another company's key is like one that does not exist."""
    for row in load_rows(request.company, request.membership):
        if row.key == key:
            return row
    raise Http404
