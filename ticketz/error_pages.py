"""The page for internal errors in production, and safe error reports in development."""

import logging
import sys
from collections.abc import ItemsView
from types import FrameType

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.debug import SafeExceptionReporterFilter

from companies.brand.current import known_brand
from companies.database.unwritable import can_write, unwritable_cause

_LATER = {"Retry-After": "120"}


logger = logging.getLogger(__name__)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page. It uses neither the database nor the session, because they may be the cause."""
    if cause := unwritable_cause(sys.exc_info()[1]):
        return _nothing_is_saved(str(cause))
    return HttpResponse(render_to_string("500.html", {"brand": known_brand()}), status=500)


def too_often(request: HttpRequest) -> HttpResponse:
    """Somebody tried too often. Who can't be counted is turned away as well: then it is not for their trying."""
    return render(request, "429.html", status=429) if can_write() else _nothing_is_saved("the cache keeps nothing")


def _nothing_is_saved(why: str) -> HttpResponse:
    logger.error("The database can't be written: %s", why)
    return HttpResponse(render_to_string("503.html", {"brand": known_brand()}), status=503, headers=_LATER)


class DiscreetFilter(SafeExceptionReporterFilter):
    """Error reports show where an error happened, but no values of forms or variables.

    Django hides values only by their names, and none with DEBUG. Then a password in `credentials` or in
    a list of parameters would be visible on the page.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        """The names of the sent fields, without values."""
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, str]:
        """The names of a function's variables, without values."""
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
