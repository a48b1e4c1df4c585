"""Connects to a server step by step (addresses, connection, TLS) to find the step that fails. Sends nothing.

A call does the same at once (`connections`), so its error names only the last thing that failed.
"""

import socket
import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from billing.errors import BillingError, ErrorCode, GatewayDenied
from billing.whmcs.addresses import AddressGuard
from billing.whmcs.certificate import Certificate, Flaw, decide_flaws
from billing.whmcs.connections import tls_context
from billing.whmcs.deadline import Deadline, open_connection
from billing.whmcs.failures import network_error
from billing.whmcs.url import BaseUrl

# OpenSSL's reasons when the answer is not TLS, mostly because it is plain http.
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
_TOO_OLD = ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "HANDSHAKE_FAILURE", "NO_PROTOCOLS_AVAILABLE")


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    """The certificate of a server, and why it is not trusted; without flaws it is."""

    certificate: Certificate
    flaws: Sequence[Flaw] = ()


class ConnectionProbe:
    """Probes one base URL. Its methods raise GatewayUnavailable and GatewayDenied, as a call does."""

    def __init__(
        self, url: BaseUrl, *, trusted_hosts: Collection[str], deadline: Deadline, ca_bundle: str | None = None
    ) -> None:
        self._url = url
        self._guard = AddressGuard(trusted_hosts)
        self._deadline = deadline
        self._ca_bundle = ca_bundle or str(DEFAULT_CA_BUNDLE_PATH)
        self._addresses: list[str] = []

    def fetch_addresses(self) -> list[str]:
        """Resolve the host to addresses that we may connect to. Call it first."""
        try:
            self._addresses = self._guard.fetch_addresses(self._url.host, self._url.port, self._deadline)
        except OSError as error:
            raise network_error(error, self._url.host, self._deadline) from error
        return self._addresses

    def fetch_peer(self) -> str:
        """The address that accepts a connection."""
        with self._connection() as plain:
            return str(plain.getpeername()[0])

    def fetch_certificate(self) -> CheckedCertificate:
        """The server's certificate and its flaws. Raises GatewayDenied if the TLS handshake fails otherwise."""
        try:
            return CheckedCertificate(self._fetch_certificate(verified=True))
        except ssl.SSLCertVerificationError as refused:
            # Connect once more without verification, only to read the refused certificate.
            certificate = self._fetch_certificate(verified=False)
            flaws = decide_flaws(certificate, self._url.host, refused.verify_code, datetime.now(UTC))
            return CheckedCertificate(certificate, flaws)

    def speaks_tls(self) -> bool:
        """Whether the port speaks TLS, with a trusted certificate or not."""
        try:
            self._fetch_certificate(verified=False)
        except (BillingError, OSError):
            return False
        return True

    def _fetch_certificate(self, *, verified: bool) -> Certificate:
        context = self._context(verified=verified)
        with self._connection() as plain:
            try:
                with context.wrap_socket(plain, server_hostname=self._url.host) as secured:
                    return Certificate.parse(secured.getpeercert(binary_form=True) or b"")
            except ssl.SSLCertVerificationError:
                raise
            except ssl.SSLError as error:
                raise self._denied(error) from None
            except (OSError, ValueError) as error:
                raise network_error(error, self._url.host, self._deadline) from error

    def _context(self, *, verified: bool) -> ssl.SSLContext:
        context = tls_context()
        context.load_verify_locations(self._ca_bundle)
        if not verified:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _denied(self, error: ssl.SSLError) -> GatewayDenied:
        reason = (error.reason or "").upper()
        if any(word in reason for word in _NO_TLS):
            return GatewayDenied(ErrorCode.NO_TLS, host=self._url.host, port=str(self._url.port))
        if any(word in reason for word in _TOO_OLD):
            return GatewayDenied(ErrorCode.OLD_TLS, host=self._url.host)
        return GatewayDenied(ErrorCode.TLS, host=self._url.host, reason=error.reason or type(error).__name__)

    @contextmanager
    def _connection(self) -> Iterator[socket.socket]:
        try:
            plain = open_connection(self._addresses, self._url.port, self._deadline)
        except OSError as error:
            raise network_error(error, self._url.host, self._deadline) from error
        with plain:
            yield plain
