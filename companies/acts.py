"""The acts of an operator on a company, each with a reason: the buttons of its page, and the command `company_act`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies import lifecycle
from companies.audit.log import BY_COMMAND, AuditCode, record, record_command
from companies.authentication.links import invitation_url
from companies.authorization.operator import operator_of
from companies.events import Actor
from companies.forms.acts import HoldForm, OwnerForm, ReasonForm
from companies.models import Company, Role
from companies.self_service import backend
from companies.team import invite_owner


@dataclass(frozen=True, slots=True)
class Act:
    """One button. `is_possible` says whether it makes sense for the company now.

    If `perform` returns a text, it is shown to the operator only.
    """

    label: Promise
    explanation: Promise
    form: type[ReasonForm]
    is_possible: Callable[[Company], bool]
    perform: Callable[[Company, dict[str, Any], Actor], str | None]
    code: AuditCode


@transaction.atomic
def perform(act: Act, company: Company, typed: dict[str, Any], request: HttpRequest) -> str | None:
    """Perform the act as the operator of this request, through `lifecycle` or `team`. Raises CompanyError."""
    said = act.perform(company, typed, Actor.person(operator_of(request)))
    record(act.code, request=request, company=company, details=_facts(typed))
    return said


@transaction.atomic
def perform_by_command(act: Act, company: Company, typed: dict[str, Any]) -> str | None:
    """Perform the act for somebody on the command line."""
    said = act.perform(company, typed, BY_COMMAND)
    record_command(act.code, company=company, details=_facts(typed))
    return said


def _facts(typed: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in typed.items()}


def _hold(company: Company, typed: dict[str, Any], actor: Actor) -> None:
    lifecycle.hold_open(company, until=typed["until"], reason=typed["reason"], actor=actor, at=timezone.now())


def _end_hold(company: Company, typed: dict[str, Any], actor: Actor) -> None:
    lifecycle.end_hold(company, reason=typed["reason"], actor=actor, at=timezone.now())
    # The customer may have paid since the last reading and should not wait for the next one.
    backend.look_again(company)


def _lock(company: Company, typed: dict[str, Any], actor: Actor) -> None:
    lifecycle.lock(company, reason=typed["reason"], actor=actor, at=timezone.now())


def _unlock(company: Company, typed: dict[str, Any], actor: Actor) -> None:
    lifecycle.unlock(company, reason=typed["reason"], actor=actor, at=timezone.now())
    backend.look_again(company)


def _invite_owner(company: Company, typed: dict[str, Any], actor: Actor) -> str:
    invitation = invite_owner(company, email=typed["email"], actor=actor)
    text = gettext("Invited to be the owner: %(email)s. The link, to hand on where no mail arrives: %(link)s")
    return text % {"email": invitation.email, "link": invitation_url(invitation)}


def _has_no_owner(company: Company) -> bool:
    return not company.memberships.filter(role=Role.OWNER).exists()


ACTS: dict[str, Act] = {
    "hold": Act(
        _("Keep open until …"),
        _("The company stays open through that day, whatever billing says. Every sync leaves it so."),
        HoldForm, lambda company: True, _hold, AuditCode.COMPANY_HELD_OPEN,
    ),
    "end-hold": Act(
        _("End keeping it open"), _("From now on billing decides again."),
        ReasonForm, lambda company: company.hold_until is not None, _end_hold, AuditCode.COMPANY_HOLD_ENDED,
    ),
    "lock": Act(
        _("Lock"), _("From now on nobody of this company can work, whatever billing says, until you unlock it."),
        ReasonForm, lambda company: company.locked_at is None, _lock, AuditCode.COMPANY_LOCKED,
    ),
    "unlock": Act(
        _("Unlock"), _("From now on billing decides again."),
        ReasonForm, lambda company: company.locked_at is not None, _unlock, AuditCode.COMPANY_UNLOCKED,
    ),
    "owner": Act(
        _("Invite an owner"), _("Nobody owns this company. Whoever accepts may do everything in it."),
        OwnerForm, _has_no_owner, _invite_owner, AuditCode.OWNER_INVITED,
    ),
}  # fmt: skip
