"""Where a person is signed in, and signing out there."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from companies.audit.log import AuditCode, record
from companies.authorization.gates import verified_only
from companies.authorization.tenancy import SignedInRequest
from companies.sessions.browsers import browser_and_system
from companies.sessions.signed_in import UPDATE_EVERY, end_other_sessions, end_session, load_sessions


@verified_only
@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """This browser first, then the others."""
    user = request.user
    here = request.session.session_key
    rows = sorted(load_sessions(user, at=timezone.now()), key=lambda row: row.session_key != here)
    shown = [
        {
            "row": row,
            "is_here": row.session_key == here,
            "is_recent": timezone.now() - row.last_seen_at < UPDATE_EVERY,
            "browser": browser_words(row.user_agent),
        }
        for row in rows
    ]
    return render(request, "companies/sessions.html", {"sessions": shown})


@verified_only
@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign out one other browser. Somebody else's session is treated like one that has already ended."""
    user = request.user
    rows = [row for row in load_sessions(user, at=timezone.now()) if row.pk == pk]
    if not rows or rows[0].session_key == request.session.session_key:
        raise Http404
    end_session(rows[0])
    record(AuditCode.SESSIONS_ENDED, request=request, about=user.email, details={"count": "1"})
    messages.success(request, _("That browser is signed out."))
    return redirect("account_sessions")


@verified_only
@require_POST
def end_others(request: SignedInRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    user = request.user
    count = end_other_sessions(request, user)
    record(AuditCode.SESSIONS_ENDED, request=request, about=user.email, details={"count": str(count)})
    messages.success(request, _("You are signed out everywhere else. Only this browser is signed in now."))
    return redirect("account_sessions")


def browser_words(user_agent: str) -> str:
    """A name for this browser, in words."""
    browser, system = browser_and_system(user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A browser that does not say which one it is")
