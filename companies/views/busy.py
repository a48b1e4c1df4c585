"""The page for a request that could not hash a password because the server is busy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from companies.authentication.hashing_turns import taking_turns
from companies.authentication.turns import Busy
from companies.forms.again import AgainForm

RETRY_AFTER_SECONDS = 3


class TurnsMiddleware:
    """Makes password hashing take turns during a request, and shows a page if it was refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with taking_turns():
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page with the typed values, except passwords."""
        if not isinstance(exception, Busy):
            return None
        answer = render(request, "companies/busy.html", {"form": AgainForm(request.POST)}, status=503)
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return answer
