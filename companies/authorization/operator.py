"""The operator of a request in the administration."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from companies.models import User


def operator_of(request: HttpRequest) -> User:
    """The operator who sent the request. `AdminSite.admin_view` has ensured that there is one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
