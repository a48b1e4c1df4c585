"""A base class for middleware about signed-in people."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from companies.authorization.gates import Gate, gate_of
from companies.models import User


class SignedInMiddleware:
    """Calls `look` before the view if somebody is signed in. Skips public pages, which must work without a database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> None:
        if gate_of(view) is not Gate.PUBLIC and isinstance(request.user, User):
            self.look(request, request.user)

    def look(self, request: HttpRequest, user: User) -> None:
        """What to do about the person."""
        raise NotImplementedError
