"""Which of our languages a person reads: the one they chose, or WHMCS's word for it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from companies.authorization.gates import Gate, gate_of
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


class LanguageMiddleware:
    """Whoever signs in reads the language that they chose, whatever their browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> None:
        """Public pages ask nobody who they are, so that they work without a database, too."""
        if gate_of(view) is Gate.PUBLIC or not isinstance(request.user, User):
            return
        if chosen := chosen_language(request.user):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
