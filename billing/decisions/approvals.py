"""Approves or rejects held changes.

An approval is valid for a day and for exactly the held companies. The next run reads each of them again before it
acts. A rejection keeps them open until a date, whatever WHMCS says. After that, the question is asked again.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.errors import ApprovalOutdated, ErrorCode
from billing.models import AttentionItem, HeldChanges, HeldCompany, PreviewedChange, StoredPreview, WhmcsGateway
from billing.runs import schedule
from billing.steps.run.attention import ABOUT_HELD_CHANGES
from billing.steps.safeguards.figures import figures_of
from companies import lifecycle
from companies.database.bulk import insert_rows
from companies.database.parts import in_parts
from companies.events import Actor
from companies.models import Company

YES_IS_GOOD_FOR = timedelta(hours=24)
NO_KEEPS_FOR = timedelta(days=14)

Verdict = HeldChanges.Verdict


def load_waiting(gateway: WhmcsGateway) -> list[HeldChanges]:
    """The changes of this gateway that wait for a decision; at most one of each kind."""
    return list(HeldChanges.objects.waiting().filter(gateway=gateway).order_by("pk"))


@transaction.atomic
def approve(held: HeldChanges, *, version: int, actor: Actor, at: datetime, reason: str = "") -> None:
    """Approve this `version` of the held changes. Raises ApprovalOutdated if it is not the current one."""
    _decide(held, version, actor, at, verdict=Verdict.APPROVED, reason=reason, expires_at=at + YES_IS_GOOD_FOR)


@transaction.atomic
def reject(held: HeldChanges, *, version: int, until: date, reason: str, actor: Actor, at: datetime) -> None:
    """Reject the changes: each held company stays open through `until`. Raises ApprovalOutdated.

    If they are about the whole gateway (a first import, another WHMCS), the gateway is disabled instead: something
    has to be corrected first.
    """
    if held.kind == HeldChanges.Kind.LOSSES:
        _decide(held, version, actor, at, verdict=Verdict.REJECTED, reason=reason, kept_until=until)
        _keep_open(held, until, reason, actor, at)
    else:
        # First, because a run locks the gateway before the question, too: otherwise each could wait for the other.
        schedule.switch_off(held.gateway_id)
        _decide(held, version, actor, at, verdict=Verdict.REJECTED, reason=reason, closed_at=at)


def has_switched_off(held: HeldChanges) -> bool:
    """Whether the answer has switched the gateway off: a run now would only ask the same once more."""
    return held.verdict == Verdict.REJECTED and held.kind != HeldChanges.Kind.LOSSES


@transaction.atomic
def approve_previewed(preview: StoredPreview, *, actor: Actor, at: datetime) -> None:
    """Approve in advance what a run would ask about this preview: so many new companies, and exactly these losses.

    It does not answer whether services are really gone, or whether it is still the same WHMCS.
    """
    asked = {question["code"]: question["params"] for question in preview.figures["questions"]}
    if ErrorCode.FIRST_IMPORT in asked:
        new = PreviewedChange.objects.filter(preview=preview, kind=PreviewedChange.Kind.CREATE)
        plans = Counter(after["plan"] for part in in_parts(new.values_list("pk", "after")) for _, after in part)
        figures = {"new": new.count(), "seen": preview.figures["seen"], "plans": dict(sorted(plans.items()))}
        _say_yes(preview, HeldChanges.Kind.FIRST_IMPORT, actor, at, figures=figures)
    if ErrorCode.UNSAFE_CHANGE_SET in asked:
        held = _say_yes(preview, HeldChanges.Kind.LOSSES, actor, at)
        rows = PreviewedChange.objects.filter(preview=preview, kind=PreviewedChange.Kind.LOSE, company__isnull=False)
        losses = {row[0]: row for row in rows.values_list("company_id", "service_id", "before", "after")}
        columns = ("held_id", "company_id", "service_id", "before", "after")
        insert_rows(HeldCompany, columns, [(held.pk, *row) for row in losses.values()])
        figures = figures_of(held, asked[ErrorCode.UNSAFE_CHANGE_SET], at=at)
        HeldChanges.objects.filter(pk=held.pk).update(figures=figures)


def default_keep_until() -> date:
    """The default last day on which a rejection keeps companies open."""
    return timezone.localdate() + NO_KEEPS_FOR


def _say_yes(preview: StoredPreview, kind: HeldChanges.Kind, actor: Actor, at: datetime, **columns: Any) -> HeldChanges:
    return HeldChanges.objects.create(
        gateway=preview.gateway, kind=kind, verdict=Verdict.APPROVED, opened_at=at, decided_at=at,
        decided_by=actor.user, decided_label=actor.label[:100], expires_at=at + YES_IS_GOOD_FOR, **columns,
    )  # fmt: skip


def _decide(held: HeldChanges, version: int, actor: Actor, at: datetime, **columns: object) -> None:
    """Store the verdict if this version still waits. Of two simultaneous decisions only one counts."""
    waiting = HeldChanges.objects.waiting().filter(pk=held.pk, version=version)
    columns |= {"decided_at": at, "decided_by": actor.user, "decided_label": actor.label[:100]}
    if not waiting.update(**columns):
        raise ApprovalOutdated
    held.refresh_from_db()
    kinds = [kind for kind, held_kind in ABOUT_HELD_CHANGES.items() if held_kind == held.kind]
    AttentionItem.objects.close(held.gateway_id, *kinds, at=at)


def _keep_open(held: HeldChanges, until: date, reason: str, actor: Actor, at: datetime) -> None:
    companies = Company.objects.filter(pk__in=held.companies.values("company_id"))
    for part in in_parts(companies.exclude(hold_until__gte=until)):
        for company in part:
            lifecycle.hold_open(company, until=until, reason=reason, actor=actor, at=at)
