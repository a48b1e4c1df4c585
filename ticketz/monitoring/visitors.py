"""Who may read details: callers with the monitoring token, and signed-in operators."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from companies.second_factor.requirement import may_act_as_operator

SCHEME = "bearer"


def shows_token(request: HttpRequest) -> bool:
    """Whether the request has `MONITORING_TOKEN` as `Authorization: Bearer`. Never, if none is configured."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if not settings.MONITORING_TOKEN or scheme.lower() != SCHEME:
        return False
    return constant_time_compare(shown.strip(), settings.MONITORING_TOKEN)


def may_read_details(request: HttpRequest) -> bool:
    """Without a token it uses the database, so call it only if the database works."""
    return shows_token(request) or may_act_as_operator(request)
