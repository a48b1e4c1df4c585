"""The services and held changes that belong to attention items, loaded at once for a whole page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from billing.models import AttentionItem, HeldChanges, Subscription
from companies.models import Company


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Services by gateway and service id, and waiting changes by gateway and kind."""

    services: Mapping[tuple[int, int], Subscription] = field(default_factory=dict)
    waiting: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def service(self, item: AttentionItem) -> Subscription | None:
        """The service that an item is about. Its row may be newer than the item."""
        number = service_id_of(item)
        return None if number is None else self.services.get((item.gateway_id, number))

    def company(self, item: AttentionItem) -> Company | None:
        """The company that an item is about."""
        service = self.service(item)
        return service.company if service else None


def service_id_of(item: AttentionItem) -> int | None:
    """The number of the service that an item is about, if it is about one."""
    return int(item.subject) if item.subject.isascii() and item.subject.isdecimal() else None


def load_surroundings(items: Iterable[AttentionItem]) -> Surroundings:
    """Two queries for any number of items."""
    by_gateway: dict[int, set[int]] = {}
    for item in items:
        numbers = by_gateway.setdefault(item.gateway_id, set())
        number = service_id_of(item)
        if number is not None:
            numbers.add(number)
    if not by_gateway:
        return Surroundings()
    wanted = Q(pk__in=[])
    for gateway_id, numbers in by_gateway.items():
        wanted |= Q(gateway_id=gateway_id, service_id__in=numbers)
    services = Subscription.objects.filter(wanted).select_related("company")
    waiting = HeldChanges.objects.waiting().filter(gateway_id__in=by_gateway)
    return Surroundings(
        services={(row.gateway_id, row.service_id): row for row in services},
        waiting={(held.gateway_id, held.kind): held.pk for held in waiting},
    )
