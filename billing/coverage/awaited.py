"""Requests a run when a plan is created or renamed for which purchases may have waited, and tells the operator."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from billing.models import AttentionItem, Kind, WhmcsGateway
from billing.recovery import pauses
from billing.tasks import request_sync
from plans.models import Plan


def take_up_who_waited(*, request: HttpRequest, plan: Plan, form: forms.ModelForm[Plan] | None, **_kwargs: Any) -> None:
    """Receiver of `plan_edited`: request a run if a service waits for a plan."""
    if form is None or "name" not in form.changed_data:
        return
    gateways = _waiting_gateways()
    for gateway in gateways:
        transaction.on_commit(partial(request_sync, gateway))
    if gateways:
        text = _("Services wait for a plan: the next run takes up those that say “%(plan)s”; it has been asked for.")
        messages.info(request, text % {"plan": plan.name})


def _waiting_gateways() -> list[WhmcsGateway]:
    waiting = AttentionItem.objects.open().filter(kind=Kind.PLAN_UNKNOWN)
    found = WhmcsGateway.objects.filter(is_enabled=True, pk__in=waiting.values("gateway"))
    return [gateway for gateway in found if pauses.refusal(gateway) is None]
