"""The base URL of a WHMCS installation, from whatever address an operator pasted."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import idna

from billing.errors import marked as _

ENDPOINT = "/includes/api.php"
# Usual https ports of control panels and proxies (cPanel, Plesk, Cloudflare). On any other port there could be an
# internal service of our network, so the deployer has to name such a host in WHMCS_TRUSTED_HOSTS.
PORTS = frozenset({443, 2053, 2083, 2087, 2096, 4443, 8443})
_DEFAULT_PORTS = {"https": 443, "http": 80}
# A pasted path may end with these folders of WHMCS, which are not part of its base URL.
_PAGES = frozenset({"admin", "includes", "login"})
_PRIVATE_SUFFIXES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_PATH = re.compile(r"[A-Za-z0-9._~/-]*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class InvalidBaseUrl(ValueError):
    """The text can't be used as a base URL. `args` are sentences for a form: why not, and what to do."""

    def __str__(self) -> str:
        return " ".join(self.args)


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """Where WHMCS is installed, normalised: `https://billing.example.com/clients`, without a slash at the end."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str, trusted_hosts: Collection[str] | None = None) -> Self:
        """Read what an operator pasted. With `trusted_hosts` also refuse URLs that we may not connect to.

        The address of the API, of the admin area or of a page such as `/clientarea.php?action=...` is reduced to the
        base URL. Raises InvalidBaseUrl.
        """
        text = text.strip()
        _refuse_trickery(text)
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise InvalidBaseUrl(_("The base URL has an impossible host or port.")) from None
        if parts.scheme not in _DEFAULT_PORTS or "://" not in text:
            raise InvalidBaseUrl(_("The base URL has to begin with https://, such as https://billing.example.com."))
        if "@" in parts.netloc:
            raise InvalidBaseUrl(_("The base URL must not contain a user name or password (an @ before the path)."))
        if not re.fullmatch(r"[A-Za-z0-9_-]*", parts.fragment):
            raise InvalidBaseUrl(_("Remove the # and what follows it from the base URL."))
        if port == 0 or parts.netloc.endswith(":"):
            raise InvalidBaseUrl(_("The base URL has an impossible host or port."))
        host = _parse_host(parts.hostname or "")
        url = cls(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], _parse_path(parts.path))
        if trusted_hosts is not None:
            url.ensure_allowed(trusted_hosts)
        return url

    def ensure_allowed(self, trusted_hosts: Collection[str]) -> None:
        """Refuse what only the deployer may allow: plain http, IP addresses, names of private networks, odd ports.

        A name may still resolve to a private address; connecting checks that. Raises InvalidBaseUrl.
        """
        if is_trusted(self.host, trusted_hosts):
            return
        remedy = _("Whoever deploys Ticketz can allow it by naming the host in WHMCS_TRUSTED_HOSTS.")
        if self.scheme != "https":
            cause = _("The base URL has to begin with https://, or the API secret could be read.")
            raise InvalidBaseUrl(cause, _("Enter one that begins with https://."), remedy)
        if _as_address(self.host) is not None:
            raise InvalidBaseUrl(_("The base URL has to hold a host name instead of a bare address."), remedy)
        if "." not in self.host or self.host.rpartition(".")[2] in _PRIVATE_SUFFIXES:
            raise InvalidBaseUrl(_("The host of the base URL is a name of a private network."), remedy)
        if self.port not in PORTS:
            raise InvalidBaseUrl(_("The port of the base URL is none of those that usually serve https."), remedy)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what the API secret is bound to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def endpoint(self) -> str:
        """Where calls are posted to."""
        return f"{self}{ENDPOINT}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def is_trusted(host: str, trusted_hosts: Collection[str]) -> bool:
    """Whether the deployer named this host as one that may be private or use plain http."""
    return host in {name.strip().strip("[]").lower() for name in trusted_hosts}


def _refuse_trickery(text: str) -> None:
    """Refuse characters that parsers read differently, so that one sees another host than the next."""
    if not text:
        raise InvalidBaseUrl(_("Enter the base URL, such as https://billing.example.com."))
    if len(text) > 2000:
        raise InvalidBaseUrl(_("The base URL is too long."))
    if any(ord(char) <= 0x20 or ord(char) == 0x7F or char.isspace() or not char.isprintable() for char in text):
        raise InvalidBaseUrl(_("The base URL contains a space or an invisible character."))
    if "\\" in text:
        raise InvalidBaseUrl(_("The base URL contains a backslash; use / instead."))


def _parse_host(text: str) -> str:
    if ":" in text or _as_address(text) is not None:
        address = _as_address(text)
        if address is None or getattr(address, "scope_id", None):
            raise InvalidBaseUrl(_("The base URL has an impossible host or port."))
        return str(address)
    try:
        host = idna.encode(text, uts46=True).decode() if not text.isascii() else text
    except idna.IDNAError:
        host = ""
    labels = host.split(".")
    # 127.1, 2130706433 and 0x7f.1 are addresses to some programs and names to others.
    if len(host) > 253 or _NUMBER.fullmatch(labels[-1]) or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidBaseUrl(_("The base URL has no usable host name, such as billing.example.com."))
    return host


def _as_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parse_path(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise InvalidBaseUrl(_("The path of the base URL contains a character that can't be part of it."))
    segments: list[str] = []
    for segment in filter(None, path.split("/")):
        if segment in {".", ".."}:
            raise InvalidBaseUrl(_("The path of the base URL must not contain . or .. as a part."))
        if segment.lower().endswith(".php"):
            break
        segments.append(segment)
    while segments and segments[-1].lower() in _PAGES:
        segments.pop()
    return "".join(f"/{segment}" for segment in segments)
