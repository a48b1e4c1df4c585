"""The message for somebody who has to sign in again because their session has ended."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def tell_why(request: HttpRequest) -> None:
    """Show a message on the sign-in page: the session is over, and a sent form was not processed.

    The text does not depend on whose session it was, what ended it, or whether it ever existed, because the cookie may
    be stolen or invented. It costs no query, because messages are kept in a cookie.
    """
    if came_with_ended_session(request):
        messages.info(
            request,
            _(
                "Your session has ended: it expired, the password was changed, or it was ended from another browser. "
                "Sign in again."
            ),
        )
    if request.method == "POST":
        messages.warning(request, _("What you did just now was not carried out; nothing that you typed was saved."))


def came_with_ended_session(request: HttpRequest) -> bool:
    """Whether the browser sent the cookie of a session that does not exist (any more). After a sign-out it sends none.

    Valid only after `request.user` was evaluated.
    """
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and request.session.session_key is None
