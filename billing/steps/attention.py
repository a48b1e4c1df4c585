"""Opening and closing attention items: once for a cause, and never a thousand of the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import QuerySet

from billing.models import AttentionItem, HeldChanges, Kind, WhmcsGateway
from companies.models import Company, Invitation, Membership, Role, User

# Raised anew by every run that meets the cause, so a run that does not meet it closes them.
ABOUT_A_SERVICE = (
    Kind.PLAN_UNKNOWN,
    Kind.STATUS_UNKNOWN,
    Kind.BAD_ROW,
    Kind.BAD_CLIENT,
    Kind.DETAILS_FAILED,
    Kind.WRITE_FAILED,
    Kind.LOSS_UNCONFIRMED,
)
ABOUT_A_RUN = (Kind.CLOCK_DIFFERS, Kind.GATEWAY_ERROR)
ABOUT_A_YES = {
    Kind.LOSSES_HELD: HeldChanges.Kind.LOSSES,
    Kind.FIRST_IMPORT: HeldChanges.Kind.FIRST_IMPORT,
    Kind.OTHER_WHMCS: HeldChanges.Kind.OTHER_WHMCS,
}


@dataclass(slots=True)
class Raised:
    """What a run raised so far: (kind, subject) with the parameters of its sentence."""

    gateway: WhmcsGateway
    fresh: dict[tuple[str, str], tuple[int | None, Mapping[str, str]]] = field(default_factory=dict)
    keys: set[tuple[str, str]] = field(default_factory=set)

    def add(self, kind: str, subject: object, params: Mapping[str, str], subscription_id: int | None = None) -> None:
        """Note a cause; `flush` writes it."""
        key = (str(kind), str(subject))
        self.keys.add(key)
        self.fresh[key] = (subscription_id, dict(params))

    def copy(self) -> "Raised":
        """As it stands now; later causes change only the original."""
        return Raised(self.gateway, dict(self.fresh), set(self.keys))

    def flush(self, at: datetime) -> None:
        """Write what was noted since the last time: new causes are opened, changed ones brought up to date."""
        if not self.fresh:
            return
        known = self._load_open()
        new = [
            AttentionItem(
                gateway=self.gateway, kind=kind, subject=subject, subscription_id=row, params=params, opened_at=at
            )
            for (kind, subject), (row, params) in self.fresh.items()
            if (kind, subject) not in known
        ]
        AttentionItem.objects.bulk_create(new, ignore_conflicts=True)
        for key, (_, params) in self.fresh.items():
            if key in known and known[key].params != params:
                AttentionItem.objects.filter(pk=known[key].pk).update(params=params)
        self.fresh.clear()

    def _load_open(self) -> dict[tuple[str, str], AttentionItem]:
        subjects = {subject for _, subject in self.fresh}
        items = AttentionItem.objects.filter(gateway=self.gateway, closed_at=None, subject__in=subjects)
        return {(item.kind, item.subject): item for item in items}


def close_solved(raised: Raised, *, seen: Iterable[int] | None, at: datetime, is_whole: bool = True) -> None:
    """Close the items whose cause is gone.

    `seen` are the services that this run read; None means all there are. What is about the run as a whole only a
    whole run can close.
    """
    open_items = AttentionItem.objects.filter(gateway=raised.gateway, closed_at=None)
    read = None if seen is None else {str(service_id) for service_id in seen}
    solved = [
        item.pk
        for item in open_items.filter(kind__in=ABOUT_A_SERVICE)
        if (item.kind, item.subject) not in raised.keys and (read is None or item.subject in read)
    ]
    if is_whole:
        about_runs = open_items.filter(kind__in=ABOUT_A_RUN)
        solved += [item.pk for item in about_runs if (item.kind, item.subject) not in raised.keys]
    solved += _decided_by_people(raised.gateway, open_items)
    solved += open_items.filter(kind=Kind.VANISHED, subscription__vanished_at=None).values_list("pk", flat=True)
    solved += _settled_by_people(open_items.filter(kind__in=_SOLVED))
    if solved:
        AttentionItem.objects.filter(pk__in=solved).update(closed_at=at)


def _decided_by_people(gateway: WhmcsGateway, items: QuerySet[AttentionItem]) -> list[int]:
    """Items about something that waited for a yes and does not wait any more."""
    asked = {item.pk: ABOUT_A_YES[Kind(item.kind)] for item in items.filter(kind__in=ABOUT_A_YES)}
    if not asked:
        return []
    waiting = HeldChanges.objects.filter(gateway=gateway, verdict=HeldChanges.Verdict.WAITING, closed_at=None)
    kinds = set(waiting.values_list("kind", flat=True))
    return [pk for pk, kind in asked.items() if kind not in kinds]


def _settled_by_people(items: Iterable[AttentionItem]) -> list[int]:
    """Items about an owner who has since found the way in."""
    return [item.pk for item in items if _SOLVED[Kind(item.kind)](item.params)]


def _has_password(params: Mapping[str, str]) -> bool:
    return User.objects.filter(pk=params["user_id"]).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists()


def _has_answered(params: Mapping[str, str]) -> bool:
    return not Invitation.objects.filter(pk=params["invitation_id"], closed_at=None).exists()


def _has_owner(params: Mapping[str, str]) -> bool:
    return Membership.objects.filter(company_id=params["company_id"], role=Role.OWNER).exists()


def _has_name(params: Mapping[str, str]) -> bool:
    return Company.objects.filter(pk=params["company_id"]).exclude(name=params["email"]).exists()


_SOLVED = {
    Kind.NAME_MISSING: _has_name,
    Kind.PASSWORD_NEEDED: _has_password,
    Kind.OWNER_INVITED: _has_answered,
    Kind.OWNER_IS_OPERATOR: _has_owner,
}
