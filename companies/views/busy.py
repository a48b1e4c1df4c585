"""The page for whoever can't have their password looked at just now, because too many others are before them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from companies.authentication.hashing_turns import taking_turns
from companies.authentication.turns import Busy
from companies.forms.again import AgainForm

RETRY_AFTER_SECONDS = 3


class TurnsMiddleware:
    """Has passwords take turns during a request, and answers for a view that was turned away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with taking_turns():
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that keeps what was typed, except passwords."""
        if not isinstance(exception, Busy):
            return None
        answer = render(request, "companies/busy.html", {"form": AgainForm(request.POST)}, status=503)
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer
