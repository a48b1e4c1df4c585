"""The audit log: who did what to what, when and from where. Facts, never a secret, a password or a link."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import AuditEntry, Company, User

COMMAND_LINE = "command line"


class AuditCode(models.TextChoices):
    """What is written down. Stored as code, shown in the reader's language."""

    SIGNED_IN = "signed_in", _("Signed in")
    SIGNED_OUT = "signed_out", _("Signed out")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    ACCESS_DENIED = "access_denied", _("Access denied")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    SET_PASSWORD_LINK_MADE = "set_password_link_made", _("Set-password link made")
    SECOND_FACTOR_ADDED = "second_factor_added", _("Second factor added")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
    SECOND_FACTOR_FAILED = "second_factor_failed", _("Second factor was wrong")
    RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
    RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes made")
    EMAIL_CHANGE_ASKED_FOR = "email_change_asked_for", _("Change of the e-mail address asked for")
    EMAIL_CHANGED = "email_changed", _("E-mail address changed")
    SESSIONS_ENDED = "sessions_ended", _("Signed out in other browsers")
    PERSON_CHANGED = "person_changed", _("Person changed")
    OPERATOR_ADDED = "operator_added", _("Operator added")
    OPERATOR_ROLE_CHANGED = "operator_role_changed", _("Role of an operator changed")
    GROUP_CHANGED = "group_changed", _("Group changed")
    SETTINGS_CHANGED = "settings_changed", _("Settings changed")
    GATEWAY_ADDED = "gateway_added", _("Gateway added")
    GATEWAY_CHANGED = "gateway_changed", _("Gateway changed")
    GATEWAY_SECRET_CHANGED = "gateway_secret_changed", _("API secret of a gateway changed")
    GATEWAY_DELETED = "gateway_deleted", _("Gateway deleted")
    GATEWAY_TESTED = "gateway_tested", _("Connection tested")
    GATEWAY_RESUMED = "gateway_resumed", _("Gateway resumed after a pause")
    HOOK_SECRET_MADE = "hook_secret_made", _("Secret for instant updates made")
    HOOK_SECRETS_DROPPED = "hook_secrets_dropped", _("Older secrets for instant updates dropped")
    HOOK_SWITCHED_OFF = "hook_switched_off", _("Instant updates switched off")
    SYNC_ASKED_FOR = "sync_asked_for", _("Sync asked for")
    PREVIEW_MADE = "preview_made", _("Preview made")
    PREVIEW_APPLIED = "preview_applied", _("Preview applied")
    COVERAGE_READ = "coverage_read", _("Plans in WHMCS read")
    CHANGES_APPROVED = "changes_approved", _("Held changes approved")
    CHANGES_REJECTED = "changes_rejected", _("Held changes rejected")
    PLAN_ADDED = "plan_added", _("Plan added")
    PLAN_CHANGED = "plan_changed", _("Plan changed")
    PLAN_DELETED = "plan_deleted", _("Plan deleted")
    COMPANY_HELD_OPEN = "company_held_open", _("Company kept open")
    COMPANY_HOLD_ENDED = "company_hold_ended", _("Company no longer kept open")
    COMPANY_LOCKED = "company_locked", _("Company locked")
    COMPANY_UNLOCKED = "company_unlocked", _("Company unlocked")
    ATTENTION_DISMISSED = "attention_dismissed", _("Attention item dismissed")


DETAILS: Mapping[str, Promise] = {
    "account": _("person number"),
    "changed": _("changed"),
    "command": _("command"),
    "count": _("how many"),
    "factor": _("second factor"),
    "method": _("kind of request"),
    "number": _("number"),
    "page": _("page"),
    "outcome": _("outcome"),
    "reason": _("reason"),
    "role": _("role"),
    "until": _("until"),
    "verdict": _("verdict"),
}


class _Doer(NamedTuple):
    """Who did it, and from where; without `actor` nobody whom we know."""

    actor: User | None
    label: str
    address: str | None


def record(
    code: AuditCode,
    *,
    request: HttpRequest,
    company: Company | None = None,
    about: str = "",
    details: Mapping[str, str] | None = None,
    actor: User | None = None,
) -> None:
    """Write down that the person of this request did something. In the transaction of what they did, if there is one.

    `about` is what it was done to (the company's name if nothing is said), `details` are facts, never secret values.
    `actor` is who did it where that is not yet, or no longer, the person of the request.
    """
    person = actor or getattr(request, "user", None)
    user = person if isinstance(person, User) else None
    doer = _Doer(user, user.email if user else "", address_of(request))
    _write(code, doer, company=company, about=about, details=details)


def record_command(
    code: AuditCode, *, company: Company | None = None, about: str = "", details: Mapping[str, str] | None = None
) -> None:
    """The same for what somebody did on the command line: nobody knows who, and from where."""
    _write(code, _Doer(None, COMMAND_LINE, None), company=company, about=about, details=details)


def record_failed_sign_in(request: HttpRequest, known: User | None) -> None:
    """Write down where a failed sign-in came from, and whose account it was about if there is such an account.

    What was typed is not kept: people type passwords into the wrong field.
    """
    doer, details = _Doer(None, "", address_of(request)), {"account": str(known.pk)} if known else {}
    _write(AuditCode.SIGN_IN_FAILED, doer, about=known.email if known else "", details=details)


def changes_of(form: forms.BaseForm, *, unseen: frozenset[str] = frozenset()) -> dict[str, str]:
    """What a form changes, from what to what; of the fields in `unseen` only that they were changed."""
    facts = {}
    for name in form.changed_data:
        before, after = form.get_initial_for_field(form.fields[name], name), form.cleaned_data.get(name)
        facts[name] = "changed" if name in unseen else f"{_shown(before)} \u2192 {_shown(after)}"
    return facts


def _shown(value: object) -> str:
    """A field's value on one line; many related rows by their names."""
    if isinstance(value, str | bool | int | None):
        return str(value)
    return ", ".join(map(str, value)) if isinstance(value, Iterable) else str(value)


def _write(
    code: AuditCode, doer: _Doer, *, about: str, details: Mapping[str, str] | None, company: Company | None = None
) -> None:
    subject = about or (company.name if company else "")
    AuditEntry.objects.create(
        code=code, actor=doer.actor, actor_label=doer.label, address=doer.address, company=company,
        about=subject[:255], details=dict(details or {}),
    )  # fmt: skip


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from, by the same rule as throttling; None where that can't be told."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return None
