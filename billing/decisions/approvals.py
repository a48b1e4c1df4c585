"""An operator's yes or no to changes that wait.

A yes is good for a day and for exactly the companies that were held; the next run reads each of them again before it
acts. A no keeps them open until a date, whatever WHMCS says, and then it is asked anew.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.errors import ApprovalOutdated, ErrorCode
from billing.models import AttentionItem, HeldChanges, HeldCompany, PreviewedChange, StoredPreview, WhmcsGateway
from billing.steps.run.attention import ABOUT_A_YES
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
    """What waits for a word about this gateway; at most one of each kind."""
    return list(HeldChanges.objects.waiting().filter(gateway=gateway).order_by("pk"))


@transaction.atomic
def approve(held: HeldChanges, *, version: int, actor: Actor, at: datetime, reason: str = "") -> None:
    """Say yes to what `version` of `held` shows. Raises ApprovalOutdated where that is not what waits now."""
    _decide(held, version, actor, at, verdict=Verdict.APPROVED, reason=reason, expires_at=at + YES_IS_GOOD_FOR)


@transaction.atomic
def reject(held: HeldChanges, *, version: int, until: date, reason: str, actor: Actor, at: datetime) -> None:
    """Say no: each held company stays open through `until`. Raises ApprovalOutdated as `approve` does.

    Where it is about the whole gateway (a first import, another WHMCS), the gateway is switched off instead: something
    about it has to be put right first.
    """
    if held.kind == HeldChanges.Kind.LOSSES:
        _decide(held, version, actor, at, verdict=Verdict.REJECTED, reason=reason, kept_until=until)
        _keep_open(held, until, reason, actor, at)
    else:
        _decide(held, version, actor, at, verdict=Verdict.REJECTED, reason=reason, closed_at=at)
        WhmcsGateway.objects.filter(pk=held.gateway_id).update(is_enabled=False)


@transaction.atomic
def approve_previewed(preview: StoredPreview, *, actor: Actor, at: datetime) -> None:
    """Say yes beforehand to what a run would ask about this preview: so many new companies, exactly these losses.

    The two other questions, whether services are really gone and whether this is the same WHMCS, are no part of it.
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
    """The last day that a no keeps companies open if nobody names another one."""
    return timezone.localdate() + NO_KEEPS_FOR


def _say_yes(preview: StoredPreview, kind: HeldChanges.Kind, actor: Actor, at: datetime, **columns: Any) -> HeldChanges:
    return HeldChanges.objects.create(
        gateway=preview.gateway, kind=kind, verdict=Verdict.APPROVED, opened_at=at, decided_at=at,
        decided_by=actor.user, decided_label=actor.label[:100], expires_at=at + YES_IS_GOOD_FOR, **columns,
    )  # fmt: skip


def _decide(held: HeldChanges, version: int, actor: Actor, at: datetime, **columns: object) -> None:
    """Only one of two people who decide at the same moment is heard, and only about what they have seen."""
    waiting = HeldChanges.objects.waiting().filter(pk=held.pk, version=version)
    columns |= {"decided_at": at, "decided_by": actor.user, "decided_label": actor.label[:100]}
    if not waiting.update(**columns):
        raise ApprovalOutdated
    held.refresh_from_db()
    kinds = [kind for kind, held_kind in ABOUT_A_YES.items() if held_kind == held.kind]
    AttentionItem.objects.open().filter(gateway_id=held.gateway_id, kind__in=kinds).update(closed_at=at)


def _keep_open(held: HeldChanges, until: date, reason: str, actor: Actor, at: datetime) -> None:
    companies = Company.objects.filter(pk__in=held.companies.values("company_id"))
    for part in in_parts(companies.exclude(hold_until__gte=until)):
        for company in part:
            lifecycle.hold_open(company, until=until, reason=reason, actor=actor, at=at)
