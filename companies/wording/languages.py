"""Which of our languages a person reads: the one that they chose, or the one from WHMCS."""

from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import translation

from companies.authorization.signed_in import SignedInMiddleware
from companies.models import Company, Membership, User

# WHMCS's language names are those of its files (WHMCS documentation, "Language Files").
_OURS = {"english": "en", "portuguese-br": "pt-br", "portuguese-pt": "pt-br", "spanish": "es"}


def language_of_company(company: Company | None) -> str:
    """The company's language, if it is one of ours, or else the installation's."""
    return _OURS.get(company.language.lower() if company else "", settings.LANGUAGE_CODE)


def chosen_language(user: User) -> str:
    """The language that the person chose; "" if none, or if it is no longer one of ours."""
    return user.language if user.language in dict(settings.LANGUAGES) else ""


def language_of_person(user: User) -> str:
    """The chosen language, or else that of the company that they joined first, or the installation's."""
    if chosen := chosen_language(user):
        return chosen
    first = Membership.objects.filter(user=user).select_related("company").order_by("pk").first()
    return language_of_company(first.company if first else None)


def keep_language(user: User, code: str) -> None:
    """Store a person's choice. An unknown code changes nothing."""
    if code in dict(settings.LANGUAGES) and code != user.language:
        User.objects.filter(pk=user.pk).update(language=code)


@receiver(user_logged_in)
def keep_first_language(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """At a sign-in, store the language of the page, so that mails have the same one.

    Not the installation's language: it is the default for browsers with other languages, so it says nothing.
    """
    asked_for = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    if not user.language and asked_for != settings.LANGUAGE_CODE:
        keep_language(user, asked_for)


class LanguageMiddleware(SignedInMiddleware):
    """Activates the language that the signed-in person chose, whatever their browser asks for."""

    def look(self, request: HttpRequest, user: User) -> None:
        if chosen := chosen_language(user):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
