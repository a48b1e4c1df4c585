"""One POST to WHMCS: bounded in time and size, leaving nothing behind, never following anything."""

import html
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from time import time
from typing import NamedTuple
from urllib.parse import quote, quote_plus, urlencode

import requests
import urllib3

from billing.errors import ErrorCode, GatewayProtocolError, GatewayUnavailable
from billing.whmcs.addresses import AddressGuard
from billing.whmcs.connections import GuardedAdapter
from billing.whmcs.deadline import Deadline, running
from billing.whmcs.failures import network_error
from billing.whmcs.headers import clock_difference
from billing.whmcs.secret_text import SecretText
from billing.whmcs.url import BaseUrl

# Most pages come in one piece of this size, and no answer unpacks to more than one such piece too many.
_CHUNK = 2**20


class Answer(NamedTuple):
    """What came back, unjudged. `location` and `retry_after` are the headers as sent, "" where absent.

    `clock_difference` is how many seconds the server's clock (the header Date) is ahead of ours, None where it says
    nothing that can be read.
    """

    status: int
    body: bytes
    location: str
    retry_after: str
    clock_difference: float | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What is sent with each call to prove who we are (WHMCS developer docs, "Authentication" and "Access Control").

    `access_key` is `$api_access_key` of WHMCS's configuration.php, which lifts its IP restriction.
    """

    identifier: str
    secret: SecretText
    access_key: SecretText | None

    def scrub(self, text: str) -> str:
        """Strike all of this from a text of WHMCS's, which may have escaped it, before anybody sees it."""
        text = html.unescape(text)
        for secret in (self.identifier, self.secret.reveal(), self.access_key.reveal() if self.access_key else ""):
            for form in filter(None, {secret, quote(secret, safe=""), quote_plus(secret)}):
                text = text.replace(form, "***")
        return text

    def as_form(self) -> dict[str, str]:
        form = {"identifier": self.identifier, "secret": self.secret.reveal()}
        return form if self.access_key is None else form | {"accesskey": self.access_key.reveal()}


class Transport:
    """Sends forms to one endpoint. Safe to use from several threads; connections are reused.

    There is no `requests.Session`: what it adds to its adapter costs as much as all the rest of a call, and none of it
    is wanted. Redirects, cookies, .netrc and proxies from the environment do not exist here.
    """

    def __init__(
        self,
        base_url: BaseUrl,
        credentials: Credentials,
        *,
        trusted_hosts: Collection[str],
        deadline_seconds: float,
        max_bytes: int,
        pool_size: int,
        user_agent: str,
        ca_bundle: str | None,
    ) -> None:
        base_url.ensure_allowed(trusted_hosts)
        self._host = base_url.host
        self._credentials = credentials
        self._deadline_seconds = deadline_seconds
        self._max_bytes = max_bytes
        self._adapter = GuardedAdapter(AddressGuard(trusted_hosts), pool_size=pool_size)
        self._verify = ca_bundle or True
        headers = {
            "User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        self._request = requests.Request("POST", base_url.endpoint, headers=headers).prepare()

    def fetch(self, form: Mapping[str, str]) -> Answer:
        """Post a form with the credentials added and read the answer, whatever it is.

        Raises GatewayUnavailable, GatewayDenied (TLS, address), or GatewayProtocolError (too large).
        """
        deadline = Deadline(self._deadline_seconds)
        began = time()
        try:
            with running(deadline), self._post(form) as response:
                halfway = (began + time()) / 2
                return Answer(
                    response.status_code,
                    self._read(response, deadline),
                    response.headers.get("Location", ""),
                    response.headers.get("Retry-After", ""),
                    clock_difference(response.headers.get("Date", ""), at=halfway),
                )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise network_error(error, self._host, deadline) from error

    def shorten(self, seconds: float) -> None:
        """Give each call from now on at most this long."""
        self._deadline_seconds = min(self._deadline_seconds, seconds)

    def drop_connections(self) -> None:
        """Make the next call open a new connection: some firewalls refuse one connection for ever."""
        self._adapter.drop_connections()

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _post(self, form: Mapping[str, str]) -> requests.Response:
        request = self._request.copy()
        # In one expression, so that the secret stands in no variable that an error page could show.
        request.prepare_body(urlencode({**form, **self._credentials.as_form()}), None)
        return self._adapter.send(request, stream=True, verify=self._verify)

    def _read(self, response: requests.Response, deadline: Deadline) -> bytes:
        """The decompressed body, of which never more than `max_bytes` and one piece are held."""
        pieces, size = [], 0
        try:
            while piece := response.raw.read(_CHUNK, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                deadline.remaining()
                if size > self._max_bytes:
                    raise GatewayProtocolError(ErrorCode.TOO_LARGE, max_bytes=str(self._max_bytes))
        except (urllib3.exceptions.DecodeError, zlib.error) as error:
            raise GatewayUnavailable(ErrorCode.TRUNCATED) from error
        return b"".join(pieces)
