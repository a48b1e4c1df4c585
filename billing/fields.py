"""A column that is encrypted at rest."""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from billing.errors import SecretUnreadable
from billing.whmcs import SecretText
from companies.database.encryption import KeyLost, seal, unseal


class EncryptedSecret:
    """The encrypted value. It prints nothing, and only `reveal` decrypts it."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __repr__(self) -> str:
        return "EncryptedSecret(***)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self.token)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EncryptedSecret) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    @classmethod
    def seal(cls, text: str) -> "EncryptedSecret":
        """Encrypt `text` with the newest of `FIELD_ENCRYPTION_KEYS`."""
        return cls(seal(text) if text else "")

    def reveal(self) -> SecretText:
        """Decrypt the secret. Raises SecretUnreadable."""
        if not self.token:
            return SecretText("")
        try:
            return SecretText(unseal(self.token))
        except KeyLost:
            raise SecretUnreadable from None


class _SealingAttribute(DeferredAttribute):
    """Encrypts on assignment, so that no model instance holds the secret in clear text."""

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = self.field.to_python(value)


class EncryptedTextField(models.TextField[Any, Any]):
    """Stores text as a Fernet token. Assign a `str` to set it; reading gives an `EncryptedSecret`."""

    descriptor_class = _SealingAttribute

    def from_db_value(self, value: str | None, *args: object) -> EncryptedSecret:
        return EncryptedSecret(value or "")

    def to_python(self, value: Any) -> EncryptedSecret:
        return value if isinstance(value, EncryptedSecret) else EncryptedSecret.seal(str(value or ""))

    def get_prep_value(self, value: Any) -> str:
        return self.to_python(value).token

    def value_to_string(self, obj: models.Model) -> str:
        """Keep the secret, even encrypted, out of `dumpdata`."""
        return ""
