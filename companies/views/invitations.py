"""Answering an invitation: from the list after signing in, or through the link in the mail."""

from allauth.decorators import rate_limit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from companies import team
from companies.authentication.links import load_invitation_by_token
from companies.authorization.gates import public, signed_in_only
from companies.authorization.tenancy import SignedInRequest, choose
from companies.errors import AlreadyMember, CompanyError
from companies.forms.accounts import JoinForm
from companies.models import Invitation, User
from companies.people.queries import open_invitations_of
from companies.views.refusals import refusals_told
from companies.views.welcome import sign_in


@signed_in_only
@require_POST
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    """Join the company and work in it."""
    invitation = _invitation_to(request.user, pk)
    with refusals_told(request):
        team.accept(invitation, request.user)
        choose(request, invitation.company_id)
        messages.success(request, _("Welcome to %(company)s.") % {"company": invitation.company.name})
    return redirect("overview")


@signed_in_only
@require_POST
def decline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Decline, which frees the seat."""
    invitation = _invitation_to(request.user, pk)
    with refusals_told(request):
        team.decline(invitation, request.user)
        messages.success(request, _("You declined the invitation."))
    return redirect("overview")


@public
@sensitive_post_parameters()
@rate_limit(action="reset_password_from_key")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link. A newcomer chooses a password; others answer after signing in."""
    invitation = load_invitation_by_token(token)
    if invitation is None or not invitation.is_open(timezone.now()):
        return render(request, "companies/link_expired.html", status=410)
    if isinstance(request.user, User):
        return render(request, "companies/join_signed_in.html", {"invitation": invitation})
    return _join_as_newcomer(request, invitation)


def _invitation_to(user: User, pk: int) -> Invitation:
    """The invitation; Http404 if it is somebody else's."""
    return get_object_or_404(open_invitations_of(user), pk=pk)


def _join_as_newcomer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The same page for known and unknown addresses, so that the link reveals nothing about accounts."""
    person = User(email=invitation.email, name=invitation.name)
    form = JoinForm(request.POST or None, user=person, initial={"name": invitation.name})
    if form.is_valid():
        try:
            name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
            user = team.accept_as_newcomer(invitation, name=name, password=password)
        except AlreadyMember:
            form.add_error(None, _("This did not work. If you have signed in here before, sign in to answer."))
        except CompanyError as error:
            form.add_error(None, str(error))
        else:
            response = sign_in(request, user)
            choose(request, invitation.company_id)
            return response
    return render(request, "companies/join.html", {"form": form, "invitation": invitation})
