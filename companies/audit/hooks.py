"""What is written into the audit log wherever it happens: who came, who left, and whom the administration refused."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from companies.audit.log import AuditCode, changes_of, record
from companies.models import User
from plans.models import Plan
from plans.signals import plan_edited


@receiver(user_logged_in)
def record_sign_in(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Also where a link opened the session."""
    record(AuditCode.SIGNED_IN, request=request, actor=user)


@receiver(user_logged_out)
def record_sign_out(sender: object, request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Django tells it also where nobody was signed in."""
    if user is not None:
        record(AuditCode.SIGNED_OUT, request=request, actor=user)


@receiver(plan_edited)
def record_plan(
    sender: object, request: HttpRequest, plan: Plan, what: str, form: forms.BaseForm | None, **_more: Any
) -> None:
    """What a plan allows is what its companies may use."""
    code = {"added": AuditCode.PLAN_ADDED, "changed": AuditCode.PLAN_CHANGED, "deleted": AuditCode.PLAN_DELETED}[what]
    record(code, request=request, about=plan.name, details=changes_of(form) if form else {})


def record_refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an operator whom the administration answers with 403 is written down, after all was rolled back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 403 and _is_of_an_operator_in_the_admin(request):
            facts = {"method": request.method or "", "page": escape_uri_path(request.path)[:200]}
            record(AuditCode.ACCESS_DENIED, request=request, details=facts)
        return response

    return middleware


def _is_of_an_operator_in_the_admin(request: HttpRequest) -> bool:
    match = request.resolver_match
    in_admin = match is not None and match.namespaces[:1] == ["admin"]
    return in_admin and isinstance(request.user, User) and request.user.is_staff
