"""What somebody reads who has to sign in, though they thought they had."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _


def tell_why(request: HttpRequest) -> None:
    """Leave word on the sign-in page: that the session is over, and that what was sent in was not carried out.

    Says nothing that depends on whose session it was, what ended it, or whether there ever was one: the cookie may be
    a stolen or an invented one. Costs no query: word waits in a cookie.
    """
    if came_with_ended_session(request):
        messages.info(
            request,
            _(
                "Your session is over, for instance because it lasted its time, the password was changed, or it was "
                "ended from another browser. Sign in again."
            ),
        )
    if request.method == "POST":
        messages.warning(request, _("What you did just now was not carried out; nothing that you typed was saved."))


def came_with_ended_session(request: HttpRequest) -> bool:
    """Whether the browser sent a session's cookie for which there is no session, or none any more.

    Who signed out sends none. Means something only after `request.user` was looked at.
    """
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and request.session.session_key is None
