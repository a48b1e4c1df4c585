"""One POST to WHMCS: limited in time and size, without cookies, redirects or proxies."""

import zlib
from collections.abc import Collection, Mapping
from time import time
from typing import NamedTuple
from urllib.parse import urlencode

import requests
import urllib3

from billing.errors import ErrorCode, GatewayProtocolError, GatewayUnavailable
from billing.whmcs.addresses import AddressGuard
from billing.whmcs.connections import GuardedAdapter
from billing.whmcs.credentials import Credentials
from billing.whmcs.deadline import Deadline, running
from billing.whmcs.failures import network_error
from billing.whmcs.headers import clock_difference
from billing.whmcs.url import BaseUrl

# Most pages fit into one chunk, and a decompression bomb is stopped one chunk after the limit.
_CHUNK = 2**20
# As many as a run makes at a time: clients, a few ahead of them, pages, and the end of the list.
_CONNECTIONS = 32 + 4 + 4


class Answer(NamedTuple):
    """The raw answer. `location` and `retry_after` are the headers as sent, "" if absent.

    `clock_difference` is how many seconds the server's clock (header `Date`) is ahead of ours, None if unreadable.
    """

    status: int
    body: bytes
    location: str
    retry_after: str
    clock_difference: float | None = None


class Destination(NamedTuple):
    """Which server is called.

    `trusted_hosts` may be private addresses or use plain http. `ca_bundle` replaces the public certificate authorities.
    """

    base_url: BaseUrl
    trusted_hosts: Collection[str] = ()
    ca_bundle: str | None = None


class Limits(NamedTuple):
    """The most time that one attempt may take, and the most bytes of its decompressed answer."""

    seconds: float = 30.0
    max_bytes: int = 10 * 2**20


class Transport:
    """Sends forms to one endpoint. Safe to use from several threads; connections are reused.

    It uses the adapter of `requests` without a `Session`, which would double the cost of a call and add what is not
    wanted here: redirects, cookies, .netrc, and proxies from the environment.
    """

    def __init__(self, destination: Destination, credentials: Credentials, limits: Limits, *, user_agent: str) -> None:
        base_url, trusted_hosts, ca_bundle = destination
        base_url.ensure_allowed(trusted_hosts)
        self._host = base_url.host
        self._credentials = credentials
        self._limits = limits
        self._adapter = GuardedAdapter(AddressGuard(trusted_hosts), pool_size=_CONNECTIONS)
        self._verify = ca_bundle or True
        headers = {
            "User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip",
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        self._request = requests.Request("POST", base_url.endpoint, headers=headers).prepare()

    def fetch(self, form: Mapping[str, str]) -> Answer:
        """Post a form with the credentials added, and read the answer, whatever it is.

        Raises GatewayUnavailable, GatewayDenied (TLS, address), or GatewayProtocolError (too large).
        """
        deadline = Deadline(self._limits.seconds)
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
        # http.client raises ValueError for a chunk of negative length.
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise network_error(error, self._host, deadline) from error

    def shorten(self, seconds: float) -> None:
        """Limit each further call to at most this many seconds."""
        self._limits = self._limits._replace(seconds=min(self._limits.seconds, seconds))

    def drop_connections(self) -> None:
        """Make the next call open a new connection: some firewalls keep refusing on an old one."""
        self._adapter.drop_connections()

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _post(self, form: Mapping[str, str]) -> requests.Response:
        request = self._request.copy()
        # One expression, so that no variable holds the secret where an error page could show it.
        request.prepare_body(urlencode({**form, **self._credentials.as_form()}), None)
        return self._adapter.send(request, stream=True, verify=self._verify)

    def _read(self, response: requests.Response, deadline: Deadline) -> bytes:
        """The decompressed body. Never more than the limit and one chunk are in memory."""
        pieces, size, max_bytes = [], 0, self._limits.max_bytes
        try:
            while piece := response.raw.read(_CHUNK, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                deadline.remaining()
                if size > max_bytes:
                    raise GatewayProtocolError(ErrorCode.TOO_LARGE, max_bytes=str(max_bytes))
        except (urllib3.exceptions.DecodeError, zlib.error) as error:
            raise GatewayUnavailable(ErrorCode.TRUNCATED) from error
        return b"".join(pieces)
