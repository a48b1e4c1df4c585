"""Can WHMCS be reached? Checks the base URL, its addresses, the connection and the certificate. Sends nothing."""

import ipaddress
from collections.abc import Generator, Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from billing.doctor.codes import Check, Code
from billing.doctor.findings import Finding, failed, ok, problem, warning
from billing.errors import BillingError
from billing.whmcs import BaseUrl, CheckedCertificate, ConnectionProbe, Deadline, InvalidBaseUrl
from billing.wording.errors import translated_parts

ENDS_SOON = timedelta(days=14)
# A firewall that drops packets must leave time to show the result.
PROBE_SECONDS = 15.0
Findings = Generator[Finding, None, bool]


def check_base_url(text: str) -> Finding | BaseUrl:
    """The parsed base URL, or what is wrong with it."""
    try:
        return BaseUrl.parse(text, trusted_hosts=settings.WHMCS_TRUSTED_HOSTS)
    except InvalidBaseUrl as error:
        remedy = translated_parts(error.args[1:]) or _("Correct the base URL in the gateway's form.")
        return problem(Check.BASE_URL, Code.URL_REFUSED, cause=translated_parts(error.args[:1]), remedy=remedy)


def try_connection(url: BaseUrl, deadline: Deadline) -> Findings:
    """Yield the findings; return whether WHMCS may be called."""
    in_time = Deadline(min(PROBE_SECONDS, deadline.remaining()))
    probe = ConnectionProbe(url, trusted_hosts=settings.WHMCS_TRUSTED_HOSTS, deadline=in_time)
    check = Check.NAME
    try:
        addresses = probe.fetch_addresses()
        yield ok(check, Code.NAME_RESOLVED, host=url.host, addresses=", ".join(addresses))
        check = Check.CONNECTION
        peer = probe.fetch_peer()
        yield ok(check, Code.CONNECTED, address=peer, port=url.port)
        check = Check.CERTIFICATE
        finding = _certificate(probe.fetch_certificate(), url.host) if url.scheme == "https" else _plain(peer)
        yield finding
    except BillingError as error:
        yield failed(check, error)
        return False
    return not finding.stops


def expects_https(url: BaseUrl, deadline: Deadline) -> Iterator[Finding]:
    """A finding if plain http failed because the server speaks TLS on that port."""
    probe = ConnectionProbe(url, trusted_hosts=settings.WHMCS_TRUSTED_HOSTS, deadline=deadline)
    try:
        probe.fetch_addresses()
        if probe.speaks_tls():
            yield problem(Check.CERTIFICATE, Code.HTTPS_EXPECTED, host=url.host, port=url.port)
    except BillingError:
        return


def _plain(peer: str) -> Finding:
    is_here = ipaddress.ip_address(peer.partition("%")[0]).is_loopback
    return ok(Check.CERTIFICATE, Code.PLAIN_HTTP_HERE) if is_here else warning(Check.CERTIFICATE, Code.PLAIN_HTTP)


def _certificate(checked: CheckedCertificate, host: str) -> Finding:
    """One finding for all its flaws: the code of the first one, and the texts of all."""
    certificate = checked.certificate
    params = {
        "host": host, "names": ", ".join(certificate.names[:5]) or "–",
        "since": _day(certificate.valid_from), "until": _day(certificate.valid_until),
    }  # fmt: skip
    codes = [Code(flaw.value) for flaw in checked.flaws]
    if codes:
        first, *rest = (problem(Check.CERTIFICATE, code, **params) for code in codes)
        return first.joined(rest)
    if certificate.valid_until - datetime.now(UTC) < ENDS_SOON:
        return warning(Check.CERTIFICATE, Code.CERTIFICATE_ENDS_SOON, **params)
    return ok(Check.CERTIFICATE, Code.CERTIFICATE_GOOD, **params)


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
