"""Records in the audit log what the administration refused."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from companies.audit.log import AuditCode, record
from companies.models import User


def record_refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Record each 403 that an operator gets in the administration, after the request's transaction was rolled back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 403 and _is_operator_in_admin(request):
            facts = {"method": request.method or "", "page": escape_uri_path(request.path)[:200]}
            record(AuditCode.ACCESS_DENIED, request=request, details=facts)
        return response

    return middleware


def _is_operator_in_admin(request: HttpRequest) -> bool:
    match = request.resolver_match
    in_admin = match is not None and match.namespaces[:1] == ["admin"]
    return in_admin and isinstance(request.user, User) and request.user.is_staff
