"""Cleans e-mail addresses typed into forms."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from companies.people.emails import InvalidEmail, canonical_email


def clean_address(text: str) -> str:
    """The canonical form of an address. Raises ValidationError."""
    try:
        return canonical_email(text)
    except InvalidEmail:
        raise ValidationError(_("This is not an e-mail address that can be used here.")) from None
