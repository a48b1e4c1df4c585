"""Whose request a page of the administration answers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from companies.models import User


def operator_of(request: HttpRequest) -> User:
    """The operator who sent `request`; `AdminSite.admin_view` has made sure that somebody did."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
