"""One canonical form for e-mail addresses, the same on every database.

Plain Python. Addresses are stored in this form and compared by equality: case-insensitive look-ups differ between
SQLite and PostgreSQL, and both take some foreign letters for ASCII ones.
"""

import re
from functools import lru_cache

import idna

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"(?=.{3,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")


class InvalidEmail(ValueError):
    """The text is not an address that mail can reach and people can sign in with."""


def canonical_email(text: str) -> str:
    """`text` trimmed, its domain in IDNA's ASCII form, all of it in lower case.

    Raises InvalidEmail where there is no such form, for example for a local part that is not ASCII: too many of its
    letters only look like others.
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise InvalidEmail(text)
    try:
        domain = _ascii_domain(domain)
    except idna.IDNAError:
        raise InvalidEmail(text) from None
    if not _DOMAIN.fullmatch(domain) or len(local) + 1 + len(domain) > 254:
        raise InvalidEmail(text)
    return f"{local.lower()}@{domain}"


@lru_cache(maxsize=1024)
def _ascii_domain(domain: str) -> str:
    """The domain in lower-case IDNA form. Cached, because many customers share a few domains."""
    return idna.encode(domain, uts46=True).decode("ascii").lower()
