"""Where guards are tried: a shop over HTTP, a gateway, customers who have paid, and a clock that can be moved on."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from billing.decisions import approvals
from billing.errors import ApprovalOutdated, GatewayPaused
from billing.models import HeldChanges, Subscription, SyncRun, WhmcsGateway
from companies.events import Actor
from companies.models import Company, User
from companies.standings.facts import access_of
from sandbox import OTHER_PID, SandboxServer, Service
from sandbox.faults import OverrideRow
from sandbox.wire import Call
from tests.proofs.story import buy, make_gateway, sync_now

NAMES = ("Alice", "Bob", "Charlie", "Dora")
SOMEBODY = Actor("somebody")
PAID = {"Active", "Completed"}


class Stage:
    """The operator is here; customers come with `open`. `ids` has the service of each by name."""

    def __init__(self, whmcs: SandboxServer, clock: time_machine.Traveller) -> None:
        self.whmcs, self.shop, self.faults = whmcs, whmcs.shop, whmcs.faults
        self._clock = clock
        self.ids: dict[str, int] = {}
        User.objects.create_superuser("root@example.com", "the operator's password")
        self.gateway = make_gateway(whmcs)

    def open(self, *names: str) -> None:
        """These customers (or four) buy, and their companies are opened."""
        for name in names or NAMES:
            self.buy(name)
        assert self.sync() == SyncRun.Outcome.COMPLETE

    def buy(self, name: str, **order: str) -> int:
        self.ids[name] = buy(self.shop, name, **order).id  # type: ignore[arg-type]
        return self.ids[name]

    def buy_something_else(self, name: str) -> None:
        """An order of another product."""
        self.shop.buy(name, "Smith", f"{name.lower()}@example.com", plan="Team", pid=OTHER_PID)

    def sync(self) -> str:
        """How a run ended; "paused" where there was none."""
        try:
            return str(sync_now().outcome)
        except GatewayPaused:
            return "paused"

    def days_pass(self, days: int) -> None:
        self._clock.shift(timedelta(days=days))

    def alice_pays_in_an_outage(self) -> None:
        """Forty days without a reading: Alice's date passes and she pays, all others had paid for longer."""
        for name in self.ids:
            if name != "Alice":
                self.shop.renew(self.ids[name], 3)
        assert self.sync() == SyncRun.Outcome.COMPLETE
        self.days_pass(40)
        self.shop.renew(self.ids["Alice"])

    def shows(self, *names: str, only_in_listings: bool = False, **columns: object) -> None:
        """By mistake WHMCS shows something else about these than is true."""
        for name in names:
            fault = OverrideRow(self.ids[name], columns)
            self.faults.when(is_listing if only_in_listings else lambda call: True, fault)

    def waiting(self) -> HeldChanges:
        return HeldChanges.objects.get(verdict=HeldChanges.Verdict.WAITING, closed_at=None)

    def approve(self, version: int | None = None) -> None:
        """Say yes to what is shown, or to what was shown as `version`; a refused yes is none."""
        held = self.waiting()
        try:
            approvals.approve(held, version=version or held.version, actor=SOMEBODY, at=timezone.now())
        except ApprovalOutdated:
            return

    def reject(self) -> None:
        """Say no to what is shown."""
        held, until = self.waiting(), timezone.localdate() + timedelta(days=5)
        approvals.reject(held, version=held.version, until=until, reason="No", actor=SOMEBODY, at=timezone.now())

    def company(self, name: str) -> Company:
        return Company.objects.select_related("source", "plan").get(subscriptions__service_id=self.ids[name])

    def judge(self) -> list[str]:
        """What is wrong by the shop's own books: payers who are locked out or have no company, strangers who have one,
        anybody with two."""
        wrong = []
        for service in self.shop.services.values():
            companies = [row.company for row in _rows(service) if row.company]
            name = self.shop.clients[service.client_id].first_name
            if self._has_paid(service):
                wrong += [] if companies else [f"{name} has paid and has no company"]
                wrong += [f"{name} has paid and is locked out" for c in companies if not access_of(c).is_open]
            elif service.status == "Pending" or service.pid == OTHER_PID:
                wrong += [f"{name} has not paid for a company and has one" for _ in companies]
        return wrong + self._twice()

    def _has_paid(self, service: Service) -> bool:
        due = service.next_due_date
        return service.status in PAID and service.pid != OTHER_PID and (due is None or due >= self.shop.today)

    def _twice(self) -> list[str]:
        """Nobody on this stage buys twice."""
        owned = [m.user.name for c in Company.objects.all() for m in c.memberships.select_related("user")]
        alone = Company.objects.filter(subscriptions=None).count()
        return [f"{name} has two companies" for name in sorted(set(owned)) if owned.count(name) > 1] + (
            ["a company belongs to no service"] if alone else []
        )


def is_listing(call: Call) -> bool:
    """Whether a call asks for many services and not for one."""
    return call.action == "getclientsproducts" and "serviceid" not in call.params


def gateway_now() -> WhmcsGateway:
    return WhmcsGateway.objects.get()


def _rows(service: Service) -> list[Subscription]:
    return list(Subscription.objects.filter(service_id=service.id).select_related("company__source"))
