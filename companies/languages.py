"""Which of our languages a customer reads, from WHMCS's word for it."""

from django.conf import settings

from companies.models import Company, Membership, User

# WHMCS names a language like its file (WHMCS documentation, "Language Files").
_OURS = {"english": "en", "portuguese-br": "pt-br", "portuguese-pt": "pt-br", "spanish": "es"}


def language_of_company(company: Company | None) -> str:
    """The code of the company's language where it is one of ours, otherwise the installation's."""
    return _OURS.get(company.language.lower() if company else "", settings.LANGUAGE_CODE)


def language_of_person(user: User) -> str:
    """The language of the company that the person has been in for longest, otherwise the installation's."""
    first = Membership.objects.filter(user=user).select_related("company").order_by("pk").first()
    return language_of_company(first.company if first else None)
