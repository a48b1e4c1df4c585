"""Encryption at rest with the keys in `FIELD_ENCRYPTION_KEYS`. A stolen database alone reveals nothing."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyLost(Exception):
    """No configured key decrypts the text."""


def seal(text: str) -> str:
    """Encrypt with the newest key."""
    return _keys().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Decrypt with whichever key fits. Raises KeyLost."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken:
        raise KeyLost from None


def reseal(token: str) -> str:
    """Encrypt the same text again with the newest key. Raises KeyLost."""
    try:
        return _keys().rotate(token.encode()).decode()
    except InvalidToken:
        raise KeyLost from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
