"""django-allauth's pages for two-factor sign-in, with our forms and words, for customers and operators alike.

Pages that are only about passkeys are in `companies.views.passkeys`.
"""

import base64
from typing import Any

from allauth.account import views as account_views
from allauth.mfa import app_settings
from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from django.http import HttpResponse
from django.views.generic import TemplateView

from companies.authorization.tenancy import SignedInRequest
from companies.forms import factors as forms
from companies.forms import passkeys as passkey_forms
from companies.second_factor.requirement import StillToDo, note_new_factor, still_to_do
from companies.views.passkeys import WithPasskeyHelp


class OverviewView(WithPasskeyHelp, TemplateView):
    """The person's factors. Does not decrypt secrets, so that it works even if the key is lost."""

    request: SignedInRequest
    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = list(Authenticator.objects.filter(user=self.request.user).order_by("created_at", "pk"))
        by_type = {kind: [factor for factor in found if factor.type == kind] for kind in Authenticator.Type.values}
        codes = next(iter(by_type["recovery_codes"]), None)
        return {
            **super().get_context_data(**kwargs),
            "totp": next(iter(by_type["totp"]), None),
            "passkeys": by_type["webauthn"],
            "codes_left": codes and app_settings.RECOVERY_CODE_COUNT - codes.data.get("used_mask", 0).bit_count(),
            "has_factor": bool(by_type["totp"] or by_type["webauthn"]),
            "must_enrol": still_to_do(self.request, self.request.user) is StillToDo.ENROL,
        }


class ActivateView(totp_views.ActivateTOTPView):
    """Shows the secret as a picture and as text, and takes the first code."""

    request: SignedInRequest
    form_class = forms.ActivateForm

    def form_valid(self, form: forms.ActivateForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        forms.forget_pending_secret()
        note_new_factor(self.request, self.request.user)
        return response


class DeactivateView(totp_views.DeactivateTOTPView):
    """Removes the app, after a confirmation."""


class CodesView(code_views.ViewRecoveryCodesView):
    """The recovery codes, once: to print, to copy, to save in a file."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        text = "".join(f"{code}\n" for code in context["unused_codes"])
        return {**context, "file": base64.b64encode(text.encode()).decode(), "is_shown_once": True}


class NewCodesView(code_views.GenerateRecoveryCodesView):
    """New recovery codes instead of the old ones."""

    request: SignedInRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_new_factor(self.request, self.request.user)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Not allauth's, which decrypts the old codes and fails if their key is lost.
        return dict(super(code_views.GenerateRecoveryCodesView, self).get_context_data(**kwargs))


class SecondStepView(WithPasskeyHelp, base_views.AuthenticateView):
    """The second step of signing in: a code, a recovery code or a passkey."""

    form_class = forms.CodeForm
    webauthn_form_class = passkey_forms.PasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "has_app": "totp" in kinds,
            "has_codes": "recovery_codes" in kinds,
            "has_passkey": "webauthn" in kinds,
        }


class CodeAgainView(base_views.ReauthenticateView):
    """Asks for a code again, before factors are changed or the administration is opened."""

    form_class = forms.CodeAgainForm


class PasswordAgainView(account_views.ReauthenticateView):
    """Asks for the password again, for people without a second factor."""

    form_class = forms.PasswordAgainForm
