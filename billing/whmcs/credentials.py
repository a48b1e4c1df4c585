"""The API credentials, and how they stay out of every text."""

from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from billing.whmcs.entities import unescape
from billing.whmcs.secret_text import SecretText


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """Sent with each call (WHMCS developer docs, "Authentication")."""

    identifier: str
    secret: SecretText

    def scrub(self, text: str) -> str:
        """Replace the credentials in a text of WHMCS, also where it escaped them, before anybody sees it."""
        text = unescape(text)
        for secret in (self.identifier, self.secret.reveal()):
            for form in filter(None, {secret, quote(secret, safe=""), quote_plus(secret)}):
                text = text.replace(form, "***")
        return text

    def as_form(self) -> dict[str, str]:
        """The form fields. Holds the secret: keep it in no variable."""
        return {"identifier": self.identifier, "secret": self.secret.reveal()}
