"""What becomes of a refusal, the same for everything that people do with a button."""

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
    """Do the block up to where something in it is refused, and tell the person why on the next page.

    Raises PermissionDenied where they may not do such a thing at all.
    """
    try:
        yield
    except NotAllowed as error:
        raise PermissionDenied from error
    except CompanyError as error:
        messages.error(request, str(error))


class Gone(Exception):
    """No row of the company has this key, perhaps no more: somebody else was quicker."""


def gone_told(view: Callable[[CompanyRequest, str], HttpResponse]) -> Callable[[CompanyRequest, str], HttpResponse]:
    """Tell the person what may have become of whom they meant, and lead back to the list."""

    @wraps(view)
    def told(request: CompanyRequest, key: str) -> HttpResponse:
        try:
            return view(request, key)
        except Gone:
            return render(request, "companies/gone.html", status=404)

    return told
