"""Where passkeys work: they belong to the host of `SITE_URL`, never to the Host header of a request."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest

from companies.hosts import LOCALHOST, is_number, is_this_machine


def can_use_passkeys(request: HttpRequest) -> bool:
    """Whether browsers allow passkeys on this page: on the right host, over https or on localhost."""
    host = urlsplit(f"//{request.get_host()}").hostname
    return host == host_of_passkeys() and (request.is_secure() or host == LOCALHOST) and not is_number(host)


def address_for_passkeys() -> str:
    """The address where passkeys can be used instead; "" if there is none, because `SITE_URL` is not https."""
    site = urlsplit(settings.SITE_URL)
    if is_this_machine(site.hostname):
        return urlunsplit(site._replace(netloc=f"{LOCALHOST}:{site.port}" if site.port else LOCALHOST))
    return settings.SITE_URL if site.scheme == "https" and not is_number(site.hostname) else ""


def host_of_passkeys() -> str:
    """The host for passkeys. Browsers refuse IP addresses, and on this machine they accept only "localhost"."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return LOCALHOST if is_this_machine(host) else host
