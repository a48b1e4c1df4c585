"""Adapts django-allauth: no sign-up, canonical addresses, mail through the outbox."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.audit.log import AuditCode, record, record_failed_sign_in
from companies.authentication.hashing_turns import ensure_room
from companies.authentication.turns import Busy
from companies.mail.outbox import queue_notice
from companies.models import User
from companies.people.emails import InvalidEmail, canonical_email
from companies.second_factor.requirement import has_app, has_factor, was_asked_recently

logger = logging.getLogger(__name__)


def canonical_or_typed(text: str) -> str:
    """The canonical address or, if it is invalid, the text as typed, which then is simply an unknown address.

    It must not be lower-cased: that would turn some foreign letters into ASCII, and so into somebody's address.
    """
    try:
        return canonical_email(text)
    except InvalidEmail:
        return text


class AccountAdapter(DefaultAccountAdapter):
    """Our hooks for allauth. Its hooks for verifying and managing e-mail addresses are never reached."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is wrong."),
        # The time is that of `ACCOUNT_RATE_LIMITS`; a new password ends it at once.
        "too_many_login_attempts": gettext_lazy(
            "Too many failed sign-ins. Nothing is locked: try again in five minutes. If you forgot the password, "
            "choose a new one right away."
        ),
        "too_many_codes": gettext_lazy(
            "Too many failed attempts at the second step. Nothing is locked: try again in five minutes."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come from a purchase or from their team."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Always answer with pages."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Being turned away because the server is busy does not count as a failed sign-in."""
        ensure_room()
        try:
            return super().authenticate(request, **credentials)
        except Busy:
            self._rollback_login_failed_rl_usage()
            raise

    def set_password(self, user: User, password: str) -> None:
        """Store a password that the person chose here, end their rate limit, and notify them by mail.

        The first password is not notified.
        """
        had_one = user.has_usable_password()
        user.set_password(password)  # before the transaction, because it may have to wait for its turn
        self._store_password(user, had_one=had_one)

    @transaction.atomic
    def _store_password(self, user: User, *, had_one: bool) -> None:
        user.password_is_from_shop = user.password_was_given = False
        user.save(update_fields=["password", "password_is_from_shop", "password_was_given"])
        self._delete_login_attempts_cached_email(self.request, email=user.email)
        record(AuditCode.PASSWORD_CHANGED, request=self.request, about=user.email, details=_page_of(self.request))
        if had_one:
            queue_notice(user, "password_changed", page="account_reset_password")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log the address but never the user name, because people type passwords into the wrong field."""
        logger.warning("A sign-in failed, from %s", self.get_client_ip(request))
        record_failed_sign_in(request, User.objects.filter(email=credentials.get("email") or "").first())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Treat the passkey of a deactivated person like an unknown one."""
        messages.error(request, _("This passkey was not accepted. Try it once more, or choose another way."))
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Do not ask again right after a sign-in."""
        user = self.request.user
        return not (isinstance(user, User) and was_asked_recently(self.request, user))

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """A person with a second factor must use it: a stolen password alone must not change the factors."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if isinstance(user, User) and has_factor(self.request, user):
            codes_and_passkey = [method for method in methods if method["id"] != "reauthenticate"]
            return codes_and_passkey if has_app(self.request, user) else codes_and_passkey[::-1]
        return methods

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own key contains the Host header and the spelling. Varying them would reset the limit.
        return canonical_or_typed(credentials.get("email") or "")


def _page_of(request: HttpRequest) -> dict[str, str]:
    """The page on which the password was chosen: through a link, or signed in with the current password."""
    match = request.resolver_match
    return {"page": match.url_name} if match and match.url_name else {}
