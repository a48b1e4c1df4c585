"""Writes the audit log: who did what, when and from where. Never a secret, a password or a link."""

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
# A changed field is written as "before -> after" or, if nobody may see its values, as "changed".
FROM_TO = " \u2192 "
UNSEEN = "changed"


class _Doer(NamedTuple):
    """Who did it, and from where. `actor` is None if the person is unknown."""

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
    """Record that the person of this request did something. Call it in the transaction of the change, if there is one.

    `about` is what was changed (default: the company's name). `details` must never hold secret values. `actor` is for
    a person who is not yet, or no longer, the user of the request.
    """
    person = actor or getattr(request, "user", None)
    user = person if isinstance(person, User) else None
    doer = _Doer(user, user.email if user else "", address_of(request))
    _write(code, doer, company=company, about=about, details=details)


def record_command(
    code: AuditCode, *, company: Company | None = None, about: str = "", details: Mapping[str, str] | None = None
) -> None:
    """The same for the command line, where nobody knows who it was and from where."""
    _write(code, _Doer(None, COMMAND_LINE, None), company=company, about=about, details=details)


def record_failed_sign_in(request: HttpRequest, known: User | None) -> None:
    """Record where a failed sign-in came from and, if it exists, whose account it was.

    The typed text is not kept, because people type passwords into the wrong field.
    """
    doer, details = _Doer(None, "", address_of(request)), {"account": str(known.pk)} if known else {}
    _write(AuditCode.SIGN_IN_FAILED, doer, about=known.email if known else "", details=details)


def from_to(before: object, after: object) -> str:
    """A changed value, in the notation of all entries."""
    return f"{before}{FROM_TO}{after}"


def changes_of(form: forms.BaseForm, *, unseen: frozenset[str] = frozenset()) -> dict[str, str]:
    """The changes of a form, from what to what. For the fields in `unseen`, only that they changed."""
    facts = {}
    for name in form.changed_data:
        before, after = form.get_initial_for_field(form.fields[name], name), form.cleaned_data.get(name)
        facts[name] = UNSEEN if name in unseen else from_to(_shown(before), _shown(after))
    return facts


def _shown(value: object) -> str:
    """A field's value in one line. Related rows are listed by name."""
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
    """The client's IP address, by the same rule as rate limiting; None if unknown."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return None
