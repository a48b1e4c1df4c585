"""Loads the coverage matrix from our rows, in two queries for any number of services."""

from collections.abc import Collection

from django.db.models import Count as CountOf

from billing.coverage.matrix import Count, Matrix, build_matrix
from billing.models import AttentionItem, HeldChanges, HeldCompany, Kind, Subscription, WhmcsGateway
from plans.models import Plan


def load_matrix(gateway: WhmcsGateway) -> Matrix:
    """The plan values of the gateway's services, as last read, against the plans here."""
    return build_matrix(load_counts([gateway])[gateway.pk], load_plans(), gateway.fallback_plan_id)


def load_counts(gateways: Collection[WhmcsGateway]) -> dict[int, list[Count]]:
    """The services of each gateway, counted by plan value and status; one query for all gateways."""
    rows = Subscription.objects.existing().filter(gateway__in=gateways)
    groups = rows.values_list("gateway_id", "plan_value", "status").annotate(CountOf("pk"), CountOf("company"))
    counts: dict[int, list[Count]] = {gateway.pk: [] for gateway in gateways}
    for gateway_id, *group in groups.order_by():
        counts[gateway_id].append(Count(*group))
    return counts


def load_plans() -> dict[str, int]:
    """The ids of all plans by name."""
    return dict(Plan.objects.values_list("name", "pk"))


def is_anything_known(gateway: WhmcsGateway) -> bool:
    """Whether anything was ever read through this gateway."""
    return Subscription.objects.filter(gateway=gateway).exists()


def count_unsure(gateway: WhmcsGateway) -> int:
    """The number of services that are counted by an outdated value, because a newer one still waits."""
    strange = AttentionItem.objects.open().filter(gateway=gateway, kind=Kind.STATUS_UNKNOWN).count()
    return strange + HeldCompany.objects.filter(held__in=HeldChanges.objects.waiting().filter(gateway=gateway)).count()
