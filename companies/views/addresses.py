"""Change of the e-mail address: the form, and the page behind the link in the mail."""

from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from companies.authentication.addresses import ask_for_change, change_address
from companies.authentication.links import load_new_address, was_for_address_of
from companies.authorization.gates import verified_only
from companies.authorization.tenancy import SignedInRequest
from companies.forms.profile import AddressForm
from companies.second_factor.requirement import ask_again, was_asked_recently


@verified_only
@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: SignedInRequest) -> HttpResponse:
    """Authenticate again, then ask for the new address. Says the same for every address."""
    user = request.user
    if not settings.MAIL_IS_CONFIGURED:
        return render(request, "companies/change_email.html", {"mail_is_configured": False})
    if not was_asked_recently(request, user):
        return ask_again(request, user, request.path)
    form = AddressForm(request.POST or None, user=user)
    if not form.is_valid():
        return render(request, "companies/change_email.html", {"form": form, "mail_is_configured": True})
    too_many: HttpResponse | None = consume_or_429(request, action="change_email", user=user)
    if too_many is not None:
        return too_many
    address = form.cleaned_data["email"]
    ask_for_change(request, user, address)
    words = _("A link is on its way to %(email)s. Open it in this browser within an hour; until then nothing changes.")
    messages.success(request, words % {"email": address})
    return redirect("account")


@verified_only
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: SignedInRequest, token: str) -> HttpResponse:
    """The page behind the link in the mail. Only for the person who asked, and only with a button (POST).

    A mistyped address may be a stranger's, who gets the mail but is not signed in as this person.
    """
    user = request.user
    address = load_new_address(token, user)
    if address is None:
        context = {"own": True, "is_done": was_for_address_of(token, user)}
        return render(request, "companies/link_expired.html", context, status=410)
    if request.method != "POST":
        return render(request, "companies/confirm_email.html", {"address": address})
    if not change_address(request, user, address):
        return render(request, "companies/link_expired.html", {"own": True}, status=410)
    messages.success(request, _("From now on you sign in with %(email)s.") % {"email": address})
    return redirect("account")
