"""Buttons for expired invitations: invite again, or dismiss."""

from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies import team as people
from companies.authorization.tenancy import CompanyRequest
from companies.events import Actor
from companies.forms.team import invited_sentence
from companies.models import Membership
from companies.team.roster import Row, key_of, load_roster
from companies.views.person import with_key
from companies.views.refusals import gone_told, refusals_told


@require_POST
@rate_limit(action="resend_invitation")
@gone_told
def invite_again(request: CompanyRequest, key: str) -> HttpResponse:
    """Send a new invitation like the old one, under all rules for a new one."""
    row = _find_row(request, key)
    with refusals_told(request):
        people.ensure_may_manage(request.membership, row.role)
        added = people.add_member(
            request.company, email=row.email, name=row.name, role=row.role, password=None,
            actor=Actor.person(request.user),
        )  # fmt: skip
        messages.success(request, invited_sentence() % {"email": row.email})
        return redirect("team_person", key_of(added))
    return redirect("team")


@require_POST
@gone_told
def dismiss(request: CompanyRequest, key: str) -> HttpResponse:
    """Remove the invitation from the page."""
    row = _find_row(request, key)
    with refusals_told(request):
        people.ensure_may_manage(request.membership, row.role)
        if not isinstance(row.source, Membership):
            people.dismiss(row.source, actor=Actor.person(request.user))
            messages.success(request, _("The invitation of %(email)s is dismissed.") % {"email": row.email})
    return redirect("team")


def _find_row(request: CompanyRequest, key: str) -> Row:
    """The row of the expired invitation with this key. Raises Gone."""
    return with_key(load_roster(request.company, request.membership).ran_out, key)
