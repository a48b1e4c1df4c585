"""Who may read more than one word: whoever shows the token of monitoring, and signed-in operators."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from companies.second_factor.requirement import may_act_as_operator

SCHEME = "bearer"


def shows_token(request: HttpRequest) -> bool:
    """Whether the request carries `MONITORING_TOKEN` as `Authorization: Bearer`. Where none is set, none fits."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if not settings.MONITORING_TOKEN or scheme.lower() != SCHEME:
        return False
    return constant_time_compare(shown.strip(), settings.MONITORING_TOKEN)


def may_read_details(request: HttpRequest) -> bool:
    """Asks the database where there is no token: only for when that answers."""
    return shows_token(request) or may_act_as_operator(request)
