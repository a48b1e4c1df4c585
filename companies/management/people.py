"""Whom a command is about."""

from django.core.management.base import CommandError

from companies.models import User


def load_person(email: str) -> User:
    """The person who signs in with this address, in whatever spelling. Raises CommandError (exit status 1)."""
    try:
        return User.objects.get_by_natural_key(email)
    except User.DoesNotExist:
        raise CommandError(f"Nobody here has the address {email}.") from None
