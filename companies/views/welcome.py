"""The one-time set-password link."""

from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from companies.authentication.links import load_user_by_token
from companies.authorization.gates import public
from companies.forms.accounts import NewPasswordForm
from companies.models import User


@public
@sensitive_post_parameters()
@rate_limit(action="reset_password_from_key")
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, then sign in and redirect to the overview."""
    user = load_user_by_token(token)
    if user is None:
        # Without mail, only an operator can make a new link.
        return render(
            request, "companies/link_expired.html", {"sets_password": settings.MAIL_IS_CONFIGURED}, status=410
        )
    form = NewPasswordForm(request.POST or None, user=user)
    if not form.is_valid():
        return render(request, "companies/welcome.html", {"form": form, "person": user})
    form.save()
    return sign_in(request, user)


def sign_in(request: HttpRequest, user: User) -> HttpResponse:
    """Start a new session for the holder of a link. Like after a sign-in, it ends with the browser.

    A person with a second factor is asked for it first, as at any sign-in.
    """
    start_afresh(request)
    response: HttpResponse = perform_login(request, user)
    request.session.set_expiry(0)
    return response


def start_afresh(request: HttpRequest) -> None:
    """End the session in this browser, before somebody else signs in."""
    if request.user.is_authenticated:
        logout(request)
