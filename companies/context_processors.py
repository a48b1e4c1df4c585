"""Default values for variables that templates use on every page.

Without a default, Django logs a missing variable together with the whole context, which may hold personal data.
"""

from django.http import HttpRequest


def page_defaults(request: HttpRequest) -> dict[str, bool]:
    """`is_shown_once`: the page shows a secret only once, so it must offer nothing that reloads it."""
    return {"is_shown_once": False}
