"""django-allauth's pages for passkeys, with our forms and words, for customers and operators alike."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal import auth as passkeys
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic.base import ContextMixin

from companies.authorization.tenancy import SignedInRequest
from companies.forms import passkeys as passkey_forms
from companies.second_factor.passkey_host import address_for_passkeys, can_use_passkeys
from companies.second_factor.requirement import note_new_factor
from companies.views.welcome import start_afresh

OVERVIEW = reverse_lazy("mfa_index")


class WithPasskeyHelp(ContextMixin):
    """For pages that use a passkey: tells at which address passkeys work, if not at this one."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = can_use_passkeys(self.request)
        help_text = {"passkeys_work_here": here, "passkeys_work_at": "" if here else address_for_passkeys()}
        return {**super().get_context_data(**kwargs), **help_text}


class AddPasskeyView(WithPasskeyHelp, passkey_views.AddWebAuthnView):
    """Makes a passkey on this device or on a key."""

    request: SignedInRequest
    form_class = passkey_forms.AddPasskeyForm

    def form_valid(self, form: passkey_forms.AddPasskeyForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        added = Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN).latest("pk")
        added.data[passkey_forms.ALONE] = form.cleaned_data["passwordless"]
        added.save(update_fields=["data"])
        note_new_factor(self.request, self.request.user)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth makes a second form, without the errors of this one.
        return {**super().get_context_data(**kwargs), **kwargs}


class RenamePasskeyView(passkey_views.EditWebAuthnView):
    """Renames a passkey."""

    form_class = passkey_forms.RenamePasskeyForm
    success_url = OVERVIEW


class RemovePasskeyView(passkey_views.RemoveWebAuthnView):
    """Removes a passkey, after a confirmation."""

    success_url = OVERVIEW


class PasskeyAgainView(WithPasskeyHelp, passkey_views.ReauthenticateWebAuthnView):
    """Asks for a passkey again."""

    form_class = passkey_forms.PasskeyAgainForm

    def form_invalid(self, form: passkey_forms.PasskeyAgainForm) -> HttpResponse:
        super().form_invalid(form)  # adds the message
        return redirect(self.request.get_full_path())


class PasskeyLoginView(passkey_views.LoginWebAuthnView):
    """Signs in with a passkey alone. GET sends the challenge, POST takes the answer."""

    form_class = passkey_forms.PasskeyLoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_use_passkeys(request):
            return redirect("account_login")
        return JsonResponse({"request_options": passkeys.begin_authentication(user=None)})

    def form_valid(self, form: passkey_forms.PasskeyLoginForm) -> HttpResponseBase:
        target = get_next_redirect_url(self.request)
        start_afresh(self.request)
        response: HttpResponse = super().form_valid(form)
        self.request.session.set_expiry(0)
        return redirect(target) if target and self.request.user.is_authenticated else response
