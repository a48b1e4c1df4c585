"""Alert mails to superusers: one when a problem begins, one when it is over.

What has been said stands in the database, so two clocks that tick at once say it once.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from billing.models import HeldChanges, WhmcsGateway
from billing.monitoring.freshness import unread_since
from billing.runs.schedule import READ_BY_CLOCK
from billing.wording.attention import question
from billing.wording.errors import translated_run_error
from billing.wording.moments import moment
from companies.mail import outbox
from companies.models import User
from companies.wording.languages import language_of_person

Params = dict[str, str]


def watch(now: datetime) -> None:
    """Alert when a gateway has been silent for too long, and when it is read again. Every tick calls it."""
    for gateway in WhmcsGateway.objects.filter(READ_BY_CLOCK):
        if gateway.silent_since is not None:
            _tell_recovery(gateway)
        elif (since := unread_since(gateway, now)) is not None:
            _tell_silence(gateway, since)


def queue_approval_waits(held: HeldChanges) -> None:
    """Alert that changes wait for approval. Call it once, in the transaction that holds them."""
    path = reverse("admin:billing_heldchanges_change", args=[held.pk])
    _tell_operators(held.gateway, "alert_approval", lambda: {"what": question(held)}, path=path)


@transaction.atomic
def _tell_silence(gateway: WhmcsGateway, since: datetime) -> None:
    mine = WhmcsGateway.objects.filter(pk=gateway.pk, silent_since=None)
    if mine.update(silent_since=since):
        _tell_operators(gateway, "alert_silent", lambda: _silence(gateway, since))


@transaction.atomic
def _tell_recovery(gateway: WhmcsGateway) -> None:
    """A complete reading that began after the silence did ends it."""
    if gateway.confirmed_at is None or gateway.silent_since is None or gateway.confirmed_at < gateway.silent_since:
        return
    mine = WhmcsGateway.objects.filter(pk=gateway.pk, silent_since=gateway.silent_since)
    if mine.update(silent_since=None):
        _tell_operators(gateway, "alert_read_again", lambda: _recovery(gateway))


def _silence(gateway: WhmcsGateway, since: datetime) -> Params:
    return {
        "since": moment(since.isoformat()),
        "read": moment(gateway.confirmed_at.isoformat()) if gateway.confirmed_at else _("never"),
        "days": str(gateway.unconfirmed_days),
        "reason": _what_is_wrong(gateway, since),
    }


def _recovery(gateway: WhmcsGateway) -> Params:
    moments = {"since": gateway.silent_since, "read": gateway.confirmed_at}
    return {name: moment(when.isoformat()) for name, when in moments.items() if when is not None}


def _what_is_wrong(gateway: WhmcsGateway, since: datetime) -> str:
    failed = gateway.runs.filter(started_at__gte=since).exclude(error_code="").order_by("-started_at", "-pk").first()
    if failed is None:
        return _("No run finished. Look at the worker and its log.")
    return translated_run_error(failed.error_code, failed.error, failed.error_params)


def _tell_operators(gateway: WhmcsGateway, template: str, words: Callable[[], Params], *, path: str = "") -> None:
    """One mail for each recipient, with a link to `path` or to the gateway."""
    path = path or reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])
    for user in User.objects.filter(is_active=True, is_superuser=True).order_by("pk"):
        with translation.override(language_of_person(user)):
            outbox.queue_alert(user, template, {**words(), "gateway": gateway.name, "path": path})
