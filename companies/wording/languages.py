"""Which of our languages a person reads: the one they chose, or WHMCS's word for it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import translation

from companies.authorization.signed_in import SignedInMiddleware
from companies.models import Company, Membership, User

# WHMCS names a language like its file (WHMCS documentation, "Language Files").
_OURS = {"english": "en", "portuguese-br": "pt-br", "portuguese-pt": "pt-br", "spanish": "es"}


def language_of_company(company: Company | None) -> str:
    """The code of the company's language where it is one of ours, otherwise the installation's."""
    return _OURS.get(company.language.lower() if company else "", settings.LANGUAGE_CODE)


def chosen_language(user: User) -> str:
    """The language that the person chose here; empty if they didn't, or if it is none of ours any more."""
    return user.language if user.language in dict(settings.LANGUAGES) else ""


def language_of_person(user: User) -> str:
    """What they chose; otherwise that of the company they have been in for longest, or the installation's."""
    if chosen := chosen_language(user):
        return chosen
    first = Membership.objects.filter(user=user).select_related("company").order_by("pk").first()
    return language_of_company(first.company if first else None)


def keep_language(user: User, code: str) -> None:
    """Remember what a person chose; a code that is none of ours changes nothing."""
    if code in dict(settings.LANGUAGES) and code != user.language:
        User.objects.filter(pk=user.pk).update(language=code)


@receiver(user_logged_in)
def keep_first_language(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Whoever has not chosen one yet reads mails, too, as the pages on which they sign in.

    The installation's language is what those get whose browser asks for none of ours, so it says nothing.
    """
    asked_for = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    if not user.language and asked_for != settings.LANGUAGE_CODE:
        keep_language(user, asked_for)


class LanguageMiddleware(SignedInMiddleware):
    """Whoever signs in reads the language that they chose, whatever their browser asks for."""

    def look(self, request: HttpRequest, user: User) -> None:
        if chosen := chosen_language(user):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
