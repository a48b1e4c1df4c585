"""Everything that is wrong with a server's certificate, while OpenSSL reports only the first problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from cryptography import x509

# OpenSSL's verify codes (x509_vfy.h).
_NAME_MISMATCH = frozenset({62, 64})
_UNTRUSTED_ISSUER = frozenset({2, 19, 20, 21, 27})


class Flaw(StrEnum):
    """Why a certificate is not trusted."""

    EXPIRED = "certificate_expired"
    NOT_YET_VALID = "certificate_not_yet_valid"
    WRONG_NAME = "certificate_wrong_name"
    SELF_SIGNED = "certificate_self_signed"
    UNKNOWN_AUTHORITY = "certificate_unknown_authority"
    REFUSED = "certificate_refused"


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a server; `names` are the host names and addresses that it is valid for."""

    valid_from: datetime
    valid_until: datetime
    names: tuple[str, ...]
    is_self_signed: bool

    @classmethod
    def parse(cls, encoded: bytes) -> Self:
        """Read a certificate in DER. Raises ValueError."""
        found = x509.load_der_x509_certificate(encoded)
        return cls(found.not_valid_before_utc, found.not_valid_after_utc, _names(found), found.issuer == found.subject)

    def is_for(self, host: str) -> bool:
        """Whether it is valid for this host; `*.example.com` covers `shop.example.com` but no deeper name."""
        wanted = {host.lower(), f"*.{host.lower().partition('.')[2]}"}
        return any(name.lower() in wanted for name in self.names)


def decide_flaws(certificate: Certificate, host: str, verify_code: int, now: datetime) -> Sequence[Flaw]:
    """Every flaw of a certificate that OpenSSL refused with `verify_code`."""
    flaws = {
        Flaw.EXPIRED: now > certificate.valid_until,
        Flaw.NOT_YET_VALID: now < certificate.valid_from,
        Flaw.WRONG_NAME: verify_code in _NAME_MISMATCH or not certificate.is_for(host),
        Flaw.SELF_SIGNED: certificate.is_self_signed,
        Flaw.UNKNOWN_AUTHORITY: verify_code in _UNTRUSTED_ISSUER and not certificate.is_self_signed,
    }
    return [flaw for flaw, applies in flaws.items() if applies] or [Flaw.REFUSED]


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    return (*names.get_values_for_type(x509.DNSName), *addresses)
