"""Opens attention items: one for each cause, and only a limited number of each kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from billing.models import AttentionItem, HeldChanges, Kind, WhmcsGateway

# Every run that meets the cause raises these again, so a run that does not meet it closes them.
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
ABOUT_HELD_CHANGES = {
    Kind.LOSSES_HELD: HeldChanges.Kind.LOSSES,
    Kind.FIRST_IMPORT: HeldChanges.Kind.FIRST_IMPORT,
    Kind.MANY_ABSENT: HeldChanges.Kind.ABSENT,
    Kind.OTHER_WHMCS: HeldChanges.Kind.OTHER_WHMCS,
}
# The parameters that identify the cause of an item; its others change from run to run although the cause is the same.
NAMES_THE_CAUSE: Mapping[str, tuple[str, ...]] = {
    Kind.BAD_ROW: ("reason", "field", "value"),
    Kind.GATEWAY_ERROR: ("code",),
    Kind.CLOCK_DIFFERS: (),
    Kind.LOSSES_HELD: ("losing",),
    Kind.HOOK_SILENT: ("heard",),
}
# The most open items of one kind; the others are shown as a number.
MOST_ALIKE = 20


@dataclass(slots=True)
class Raised:
    """What a run raised so far: `keys` are all (kind, subject), `fresh` those not written yet, with parameters."""

    gateway: WhmcsGateway
    fresh: dict[tuple[str, str], tuple[int | None, Mapping[str, str]]] = field(default_factory=dict)
    keys: set[tuple[str, str]] = field(default_factory=set)

    def add(self, kind: str, subject: object, params: Mapping[str, str], subscription_id: int | None = None) -> None:
        """Note a cause; `flush` writes it."""
        key = (str(kind), str(subject))
        self.keys.add(key)
        self.fresh[key] = (subscription_id, dict(params))

    def copy(self) -> "Raised":
        """A copy of the present state; later causes change only the original."""
        return Raised(self.gateway, dict(self.fresh), set(self.keys))

    def take_over(self, subject: str, other: "Raised") -> None:
        """Forget what was raised about this subject, and take over what `other` raised about it."""
        self.fresh = {key: cause for key, cause in self.fresh.items() if key[1] != subject}
        self.keys = {key for key in self.keys if key[1] != subject} | {key for key in other.keys if key[1] == subject}

    def flush(self, at: datetime) -> None:
        """Write what was added since the last flush: open items for new causes, update changed ones."""
        if not self.fresh:
            return
        known = self._load_open()
        self._end_outdated(known, at)
        new = [
            AttentionItem(
                gateway=self.gateway, kind=kind, subject=subject, subscription_id=row, params=params, opened_at=at
            )
            for (kind, subject), (row, params) in self.fresh.items()
            if (kind, subject) not in known
        ]
        AttentionItem.objects.bulk_create(_as_many_as_fit(self.gateway, new), ignore_conflicts=True)
        for key, (_, params) in self.fresh.items():
            if key in known and known[key].params != params:
                AttentionItem.objects.filter(pk=known[key].pk).update(params=params)
        self.fresh.clear()

    def _end_outdated(self, known: dict[tuple[str, str], AttentionItem], at: datetime) -> None:
        """Close dismissed items whose cause is now another one, so that the new cause opens a new item."""
        outdated = {
            key
            for key, (_, params) in self.fresh.items()
            if key in known and known[key].dismissed_at and not is_same_cause(key[0], known[key].params, params)
        }
        if outdated:
            AttentionItem.objects.filter(pk__in=[known.pop(key).pk for key in outdated]).update(closed_at=at)

    def _load_open(self) -> dict[tuple[str, str], AttentionItem]:
        subjects = {subject for _, subject in self.fresh}
        items = AttentionItem.objects.open().filter(gateway=self.gateway, subject__in=subjects)
        return {(item.kind, item.subject): item for item in items}


def is_same_cause(kind: str, before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether two items of a kind about the same subject, with these parameters, have the same cause."""
    names = NAMES_THE_CAUSE.get(kind)
    if names is None:
        return before == after
    return all(before.get(name) == after.get(name) for name in names)


def _as_many_as_fit(gateway: WhmcsGateway, new: Sequence[AttentionItem]) -> list[AttentionItem]:
    """The new items that may be opened: a renamed product must not open a thousand."""
    if not new:
        return []
    about_services = AttentionItem.objects.waiting().filter(gateway=gateway, kind__in=ABOUT_A_SERVICE)
    alike = Counter(about_services.exclude(subject=AttentionItem.THE_OTHERS).values_list("kind", flat=True))
    fitting = []
    for item in new:
        alike[item.kind] += 1
        if item.kind not in ABOUT_A_SERVICE or alike[item.kind] <= MOST_ALIKE:
            fitting.append(item)
    return fitting
