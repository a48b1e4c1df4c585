"""A purchase, and what stands here after a reading."""

from typing import Any

from billing.models import AttentionItem, Subscription
from companies.models import Company, Event, Invitation, Membership, User
from sandbox import Service, Shop

PASSWORD = "correct horse & <battery>"


def buy(shop: Shop, name: str = "Alice", **changes: Any) -> Service:
    """A paid order of a new client, but for `changes`."""
    order: dict[str, Any] = {
        "first_name": name, "last_name": "Smith", "email": f"{name.lower()}@example.com", "plan": "Team",
        "password": PASSWORD, **changes,
    }  # fmt: skip
    return shop.buy(**order)


def counts(sync_run: object) -> dict[str, int]:
    """The counts of a run that are not zero."""
    names = ("seen", "created", "changed", "unchanged", "held", "failed")
    return {name: getattr(sync_run, name) for name in names if getattr(sync_run, name)}


def open_kinds() -> set[str]:
    """What needs attention now, by kind."""
    return set(AttentionItem.objects.filter(closed_at=None).values_list("kind", flat=True))


def state() -> dict[str, list[tuple[object, ...]]]:
    """All business rows, to compare before and after."""
    models = (Company, Subscription, User, Membership, Invitation, Event, AttentionItem)
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}
