"""The transactional outbox: mail is stored in the transaction that causes it, and sent after the commit.

A crash between the two loses no mail. No link and no password is ever stored. If no mail server is configured, nothing
is stored at all.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from companies.mail.access_notices import is_still_true
from companies.mail.rendering import render_mail
from companies.models import BillingSource, Invitation, OutgoingMail, User
from companies.models.mail import MAX_ATTEMPTS
from companies.standings.facts import RESTS

logger = logging.getLogger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
ABOUT_SIGNING_IN = (OutgoingMail.Kind.PASSWORD_RESET, OutgoingMail.Kind.NOTICE)


def queue_welcome(user: User) -> None:
    """Mail a set-password link to a person."""
    _queue(OutgoingMail.Kind.WELCOME, user=user)


def queue_password_reset(user: User | None) -> None:
    """Mail a password-reset link to a person.

    None means an unknown address: the same row is written but never sent, so that the response time does not reveal
    which addresses are known.
    """
    _queue(OutgoingMail.Kind.PASSWORD_RESET, user=user)


def queue_invitation(invitation: Invitation) -> None:
    """Mail an invitation to its address."""
    _queue(OutgoingMail.Kind.INVITATION, invitation=invitation)


def queue_alert(user: User, template: str, params: Mapping[str, str]) -> None:
    """Mail an alert to an operator: `templates/mail/<template>.txt` with `params`, which must hold no secret."""
    _queue(OutgoingMail.Kind.ALERT, user=user, params={**params, "template": template})


def queue_notice(user: User, template: str, *, page: str = "mfa_index", **facts: str) -> None:
    """Notify a person about their account: `templates/mail/<template>.txt` with `facts` and a link to `page`."""
    _queue(OutgoingMail.Kind.NOTICE, user=user, params={**facts, "template": template, "path": reverse(page)})


def queue_confirm_address(user: User, address: str) -> None:
    """Mail a confirmation link to the address that a person wants to sign in with."""
    _queue(OutgoingMail.Kind.NOTICE, user=user, params={"template": "address_confirm", "to": address})


def queue_address_changed(user: User, old: str) -> None:
    """Tell a person's old address that it can no longer sign in."""
    params = {"template": "address_changed", "to": old, "path": reverse("account_login")}
    _queue(OutgoingMail.Kind.NOTICE, user=user, params=params)


def drop_queued_before(moment: datetime, *, because: str) -> int:
    """Give up the waiting mails that were queued before `moment`; returns how many there were."""
    old = OutgoingMail.objects.waiting().filter(created_at__lt=moment)
    return old.update(attempts=MAX_ATTEMPTS, last_error=because)


def send_due_mails(limit: int = 50) -> int:
    """Send the due mails, oldest first, and return how many were sent. A failing mail does not hold up the others.

    While billing is paused (a restored backup), only mails about signing in go out, and only those queued since:
    earlier ones may have been sent before the restore, and other ones may rest on outdated facts.
    """
    now = timezone.now()
    waiting = OutgoingMail.objects.waiting().filter(due_at__lte=now)
    _drop_decoys(waiting)
    paused_since = BillingSource.objects.filter(RESTS).aggregate(since=Max("paused_at"))["since"]
    if paused_since is not None:
        waiting = waiting.filter(kind__in=ABOUT_SIGNING_IN, created_at__gte=paused_since)
    related = ("user", "company__source", "invitation__company", "invitation__invited_by", "invitation__user")
    due = waiting.select_related(*related).order_by("due_at", "pk")[:limit]
    return sum(_send_claimed(mail) for mail in due if _claim(mail, now))


def _queue(
    kind: OutgoingMail.Kind,
    *,
    user: User | None = None,
    invitation: Invitation | None = None,
    params: Mapping[str, str] | None = None,
) -> None:
    if settings.MAIL_IS_CONFIGURED:
        OutgoingMail.objects.create(kind=kind, user=user, invitation=invitation, params=dict(params or {}))


def _drop_decoys(waiting: QuerySet[OutgoingMail]) -> None:
    """Drop the password resets of unknown addresses first, so that a flood of them does not delay real mail."""
    decoys = waiting.filter(kind=OutgoingMail.Kind.PASSWORD_RESET, user=None)
    if decoys.exists():
        decoys.delete()


def _claim(mail: OutgoingMail, now: datetime) -> bool:
    """Claim the mail, so that no other worker sends it. The next attempt is set before this one can fail."""
    pause = FIRST_PAUSE * 4**mail.attempts
    mine = OutgoingMail.objects.filter(pk=mail.pk, sent_at=None, attempts=mail.attempts)
    return bool(mine.update(attempts=F("attempts") + 1, due_at=now + pause))


def _send_claimed(mail: OutgoingMail) -> bool:
    mine = OutgoingMail.objects.filter(pk=mail.pk)
    try:
        is_needed = _is_needed(mail)
        if is_needed:
            _send(mail)
    except Exception as error:
        # Any error, because the next mail is somebody else's. Only its type is kept: a mail server's answer may hold
        # addresses.
        mine.update(last_error=type(error).__name__)
        logger.warning("Mail %d could not be sent: %s", mail.pk, type(error).__name__)
        return False
    if is_needed:
        mine.update(sent_at=timezone.now(), last_error="")
    else:
        mine.update(attempts=MAX_ATTEMPTS, last_error="no longer needed")
    return is_needed


def _is_needed(mail: OutgoingMail) -> bool:
    if mail.company is not None:
        return is_still_true(mail, timezone.now())
    if mail.user is not None:
        return mail.user.is_active and (mail.user.is_superuser or mail.kind != OutgoingMail.Kind.ALERT)
    return mail.invitation is not None and mail.invitation.is_open(timezone.now())


def _send(mail: OutgoingMail) -> None:
    rendered = render_mail(mail)
    send_mail(rendered.subject, rendered.text, rendered.sender, [rendered.recipient], html_message=rendered.html)
