"""Changes that wait for approval: what a run holds, and the answers about what earlier runs held."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

from django.db.models import F, Q
from django.utils import timezone

from billing.errors import ErrorCode, UnsafeChangeSet
from billing.models import HeldChanges, HeldCompany, WhmcsGateway
from billing.monitoring import alerts
from billing.steps.run.context import Context
from billing.steps.safeguards.figures import figures_of
from companies.database.bulk import insert_rows

Verdict = HeldChanges.Verdict


class Verdicts(NamedTuple):
    """Companies by the verdict on their loss of access; all others have none.

    `asked_of_open` is how many were open when the question about those still `waiting` was asked; None if none wait.
    """

    approved: frozenset[int]
    kept: frozenset[int]
    waiting: frozenset[int]
    asked_of_open: int | None

    @property
    def is_any(self) -> bool:
        """Whether there is any question or answer."""
        return bool(self.approved or self.kept or self.waiting)


class HeldRow(NamedTuple):
    """One company that would lose access, the service that causes it, and its state before and after."""

    company_id: int
    service_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def load_verdicts(gateway: WhmcsGateway, at: datetime) -> Verdicts:
    """The verdicts in force at `at`: an approval until it expires, a rejection while it holds the company open."""
    by_verdict: dict[str, set[int]] = {verdict: set() for verdict in Verdict.values}
    today = timezone.localdate(at)
    rows = HeldCompany.objects.filter(held__gateway=gateway, held__kind=HeldChanges.Kind.LOSSES, held__closed_at=None)
    columns = rows.exclude(is_over(at, "held__")).values_list("company_id", "held__verdict", "company__hold_until")
    for company_id, verdict, hold_until in columns:
        if verdict != Verdict.REJECTED or (hold_until is not None and hold_until >= today):
            by_verdict[verdict].add(company_id)
    return Verdicts(
        approved=frozenset(by_verdict[Verdict.APPROVED]),
        kept=frozenset(by_verdict[Verdict.REJECTED]),
        waiting=frozenset(by_verdict[Verdict.WAITING]),
        asked_of_open=_asked_of_open(gateway) if by_verdict[Verdict.WAITING] else None,
    )


def load_approved(gateway: WhmcsGateway, kind: HeldChanges.Kind, at: datetime) -> HeldChanges | None:
    """The approval of changes of `kind` that is in force at `at`, if there is one."""
    given = HeldChanges.objects.filter(gateway=gateway, kind=kind, verdict=Verdict.APPROVED, closed_at=None)
    return given.filter(expires_at__gt=at).order_by("-pk").first()


def hold_losses(gateway: WhmcsGateway, of_open: Mapping[str, str], rows: Sequence[HeldRow], *, at: datetime) -> None:
    """Ask whether these companies may lose access, with `of_open` and more figures for the operator.

    If a question waits already, it is updated. Call it inside `lease.writing()`.
    """
    known = _waiting(gateway, HeldChanges.Kind.LOSSES)
    held = known or _ask(gateway, HeldChanges.Kind.LOSSES, at)
    if known is None:
        _insert(held, rows)
    elif set(held.companies.values_list("company_id", "service_id")) != {(row[0], row[1]) for row in rows}:
        held.companies.all().delete()
        _insert(held, rows)
        HeldChanges.objects.filter(pk=held.pk).update(version=F("version") + 1)
    _show(held, figures_of(held, of_open, at=at), is_new=known is None)


def beside_waiting(gateway: WhmcsGateway, rows: Sequence[HeldRow]) -> list[HeldRow]:
    """These rows, and those of the other companies that the waiting question is about, if one waits."""
    known = _waiting(gateway, HeldChanges.Kind.LOSSES)
    waiting = known.companies.values_list(*HeldRow._fields) if known else ()
    beside = {row.company_id: row for row in (*map(HeldRow._make, waiting), *rows)}
    return [beside[company_id] for company_id in sorted(beside)]


def hold_all(gateway: WhmcsGateway, kind: HeldChanges.Kind, figures: Mapping[str, Any], *, at: datetime) -> None:
    """Ask about the whole gateway; like `hold_losses` otherwise."""
    known = _waiting(gateway, kind)
    held = known or _ask(gateway, kind, at)
    if known is not None and held.figures != figures:
        HeldChanges.objects.filter(pk=held.pk).update(version=F("version") + 1)
    _show(held, dict(figures), is_new=known is None)


def refuse_all(
    context: Context, kind: HeldChanges.Kind, code: ErrorCode, params: Mapping[str, str],
    figures: Mapping[str, Any] | None = None,
) -> NoReturn:  # fmt: skip
    """Ask about the whole gateway and raise UnsafeChangeSet. `figures` are shown if given, otherwise `params`.

    Nothing is asked if somebody has switched the gateway off since the run began, as a no to the same question does.
    """
    with context.lease.writing():
        is_enabled = WhmcsGateway.objects.filter(pk=context.gateway.pk, is_enabled=True).exists()
        if is_enabled or not context.gateway.is_enabled:
            hold_all(context.gateway, kind, figures or params, at=context.at)
    raise UnsafeChangeSet(code, **params)


def close_waiting(gateway: WhmcsGateway, *, at: datetime) -> None:
    """Close the question about losses, because none of them waits any more."""
    HeldChanges.objects.waiting().filter(gateway=gateway, kind=HeldChanges.Kind.LOSSES).update(closed_at=at)


def close_decided(gateway: WhmcsGateway, *, at: datetime) -> None:
    """After a run that began at `at` and proves something: close expired answers and what is about the whole gateway.

    Losses may still wait after such a run; see `close_waiting` and `close_done`.
    """
    said = HeldChanges.objects.filter(gateway=gateway, closed_at=None)
    settled = Q(verdict=Verdict.WAITING) | Q(verdict=Verdict.APPROVED, decided_at__lte=at)
    said.filter(settled & ~Q(kind=HeldChanges.Kind.LOSSES) | is_over(at)).update(closed_at=at)


def close_done(gateway: WhmcsGateway, *, at: datetime) -> None:
    """Close the approvals of losses given until `at`: their losses are carried out, or no longer exist."""
    given = HeldChanges.objects.filter(gateway=gateway, kind=HeldChanges.Kind.LOSSES, verdict=Verdict.APPROVED)
    given.filter(closed_at=None, decided_at__lte=at).update(closed_at=at)


def is_over(at: datetime, prefix: str = "") -> Q:
    """Whether an answer is no longer in force at `at`: an expired approval, or a rejection after its last day."""
    today = timezone.localdate(at)
    expired = Q(**{f"{prefix}verdict": Verdict.APPROVED, f"{prefix}expires_at__lte": at})
    return expired | Q(**{f"{prefix}verdict": Verdict.REJECTED, f"{prefix}kept_until__lt": today})


def _asked_of_open(gateway: WhmcsGateway) -> int | None:
    held = _waiting(gateway, HeldChanges.Kind.LOSSES)
    return int(held.figures["open"]) if held else None


def _waiting(gateway: WhmcsGateway, kind: HeldChanges.Kind) -> HeldChanges | None:
    return HeldChanges.objects.waiting().filter(gateway=gateway, kind=kind).first()


def _ask(gateway: WhmcsGateway, kind: HeldChanges.Kind, at: datetime) -> HeldChanges:
    return HeldChanges.objects.create(gateway=gateway, kind=kind, opened_at=at)


def _show(held: HeldChanges, figures: dict[str, Any], *, is_new: bool) -> None:
    HeldChanges.objects.filter(pk=held.pk).update(figures=figures)
    held.figures = figures
    if is_new:
        alerts.queue_approval_waits(held)


def _insert(held: HeldChanges, rows: Sequence[HeldRow]) -> None:
    columns = ("held_id", *HeldRow._fields)
    insert_rows(HeldCompany, columns, [(held.pk, row[0], row[1], dict(row.before), dict(row.after)) for row in rows])
