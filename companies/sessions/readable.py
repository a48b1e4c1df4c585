"""Sessions where nothing can be written: whoever only reads goes on."""

import logging

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from companies.database.unwritable import unwritable_cause

logger = logging.getLogger(__name__)


class ReadableSessionMiddleware(SessionMiddleware):
    """Django's; but a page that was read is answered though the session could not be saved, such as when it was used.

    Django takes every failure to save a session for one that somebody has ended, and answers 400.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError) as error:
            cause = unwritable_cause(error)
            if cause is None:
                raise
            if request.method not in {"GET", "HEAD"}:
                raise cause from cause.__cause__  # which says what kind of error it is
            logger.warning("A session can't be saved: %s", cause)
            return response
