"""The shop as it changes: what is true of each service, and since when it has been paid for."""

import random
import time
from dataclasses import dataclass, field

from django.utils import timezone

from billing.models import WhmcsGateway
from billing.on_demand import read_requests
from sandbox import Service, Shop

PASSWORD = "Nem3sis-c4rt-p4ssword"
PLANS = ("Starter", "Team", "Business")


@dataclass(slots=True)
class Truth:
    """`bought_at` is when each service was bought (monotonic seconds).

    `unpaid_until` is when one was paid again that had not been paid for a while; infinity as long as it is not.
    """

    shop: Shop
    dice: random.Random
    unpaid_until: dict[int, float] = field(default_factory=dict)
    bought_at: dict[int, float] = field(default_factory=dict)

    def services(self) -> list[Service]:
        return list(self.shop.services.values())

    def paid_for(self, service_id: int) -> float:
        """For how many seconds it has been paid for without a break."""
        since = self.unpaid_until.get(service_id, self.bought_at[service_id])
        return time.monotonic() - since

    def buy(self, number: int = 1) -> None:
        """So many people buy at once."""
        for _ in range(number):
            name = str(len(self.bought_at))
            service = self.shop.buy(
                "Client", name, f"c{name}@example.com", plan=self.dice.choice(PLANS), password=PASSWORD
            )
            self.bought_at[service.id] = time.monotonic()

    def step(self) -> str:
        """Something happens in the shop; returns what."""
        verbs = {"buy": 5, "buy_many": 1, "suspend": 2, "pay": 4, "renew": 4, "upgrade": 3, "terminate": 1}
        verb = self.dice.choices(list(verbs), list(verbs.values()))[0]
        getattr(self, f"_{verb}")()
        return verb

    def _buy(self) -> None:
        self.buy()

    def _buy_many(self) -> None:
        self.buy(40)

    def _suspend(self) -> None:
        self._take(self.shop.suspend)

    def _terminate(self) -> None:
        self._take(self.shop.terminate)

    def _pay(self) -> None:
        suspended = [one for one in self.services() if one.status == "Suspended"]
        if suspended:
            service = self.dice.choice(suspended)
            self.shop.unsuspend(service.id)
            self.unpaid_until[service.id] = time.monotonic()
            gateway = WhmcsGateway.objects.get()
            read_requests.enqueue(gateway.pk, service.id, trigger="customer", at=timezone.now())

    def _renew(self) -> None:
        self.shop.renew(self._active().id)

    def _upgrade(self) -> None:
        self.shop.change_plan(self._active().id, self.dice.choice(PLANS))

    def _take(self, take: object) -> None:
        service = self._active()
        # Before the shop says so: nobody is held to what is not so any more.
        self.unpaid_until[service.id] = float("inf")
        take(service.id)  # type: ignore[operator]

    def _active(self) -> Service:
        return self.dice.choice([one for one in self.services() if one.status == "Active"])
