"""Shows refusals (CompanyError) to people, the same way for all buttons."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from companies.authorization.tenancy import CompanyRequest
from companies.errors import CompanyError, NotAllowed


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """Run the block. If something in it is refused, show the reason on the next page.

    Raises PermissionDenied if they may not do it at all.
    """
    try:
        yield
    except NotAllowed as error:
        raise PermissionDenied from error
    except CompanyError as error:
        messages.error(request, str(error))


class Gone(Exception):
    """No row of the company has this key, perhaps because somebody else has just removed it."""


def gone_told(view: Callable[[CompanyRequest, str], HttpResponse]) -> Callable[[CompanyRequest, str], HttpResponse]:
    """Explain that the person is gone, and redirect to the list."""

    @wraps(view)
    def told(request: CompanyRequest, key: str) -> HttpResponse:
        try:
            return view(request, key)
        except Gone:
            return render(request, "companies/gone.html", status=404)

    return told
