"""Signal receivers that write the audit log: sign-in, sign-out, and changes of plans."""

from typing import Any

from django import forms
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from companies.audit.log import AuditCode, changes_of, record
from companies.models import User
from plans.models import Plan
from plans.signals import plan_edited


@receiver(user_logged_in)
def record_sign_in(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Also for a session that a link opened."""
    record(AuditCode.SIGNED_IN, request=request, actor=user)


@receiver(user_logged_out)
def record_sign_out(sender: object, request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Django also sends the signal when nobody was signed in."""
    if user is not None:
        record(AuditCode.SIGNED_OUT, request=request, actor=user)


@receiver(plan_edited)
def record_plan(
    sender: object, request: HttpRequest, plan: Plan, what: str, form: forms.BaseForm | None, **_more: Any
) -> None:
    """Record a change of a plan, because it changes what companies may use."""
    code = {"added": AuditCode.PLAN_ADDED, "changed": AuditCode.PLAN_CHANGED, "deleted": AuditCode.PLAN_DELETED}[what]
    record(code, request=request, about=plan.name, details=changes_of(form) if form else {})
