"""The page of one person in a company, with everything that owners and administrators can do."""

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies import team as people
from companies.authorization.tenancy import CompanyRequest
from companies.events import Actor
from companies.forms.team import ROLES, RoleForm
from companies.models import Membership, Role
from companies.team.roster import Row, load_rows, seats_of
from companies.views.refusals import Gone, gone_told, refusals_told


@require_safe
@gone_told
def person(request: CompanyRequest, key: str) -> HttpResponse:
    """The role, the invitation link and the buttons. For the person, and for people who may manage them."""
    rows = load_rows(request.company, request.membership)
    row = with_key(rows, key)
    if not (row.may_manage or row.is_me):
        raise PermissionDenied
    context = {"row": row, "roles": ROLES, "seats": seats_of(request.company, rows)}
    return render(request, "companies/person.html", context)


@require_POST
@gone_told
def change_role(request: CompanyRequest, key: str) -> HttpResponse:
    """Change the role of a member or of an open invitation."""
    row = find_row(request, key)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    role, actor = Role(form.cleaned_data["role"]), Actor.person(request.user)
    with refusals_told(request):
        people.ensure_may_manage(request.membership, row.role)
        people.ensure_may_manage(request.membership, role)
        if role == row.role:
            messages.info(request, _("Nothing was changed: that is the role already."))
            return redirect("team_person", key)
        if isinstance(row.source, Membership):
            people.change_role(row.source, role, actor=actor)
        else:
            people.change_invited_role(row.source, role, actor=actor)
        messages.success(request, _("The role was changed."))
    return redirect("team_person", key)


@require_POST
@rate_limit(action="resend_invitation")
@gone_told
def resend(request: CompanyRequest, key: str) -> HttpResponse:
    """Send an invitation again. Http404 for rows without a link, such as members."""
    row = find_row(request, key)
    with refusals_told(request):
        people.ensure_may_manage(request.membership, row.role)
        if not row.can_be_resent or isinstance(row.source, Membership):
            raise Http404
        people.resend(row.source, actor=Actor.person(request.user))
        messages.success(request, _resent_sentence() % {"email": row.email})
    return redirect("team_person", key)


@require_POST
@gone_told
def remove(request: CompanyRequest, key: str) -> HttpResponse:
    """Remove a person or withdraw an invitation. Everybody may remove themselves."""
    row = find_row(request, key)
    with refusals_told(request):
        if not row.is_me:
            people.ensure_may_manage(request.membership, row.role)
        if isinstance(row.source, Membership):
            people.remove_member(row.source, actor=Actor.person(request.user))
        else:
            people.withdraw(row.source, actor=Actor.person(request.user))
        if row.is_me:
            messages.success(request, _("You left %(company)s.") % {"company": request.company.name})
            return redirect("overview")
        words = _("The invitation of %(email)s is withdrawn.") if row.link else _("%(email)s was removed.")
        messages.success(request, words % {"email": row.email})
    return redirect("team")


def find_row(request: CompanyRequest, key: str) -> Row:
    """The row of this company with this key. Raises Gone."""
    return with_key(load_rows(request.company, request.membership), key)


def with_key(rows: list[Row], key: str) -> Row:
    """The one of these rows with this key. Raises Gone."""
    for row in rows:
        if row.key == key:
            return row
    raise Gone


def _resent_sentence() -> str:
    if settings.MAIL_IS_CONFIGURED:
        return _("%(email)s gets the invitation once more. It is valid for another two weeks.")
    return _("The invitation of %(email)s is valid for another two weeks. Copy its link and send it yourself.")
