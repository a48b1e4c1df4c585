"""What every answer carries: headers, the number under which logs tell of it, and a page where Django has none."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from ticketz.logs.context import enter_request

GetResponse = Callable[[HttpRequest], HttpResponse]


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
