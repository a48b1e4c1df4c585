"""The page for what went wrong on our side."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from companies.brand.current import known_brand


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks no database and nobody who they are: one of them may be what went wrong."""
    return HttpResponse(render_to_string("500.html", {"brand": known_brand()}), status=500)
