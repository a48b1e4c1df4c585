"""The outbox: mail is written down in the transaction of what it tells about, and sent after it.

A crash between the two loses nothing. No link and no password is ever stored in it. Where no mail is configured nothing
is written down, whoever asks.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from companies.mail.letters import compose
from companies.mail.telling import is_still_true
from companies.models import BillingSource, Invitation, OutgoingMail, User
from companies.models.mail import MAX_ATTEMPTS
from companies.standings.facts import RESTS

logger = logging.getLogger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
ABOUT_SIGNING_IN = (OutgoingMail.Kind.PASSWORD_RESET, OutgoingMail.Kind.NOTICE)


def queue_welcome(user: User) -> None:
    """Have a set-password link sent to a person."""
    _queue(OutgoingMail.Kind.WELCOME, user=user)


def queue_password_reset(user: User | None) -> None:
    """Have a password-reset link sent to a person.

    For None, whom somebody took for a person here, the same is written and never sent: how long it takes must not
    tell who is known.
    """
    _queue(OutgoingMail.Kind.PASSWORD_RESET, user=user)


def queue_invitation(invitation: Invitation) -> None:
    """Have an invitation sent to its address."""
    _queue(OutgoingMail.Kind.INVITATION, invitation=invitation)


def queue_alert(user: User, template: str, params: Mapping[str, str]) -> None:
    """Have an operator told something: `templates/mail/<template>.txt`, filled with `params`, which hold no secret."""
    _queue(OutgoingMail.Kind.ALERT, user=user, params={**params, "template": template})


def queue_notice(user: User, template: str, *, page: str = "mfa_index", **facts: str) -> None:
    """Have a person told what was done: `templates/mail/<template>.txt`, with a link to `page`, filled with `facts`."""
    _queue(OutgoingMail.Kind.NOTICE, user=user, params={**facts, "template": template, "path": reverse(page)})


def queue_confirm_address(user: User, address: str) -> None:
    """Have a link sent to an address that a person wants to sign in with."""
    _queue(OutgoingMail.Kind.NOTICE, user=user, params={"template": "address_confirm", "to": address})


def queue_address_changed(user: User, old: str) -> None:
    """Have a person's old address told that it opens nothing any more."""
    params = {"template": "address_changed", "to": old, "path": reverse("account_login")}
    _queue(OutgoingMail.Kind.NOTICE, user=user, params=params)


def drop_queued_before(moment: datetime, *, because: str) -> int:
    """Never send what was queued before `moment` and still waits; returns how many mails that were."""
    old = OutgoingMail.objects.waiting().filter(created_at__lt=moment)
    return old.update(attempts=MAX_ATTEMPTS, last_error=because)


def send_due_mails(limit: int = 50) -> int:
    """Send what is due, oldest first, and return how many were sent. One that can't be sent keeps no other waiting.

    While billing is paused only password resets go out that somebody asked for since, and what tells people about
    their sign-in: what waited before may have been sent already, and what else is written meanwhile may rest on what
    is long out of date.
    """
    now = timezone.now()
    waiting = OutgoingMail.objects.waiting().filter(due_at__lte=now)
    _drop_those_for_nobody(waiting)
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


def _drop_those_for_nobody(waiting: QuerySet[OutgoingMail]) -> None:
    """Before any is sent, so that asking for nobodies keeps no mail waiting."""
    for_nobody = waiting.filter(kind=OutgoingMail.Kind.PASSWORD_RESET, user=None)
    if for_nobody.exists():
        for_nobody.delete()


def _claim(mail: OutgoingMail, now: datetime) -> bool:
    """Take the mail, so that nobody else sends it; its next attempt is set before this one can fail."""
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
        # Also what nobody foresaw: the next mail is somebody else's. The type only: what a mail server answers may hold
        # addresses and more.
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
    letter = compose(mail)
    send_mail(letter.subject, letter.text, letter.sender, [letter.recipient], html_message=letter.html)
