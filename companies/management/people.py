"""Finds the person that a command is about."""

from django.core.management.base import CommandError

from companies.models import User


def load_person(email: str) -> User:
    """The person with this address, in any spelling. Raises CommandError (exit status 1)."""
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        raise CommandError(f"Nobody here has the address {email}.") from None
