"""The audit log: who did what to what, when and from where. Facts, never a secret, a password or a link."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from companies.audit.codes import AuditCode as AuditCode
from companies.events import Actor
from companies.models import AuditEntry, Company, User
from companies.wording.reasons import Reason

COMMAND_LINE = Reason(gettext_noop("command line"))()
# The same for the story of a company.
BY_COMMAND = Actor(COMMAND_LINE)
# How a changed field is written: from what to what, or, where nobody may see that, only that it was.
FROM_TO = " \u2192 "
UNSEEN = "changed"


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


def from_to(before: object, after: object) -> str:
    """A fact that was changed, as all entries write it."""
    return f"{before}{FROM_TO}{after}"


def changes_of(form: forms.BaseForm, *, unseen: frozenset[str] = frozenset()) -> dict[str, str]:
    """What a form changes, from what to what; of the fields in `unseen` only that they were changed."""
    facts = {}
    for name in form.changed_data:
        before, after = form.get_initial_for_field(form.fields[name], name), form.cleaned_data.get(name)
        facts[name] = UNSEEN if name in unseen else from_to(_shown(before), _shown(after))
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
