"""A purchase, and what stands here after a reading."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from billing.models import AttentionItem, HeldChanges, Subscription, WhmcsGateway
from companies.models import Company, Event, Invitation, Membership, User
from companies.standings.facts import access_of
from sandbox import SandboxServer, Service, Shop
from sandbox.faults import LimitCapped, api_error
from sandbox.wire import Call

PASSWORD = "correct horse & <battery>"


def buy(shop: Shop, name: str = "Alice", **changes: Any) -> Service:
    """A paid order of a new client, but for `changes`."""
    order: dict[str, Any] = {
        "first_name": name, "last_name": "Smith", "email": f"{name.lower()}@example.com", "plan": "Team",
        "password": PASSWORD, **changes,
    }  # fmt: skip
    return shop.buy(**order)


def buy_two_of_one_company(shop: Shop, run: Callable[[], object]) -> tuple[int, int]:
    """The older on Team, paid far ahead, and the newer on Business, which speaks for the company."""
    first = buy(shop)
    run()
    shop.terminate(first.id)
    run()
    second = buy(shop, client_id=first.client_id, plan="Business")
    run()
    shop.activate(first.id)
    shop.move_due_date(first.id, far_ahead())
    run()
    return first.id, second.id


def far_ahead() -> date:
    return timezone.localdate() + timedelta(days=200)


def standing() -> tuple[str, bool]:
    """The plan of the only company, and whether it is open."""
    company = Company.objects.select_related("source").get()
    return company.plan.name, access_of(company).is_open


def overdue(shop: Shop, service_id: int) -> None:
    """Its due date passed long ago, and no reading has confirmed that since."""
    long_ago = timezone.now() - timedelta(days=10)
    shop.move_due_date(service_id, long_ago.date())
    Subscription.objects.filter(service_id=service_id).update(due_date=long_ago.date())
    Company.objects.filter(subscriptions__service_id=service_id).update(due_date=long_ago.date())
    WhmcsGateway.objects.update(confirmed_at=long_ago)


def counts(sync_run: object) -> dict[str, int]:
    """The counts of a run that are not zero."""
    names = ("seen", "created", "changed", "unchanged", "held", "failed")
    return {name: getattr(sync_run, name) for name in names if getattr(sync_run, name)}


def company_of(service_id: int) -> Company:
    """The company that lives by a service."""
    return Company.objects.select_related("source", "plan").get(subscriptions__service_id=service_id)


def are_open(service_ids: list[int]) -> list[bool]:
    """Whether the company of each service is open."""
    return [access_of(company_of(service_id)).is_open for service_id in service_ids]


def waiting() -> HeldChanges:
    """The one question that waits for a yes or a no."""
    return HeldChanges.objects.get(verdict="waiting", closed_at=None)


def asks_for(service_id: int) -> Callable[[Call], bool]:
    """For faults: the calls that ask for this one service."""
    return lambda call: call.params.get("serviceid") == str(service_id)


def break_list_after(services: int, whmcs: SandboxServer) -> None:
    """No list is complete: what comes after so many services can't be read."""
    whmcs.faults.always(LimitCapped(services))
    whmcs.faults.when(lambda call: int(call.params.get("limitstart", 0)) >= services, api_error("Out of order"))


def open_kinds() -> set[str]:
    """What needs attention now, by kind."""
    return set(AttentionItem.objects.filter(closed_at=None).values_list("kind", flat=True))


def state() -> dict[str, list[tuple[object, ...]]]:
    """All business rows, to compare before and after."""
    models = (Company, Subscription, User, Membership, Invitation, Event, AttentionItem)
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}
