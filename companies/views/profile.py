"""A person's own page: who they are, how they sign in, where they belong."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from companies import team
from companies.audit.log import AuditCode, changes_of, record
from companies.authorization.gates import public, signed_in_only
from companies.authorization.tenancy import SignedInRequest, membership_in
from companies.events import Actor
from companies.forms.profile import ProfileForm
from companies.models import User
from companies.people.queries import open_invitations_of
from companies.second_factor.requirement import has_factor
from companies.standings.facts import access_of
from companies.views.refusals import refusals_told
from companies.wording.languages import keep_language


@signed_in_only
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """The person's own page, also for operators and if all companies are blocked. Changes name and language."""
    form = ProfileForm(request.POST or None, user=request.user)
    if form.is_valid():
        _save(request, form)
        return redirect("account")
    now = timezone.now()
    context = {
        "form": form,
        "places": [(membership, access_of(membership.company, now=now)) for membership in request.memberships],
        "invitations": open_invitations_of(request.user),
        "has_factor": has_factor(request, request.user),
    }
    return render(request, "companies/account.html", context)


@signed_in_only
@require_POST
def welcomed(request: SignedInRequest) -> HttpResponse:
    """Don't show the welcome again."""
    user = request.user
    User.objects.filter(pk=user.pk, welcomed_at=None).update(welcomed_at=timezone.now())
    return redirect("overview")


@signed_in_only
@require_POST
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave a company, open or not. Http404 for somebody else's company."""
    membership = membership_in(request, str(pk))
    with refusals_told(request):
        team.remove_member(membership, actor=Actor.person(request.user))
        messages.success(request, _("You left %(company)s.") % {"company": membership.company.name})
    return redirect("account")


@transaction.atomic
def _save(request: SignedInRequest, form: ProfileForm) -> None:
    name, language = form.cleaned_data["name"], form.cleaned_data["language"]
    User.objects.filter(pk=request.user.pk).update(name=name, language=language)
    record(AuditCode.PERSON_CHANGED, request=request, about=request.user.email, details=changes_of(form))
    with translation.override(language):
        messages.success(request, _("Your changes are saved."))


@public
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Django's view, which sets the language of this browser. For a signed-in person it is also stored."""
    if request.method == "POST" and isinstance(request.user, User):
        keep_language(request.user, request.POST.get("language", ""))
    return set_language(request)
