"""The one-time set-password link."""

from allauth.decorators import rate_limit
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from companies.forms.accounts import NewPasswordForm
from companies.gates import public
from companies.links import load_user_by_token
from companies.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


@public
@sensitive_post_parameters()
@rate_limit(action="reset_password_from_key")  # type: ignore[untyped-decorator]
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password, be signed in, and find oneself at the overview."""
    user = load_user_by_token(token)
    if user is None:
        return render(request, "companies/link_expired.html", status=410)
    form = NewPasswordForm(request.POST or None, user=user)
    if not form.is_valid():
        return render(request, "companies/welcome.html", {"form": form, "person": user})
    form.save()
    sign_in(request, user)
    return redirect("overview")


def sign_in(request: HttpRequest, user: User) -> None:
    """Start a fresh session for somebody who just proved who they are; like a sign-in it ends with the browser."""
    if request.user.is_authenticated and request.user.pk != user.pk:
        request.session.flush()
    login(request, user, backend=BACKEND)
    request.session.set_expiry(0)
