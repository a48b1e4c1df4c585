"""django-allauth's sign-in pages with our forms; only those that customers need."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account import views as allauth_views
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from companies.forms.accounts import ChangePasswordForm, LoginForm, NewPasswordForm, ResetPasswordForm
from companies.second_factor.passkey_host import can_use_passkeys
from companies.views.just_bought import next_look
from companies.views.welcome import start_afresh


class LoginView(allauth_views.LoginView):
    """The one place where a password opens a session, for customers and operators alike."""

    form_class = LoginForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Redirect signed-in people, unless they may not enter the target: then they may sign in as somebody else."""
        if request.user.is_authenticated and (request.user.is_staff or not _leads_to_admin(request)):
            return redirect(self.get_authenticated_redirect_url())
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: LoginForm) -> HttpResponse:
        start_afresh(self.request)
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """After a failed sign-in, also tell when new purchases are read next. Everybody sees the same."""
        context = {**super().get_context_data(**kwargs), "passkeys_work_here": can_use_passkeys(self.request)}
        context["confirms_address"] = _leads_to_confirmation(self.request)
        return {**context, "next_look": next_look()} if self.request.method == "POST" else context


class LogoutView(allauth_views.LogoutView):
    """Ends the session, by POST only, so that no link or picture can do it."""

    http_method_names = ["post"]

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class PasswordChangeView(allauth_views.PasswordChangeView):
    """Asks for the current password, keeps this session and ends the others."""

    form_class = ChangePasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_default_success_url(self) -> str:
        """The person's own page. An empty form would look as if nothing had happened."""
        return reverse("account")


class PasswordResetView(allauth_views.PasswordResetView):
    """Sends a link by mail, or says that this installation sends no mail."""

    form_class = ResetPasswordForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "mail_is_configured": settings.MAIL_IS_CONFIGURED}


class PasswordResetDoneView(allauth_views.PasswordResetDoneView):
    """The same words for every address."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "mail_is_configured": settings.MAIL_IS_CONFIGURED}


class PasswordResetFromKeyView(allauth_views.PasswordResetFromKeyView):
    """The page behind the link in the mail. Ends all sessions of the person, and the one in this browser."""

    form_class = NewPasswordForm

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        start_afresh(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


PasswordResetFromKeyDoneView = allauth_views.PasswordResetFromKeyDoneView


def admin_login(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """Replaces the administration's own sign-in page, which has no rate limit."""
    if request.user.is_active and request.user.is_staff:
        return redirect("admin:index")
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return redirect_to_login(target if safe else reverse("admin:index"))


def admin_password_change(request: HttpRequest) -> HttpResponse:
    """Replaces the administration's own page, where the current password could be guessed without a rate limit."""
    return redirect("account_change_password")


def _leads_to_admin(request: HttpRequest) -> bool:
    return _path_after(request).startswith(reverse("admin:index"))


def _leads_to_confirmation(request: HttpRequest) -> bool:
    """Whether they come from the link to their new address, and may wonder which address to sign in with."""
    try:
        return resolve(_path_after(request)).url_name == "account_email_confirm"
    except Resolver404:
        return False


def _path_after(request: HttpRequest) -> str:
    return urlsplit(get_next_redirect_url(request) or "").path
