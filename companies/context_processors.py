"""What every page may ask for, so that no template looks for a name that is not there.

Django would log, with such a name, all that the page was made of.
"""

from django.http import HttpRequest


def page_defaults(request: HttpRequest) -> dict[str, bool]:
    """`is_shown_once`: the page shows what can't be shown again, so nothing on it leads back to it."""
    return {"is_shown_once": False}
