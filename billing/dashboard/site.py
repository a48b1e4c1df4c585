"""Whether the links in mails lead to where the operator is: `SITE_URL` is easily forgotten."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from billing.dashboard.health import Level
from billing.dashboard.lines import Line
from companies.hosts import is_this_machine


def site_lines(opened_at: str, site_url: str) -> list[Line]:
    """A warning where `site_url` is this machine and the page was opened from another one, at the URL `opened_at`."""
    opened, linked = urlsplit(opened_at), urlsplit(site_url)
    if not is_this_machine(linked.hostname) or is_this_machine(opened.hostname):
        return []
    text = _(
        "Links in mails and invitations lead to %(site)s, which nobody else can open. "
        "Set SITE_URL to the public address, such as %(opened)s, and restart Ticketz."
    )
    origin = f"{opened.scheme}://{opened.netloc}"
    return [Line(Level.WARN, text % {"site": site_url, "opened": origin})]
