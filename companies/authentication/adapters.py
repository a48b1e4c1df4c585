"""How django-allauth behaves here: nobody signs up, addresses are canonical, mail goes through the outbox."""

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
    """The canonical form, or the text as it was typed: an address that nobody can have is an unknown address.

    As typed, because lower case would turn some foreign letters into ASCII ones, and so into somebody's address.
    """
    try:
        return canonical_email(text)
    except InvalidEmail:
        return text


class AccountAdapter(DefaultAccountAdapter):
    """Replaces allauth's hooks; those for verifying and managing e-mail addresses are never reached."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is wrong."),
        # How long `ACCOUNT_RATE_LIMITS` makes them wait; a new password lets them in again at once.
        "too_many_login_attempts": gettext_lazy(
            "Too many failed sign-ins. Nothing is locked: try again in five minutes. If you forgot the password, "
            "choose a new one right away."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come from a purchase or from their team."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """One kind of answer for everybody: pages."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Who is turned away by too many others has not failed."""
        ensure_room()
        try:
            return super().authenticate(request, **credentials)
        except Busy:
            self._rollback_login_failed_rl_usage()
            raise

    def set_password(self, user: User, password: str) -> None:
        """Store a password that the person chose here, let them in again if they were throttled, and tell them.

        Whoever chooses their first one gets no mail about it.
        """
        had_one = user.has_usable_password()
        user.set_password(password)  # before the transaction: it may have to wait for its turn
        self._store_password(user, had_one=had_one)

    @transaction.atomic
    def _store_password(self, user: User, *, had_one: bool) -> None:
        user.password_is_from_shop = user.password_was_given = False
        user.save(update_fields=["password", "password_is_from_shop", "password_was_given"])
        self._delete_login_attempts_cached_email(self.request, email=user.email)
        record(AuditCode.PASSWORD_CHANGED, request=self.request, about=user.email, details=_way_of(self.request))
        if had_one:
            queue_notice(user, "password_changed", page="account_reset_password")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Tell the log where from, never as whom: people type passwords into the wrong field."""
        logger.warning("A sign-in failed, from %s", self.get_client_ip(request))
        record_failed_sign_in(request, User.objects.filter(email=credentials.get("email") or "").first())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """A passkey of somebody who was switched off is like one that is not known here."""
        messages.error(request, _("This passkey was not accepted. Try it once more, or choose another way."))
        return redirect("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago is not asked at once again."""
        user = self.request.user
        return not (isinstance(user, User) and was_asked_recently(self.request, user))

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Who has a second factor shows that one: a password that somebody else knows must not change it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if isinstance(user, User) and has_factor(self.request, user):
            codes_and_passkey = [method for method in methods if method["id"] != "reauthenticate"]
            return codes_and_passkey if has_app(self.request, user) else codes_and_passkey[::-1]
        return methods

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own key holds the Host header and the spelling: both would let a guesser start afresh.
        return canonical_or_typed(credentials.get("email") or "")


def _way_of(request: HttpRequest) -> dict[str, str]:
    """By which page somebody chose a password: through a link, or signed in and with the present one."""
    match = request.resolver_match
    return {"page": match.url_name} if match and match.url_name else {}
