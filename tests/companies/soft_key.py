"""A security key made of software: what a browser would send, and what only a thief's would."""

import hashlib
import json
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from companies.models import User
from tests.companies.factors import OVERVIEW

FLAG = AuthenticatorData.FLAG
NONE = FLAG(0)
LOGIN = "/accounts/login/passkey/"


class SoftKey:
    """One key pair. `is_verified` is whether it asked for a fingerprint or a PIN, `origin` where it believes to be."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.origin = "http://localhost"
        self.host = "localhost"
        self.is_verified = True

    def register(self, client: Client, *, alone: bool = True, name: str = "Key") -> Any:
        """Add it to the account that this client is signed in to."""
        options = client.get(f"{OVERVIEW}passkeys/add/").context["js_data"]["creation_options"]["publicKey"]
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        known = AttestedCredentialData.create(b"\0" * 16, self._id, public)
        told = self._told(FLAG.AT, known)
        client_data = self._client_data(CollectedClientData.TYPE.CREATE, options["challenge"])
        response = {"attestationObject": websafe_encode(AttestationObject.create("none", told, {}))}
        credential = self._credential(client_data, response) | {"clientExtensionResults": {"credProps": {"rk": True}}}
        typed = {"name": name, "credential": json.dumps(credential)} | ({"passwordless": "on"} if alone else {})
        return client.post(f"{OVERVIEW}passkeys/add/", typed)

    def answer(self, options: Any, user: User) -> str:
        """What it says to a question, as somebody who claims to be `user`."""
        client_data = self._client_data(CollectedClientData.TYPE.GET, options["publicKey"]["challenge"])
        told = self._told()
        signature = self._key.sign(told + client_data.hash, ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": websafe_encode(told),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(user_pk_to_url_str(user).encode()),
        }
        return json.dumps(self._credential(client_data, response))

    def sign_in_alone(self, client: Client, user: User, **typed: str) -> Any:
        options = client.get(LOGIN).json()["request_options"]
        return client.post(LOGIN, {"credential": self.answer(options, user), **typed})

    @property
    def _id(self) -> bytes:
        return hashlib.sha256(repr(self._key.public_key().public_numbers()).encode()).digest()

    def _told(self, more: FLAG = NONE, known: bytes = b"") -> AuthenticatorData:
        flags = FLAG.UP | more | (FLAG.UV if self.is_verified else NONE)
        told: AuthenticatorData = AuthenticatorData.create(hashlib.sha256(self.host.encode()).digest(), flags, 0, known)
        return told

    def _client_data(self, kind: str, challenge: Any) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _credential(self, client_data: CollectedClientData, response: dict[str, str]) -> dict[str, Any]:
        known = {"clientDataJSON": websafe_encode(client_data), **response}
        return {
            "id": websafe_encode(self._id),
            "rawId": websafe_encode(self._id),
            "type": "public-key",
            "response": known,
        }
