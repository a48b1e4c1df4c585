"""A small world with a past, and two things that happen to it: three people buy, and much changes."""

from datetime import timedelta
from typing import Any

from billing import sync
from billing.models import SyncRun, WhmcsGateway
from companies.models import User
from plans.models import Plan
from sandbox import OTHER_PID, SandboxServer, Service, Shop
from tests.billing.factories import gateway_for

PASSWORD = "correct horse & <battery>"


def buy(
    shop: Shop,
    name: str,
    *,
    plan: str = "Team",
    password: str = PASSWORD,
    email: str = "",
    client_id: int | None = None,
) -> Service:
    """A paid order by somebody called `name`, with an address of that name unless another is given."""
    address = email or f"{name.lower()}@example.com"
    return shop.buy(name, "Smith", address, plan=plan, password=password, phone="+44 1", client_id=client_id)


def make_gateway(whmcs: SandboxServer, name: str = "Shop") -> WhmcsGateway:
    """A gateway that points to the stand-in, and three plans."""
    for plan, users in {"Starter": 1, "Team": 3, "Business": 10}.items():
        Plan.objects.get_or_create(name=plan, defaults={"users": users})
    return gateway_for(whmcs, name)


def sync_now(**options: Any) -> SyncRun:
    """Sync the one gateway as it stands in the database."""
    return sync.sync_gateway(WhmcsGateway.objects.get(), trigger=SyncRun.Trigger.COMMAND, **options)


def sync_to_the_end() -> None:
    """A run that the dead one's lease must not refuse."""
    assert sync_now().outcome in {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.HELD}


class World:
    """A dozen customers, synced once."""

    def __init__(self, whmcs: SandboxServer) -> None:
        self.shop = whmcs.shop
        names = ("Dora", "Erik", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea", "Max", "Nora", "Otto")
        self.services = {name: buy(self.shop, name) for name in names}
        User.objects.create_superuser("root@example.com", "the operator's password")
        make_gateway(whmcs)
        sync_now()
        self.shop.terminate(self.services["Gus"].id)
        assert sync_now().outcome == SyncRun.Outcome.COMPLETE
        self.passwords = {f"{name.lower()}@example.com": PASSWORD for name in names}

    def three_people_buy(self) -> None:
        """One plainly, one without a password, one with the address of somebody who is here already."""
        buy(self.shop, "Alice")
        buy(self.shop, "Bob", password="")
        buy(self.shop, "Charlie", email="dora@example.com")
        self.passwords["alice@example.com"] = PASSWORD

    def much_changes(self) -> None:
        """Every other thing that a run does, once each."""
        shop, of = self.shop, {name: service.id for name, service in self.services.items()}
        shop.renew(of["Dora"])
        shop.suspend(of["Erik"])
        shop.change_plan(of["Fay"], "Business")
        buy(shop, "Gus", plan="Business", password="another password", client_id=self.services["Gus"].client_id)
        shop.change_plan(of["Hal"], "team")
        shop.edit_service(of["Ida"], client_id=self.services["Jon"].client_id)
        shop.edit_service(of["Kim"], pid=OTHER_PID)
        shop.delete_service(of["Lea"])
        shop.move_due_date(of["Max"], shop.today - timedelta(days=40))
        buy(shop, "Root", email="root@example.com")
        buy(shop, "Waiting", plan="no such plan")
