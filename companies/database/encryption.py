"""Encryption at rest: what is sealed opens only with a key of `FIELD_ENCRYPTION_KEYS`, not with the database alone."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyLost(Exception):
    """No key that is configured opens what was sealed."""


def seal(text: str) -> str:
    """Encrypt with the newest key."""
    return _keys().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """What was sealed, with whichever of the keys; raises KeyLost where none fits any more."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken:
        raise KeyLost from None


def reseal(token: str) -> str:
    """The same secret under the newest key; raises KeyLost where none fits any more."""
    try:
        return _keys().rotate(token.encode()).decode()
    except InvalidToken:
        raise KeyLost from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
