"""What every answer carries: headers, the number under which logs tell of it, and a page where Django has none."""

from collections.abc import Callable

from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from ticketz.logs.context import enter_request

GetResponse = Callable[[HttpRequest], HttpResponse]

# What SQLite says to a number that is too large for it, and PostgreSQL to a text with a NUL character.
_IMPOSSIBLE = ("too large to convert to SQLite INTEGER", "cannot contain NUL")


def security_headers(get_response: GetResponse) -> GetResponse:
    """Content-Security-Policy from `SECURE_CSP`, and no caching of pages that belong to a signed-in person."""
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def request_ids(get_response: GetResponse) -> GetResponse:
    """Give each request a number: lines of the log have it, and so has the answer, as `X-Request-ID`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = enter_request(request)
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response

    return middleware


def page_of_a_button(get_response: GetResponse) -> GetResponse:
    """Lead back whoever opens the address of a button, as by loading it anew: Django's own answer is a blank page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "GET" or not isinstance(response, HttpResponseNotAllowed):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return middleware


def impossible_values(get_response: GetResponse) -> GetResponse:
    """Where an address names what no row can hold, answer as to one that names what is not there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OverflowError | ValueError | DataError) and any(w in str(error) for w in _IMPOSSIBLE):
            return response_for_exception(request, Http404())
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
