"""Middleware for all responses: security headers, request ids, and friendlier answers than Django's in two cases."""

from collections.abc import Callable

from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from ticketz.logs.context import enter_request

GetResponse = Callable[[HttpRequest], HttpResponse]

# SQLite's error for a number that is too large, and PostgreSQL's for a text with a NUL character.
_IMPOSSIBLE = ("too large to convert to SQLite INTEGER", "cannot contain NUL")


def security_headers(get_response: GetResponse) -> GetResponse:
    """Adds the Content-Security-Policy from `SECURE_CSP`, and forbids caching of signed-in people's pages."""
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def request_ids(get_response: GetResponse) -> GetResponse:
    """Give each request an id, for log lines and the response header `X-Request-ID`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = enter_request(request)
        response = get_response(request)
        response.headers["X-Request-ID"] = request_id
        return response

    return middleware


def page_of_a_button(get_response: GetResponse) -> GetResponse:
    """Redirect a GET of a POST-only URL (such as a reload) to its page, instead of Django's blank 405 page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method != "GET" or not isinstance(response, HttpResponseNotAllowed):
            return response
        page = render(request, "405.html", status=405)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    return middleware


def impossible_values(get_response: GetResponse) -> GetResponse:
    """Answer 404 if a URL holds a value that no row can have, such as a number that is too large."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OverflowError | ValueError | DataError) and any(w in str(error) for w in _IMPOSSIBLE):
            return response_for_exception(request, Http404())
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
