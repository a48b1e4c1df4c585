"""Removes all second factors of somebody who lost them, whoever asks for it."""

from collections.abc import Callable, Mapping

from allauth.mfa.models import Authenticator
from django.db import transaction

from companies.audit.log import AuditCode
from companies.mail.outbox import queue_notice
from companies.models import User
from companies.second_factor.requirement import FACTORS


@transaction.atomic
def remove_all_factors(user: User, record: Callable[..., None], details: Mapping[str, str]) -> int:
    """Remove all factors and recovery codes; returns how many factors there were.

    If there were any, `record` writes it into the audit log with these `details`, and the person gets a notice by mail.
    """
    factors = int(Authenticator.objects.filter(user=user, type__in=FACTORS).count())
    Authenticator.objects.filter(user=user).delete()
    if factors:
        record(AuditCode.SECOND_FACTOR_REMOVED, about=user.email, details=details)
        queue_notice(user, "factor_removed")
    return factors
