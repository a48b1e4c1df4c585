"""Where a walk takes place: a shop, one clock, and Ticketz in the middle, all of it empty at first."""

from collections.abc import Sequence
from typing import TypeVar

from billing.models import WhmcsGateway
from companies.models import Company, User
from plans.models import Plan
from sandbox import SandboxServer, Service, Shop
from sandbox.faults.plan import Rule
from tests.billing.factories import gateway_for
from tests.walk import stage
from tests.walk.clock import Clock

T = TypeVar("T")


class Place:
    """Made empty; `close` ends it.

    `poisons` are rows that can't be read (service: kind, rule), `troubles` the faults of the moment, `unusable` the
    clients of whom no company can be made, `passwords` what was typed with each order and whether it has to open the
    door, `plans` our plans by name. `deleted` are services that the shop had once.
    """

    def __init__(self, guard_count: int = 10) -> None:
        """`guard_count` is the gateway's number of companies that may lose access in one run."""
        stage.empty_tables()
        self.clock = Clock()
        self.ears = stage.Ears()
        self.shop = Shop()
        self.whmcs = SandboxServer(self.shop).start()
        self.search = stage.Search(self.whmcs.secret)
        self.poisons: dict[int, tuple[str, Rule]] = {}
        self.troubles: list[tuple[str, Rule]] = []
        self.unusable: set[int] = set()
        self.deleted: list[Service] = []
        self.passwords: dict[int, tuple[str, bool]] = {}
        self.plans = {name: Plan.objects.create(name=name, users=2).pk for name in ("Starter", "Team", "Business")}
        User.objects.create_superuser("root@example.com", "the operator's password")
        self.gateway_id = gateway_for(self.whmcs, mass_change_count=guard_count).pk

    def close(self) -> None:
        self.whmcs.stop()
        self.ears.close()
        self.clock.stop()

    @property
    def gateway(self) -> WhmcsGateway:
        """The gateway as it stands in the database."""
        return WhmcsGateway.objects.get(pk=self.gateway_id)

    def company(self, number: int) -> Company | None:
        """The nth company."""
        return pick(list(Company.objects.order_by("pk")), number)

    def service(self, number: int) -> Service | None:
        """The nth service of the shop."""
        return pick(self.shop.listing(), number)

    def heal(self, service: int) -> None:
        """A row (by its own number) can be read again."""
        if service in self.poisons:
            self.whmcs.faults.remove(self.poisons.pop(service)[1])


def pick(things: Sequence[T], number: int) -> T | None:
    """The nth of some things, counted around; None where there are none."""
    return things[number % len(things)] if things else None
