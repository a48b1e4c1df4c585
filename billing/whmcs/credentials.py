"""Who Ticketz is to WHMCS, and how that stays unseen."""

from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from billing.whmcs.entities import unescape
from billing.whmcs.secret_text import SecretText


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What is sent with each call to prove who we are (WHMCS developer docs, "Authentication")."""

    identifier: str
    secret: SecretText

    def scrub(self, text: str) -> str:
        """Strike all of this from a text of WHMCS's, which may have escaped it, before anybody sees it."""
        text = unescape(text)
        for secret in (self.identifier, self.secret.reveal()):
            for form in filter(None, {secret, quote(secret, safe=""), quote_plus(secret)}):
                text = text.replace(form, "***")
        return text

    def as_form(self) -> dict[str, str]:
        return {"identifier": self.identifier, "secret": self.secret.reveal()}
