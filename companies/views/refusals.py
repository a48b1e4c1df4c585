"""What becomes of a refusal, the same for everything that people do with a button."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

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
