"""Signal receivers for second factors that were added, removed, used or guessed: audit entries, mails to the owner."""

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.http import HttpRequest

from companies.audit.log import AuditCode, record
from companies.mail.outbox import queue_notice
from companies.models import User

CODES = Authenticator.Type.RECOVERY_CODES


@receiver(signals.authenticator_added)
def note_added(sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Recovery codes come with the first factor, so they need no mail of their own."""
    code = AuditCode.RECOVERY_CODES_MADE if authenticator.type == CODES else AuditCode.SECOND_FACTOR_ADDED
    record(code, request=request, about=user.email, details={"factor": authenticator.type})
    if authenticator.type != CODES:
        queue_notice(user, "factor_added")


@receiver(signals.authenticator_removed)
def note_removed(sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Recovery codes are removed with the last factor, so they are not reported."""
    if authenticator.type != CODES:
        details = {"factor": authenticator.type}
        record(AuditCode.SECOND_FACTOR_REMOVED, request=request, about=user.email, details=details)
        queue_notice(user, "factor_removed")


@receiver(signals.authenticator_reset)
def note_new_codes(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Only recovery codes are ever reset."""
    record(AuditCode.RECOVERY_CODES_MADE, request=request, about=user.email, details={"factor": CODES.value})
    queue_notice(user, "recovery_codes_made")


@receiver(signals.authenticator_used)
def note_used(sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    """Report the use of a recovery code: a device was lost, or somebody else found the codes."""
    if authenticator.type == CODES:
        record(AuditCode.RECOVERY_CODE_USED, request=request, about=user.email, actor=user)
        queue_notice(user, "recovery_code_used")


@receiver(signals.authentication_failed)
def note_failed(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Record it, because whoever failed here already knew the password."""
    record(AuditCode.SECOND_FACTOR_FAILED, request=request, about=user.email)
