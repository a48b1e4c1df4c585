"""The stage of a scenario: a small shop, a gateway that reads it, and what is about to change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone

from billing.models import Subscription, SyncRun, WhmcsGateway
from companies.models import Company
from sandbox import Credentials, SandboxServer, Service, Shop
from tests.scoreboard.quick import PATIENCE, set_patience

SECRET = "K4n4ry-api-secret-7d1f93"
CART_PASSWORD = "K4n4ry-cart-2b8e64"
CANARIES = {"API secret": SECRET, "cart password": CART_PASSWORD}
GRACE_DAYS = 3


@dataclass(slots=True)
class Stage:
    """A shop, by the first names of its customers.

    `others` are further servers that a scenario starts, `endings` what is to be undone after it, `new` those whose
    password is tried at the end, `same_person` the
    e-mail addresses whose several WHMCS clients are one person.
    """

    server: SandboxServer
    ids: dict[str, int] = field(default_factory=dict)
    exceptions: dict[int, bool | None] = field(default_factory=dict)
    endings: list[Callable[[], object]] = field(default_factory=list)
    others: list[SandboxServer] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    same_person: set[str] = field(default_factory=set)

    @property
    def shop(self) -> Shop:
        return self.server.shop

    def of(self, name: str) -> int:
        """The number of a customer's service."""
        return self.ids[name]

    def service(self, name: str) -> Service:
        return self.shop.services[self.ids[name]]

    def buy(self, name: str, *, due_in: int | None = 20, **order: object) -> Service:
        """A paid order. `due_in` None leaves the date that the shop gives."""
        details = {"plan": "Team", "password": CART_PASSWORD, "email": f"{name.lower()}@example.com"} | order
        service = self.shop.buy(name, "Smith", **details)  # type: ignore[arg-type]
        self.ids[name] = service.id
        if due_in is not None:
            self.shop.move_due_date(service.id, timezone.localdate() + timedelta(days=due_in))
        return service

    def expect(self, name: str, is_open: bool | None) -> None:
        """Say what is right for a customer where the shop's own columns don't; None: either is."""
        self.exceptions[self.ids[name]] = is_open

    def open_by_right(self, service: Service) -> bool | None:
        """Whether who bought this has to get in; None: nobody can say."""
        if service.id in self.exceptions:
            return self.exceptions[service.id]
        if service.status == "Pending":
            return None
        if service.status not in ("Active", "Completed"):
            return False
        today, due = timezone.localdate(), service.next_due_date
        if service.override_suspend_until and service.override_suspend_until >= today:
            return True
        return due is None or due.year > 9000 or today <= due + timedelta(days=GRACE_DAYS)

    def gateways(self) -> list[WhmcsGateway]:
        return list(WhmcsGateway.objects.order_by("pk"))

    def point_gateway_to(self, base_url: str) -> None:
        WhmcsGateway.objects.filter(name="Shop").update(base_url=base_url)

    def be_impatient(self, seconds: float) -> None:
        """Let nobody wait longer for an answer until the fault is over."""
        set_patience(seconds)

    def clear(self) -> None:
        """The fault is over."""
        self.server.faults.clear()
        self.point_gateway_to(self.server.url)
        set_patience(PATIENCE)

    def close(self) -> None:
        for other in self.others:
            other.stop()
        for end in self.endings:
            end()
        set_patience(PATIENCE)

    def let_days_pass(self, days: int) -> None:
        """Everything that has happened happened so many days earlier."""
        back = timedelta(days=days)
        for service in list(self.shop.services.values()):
            if service.next_due_date:
                self.shop.edit_service(service.id, next_due_date=service.next_due_date - back)
        for model in (Company, Subscription):
            for pk, due in model._default_manager.exclude(due_date=None).values_list("pk", "due_date"):
                model._default_manager.filter(pk=pk).update(due_date=due and due - back)
        WhmcsGateway.objects.exclude(confirmed_at=None).update(confirmed_at=timezone.now() - back)
        SyncRun.objects.update(started_at=timezone.now() - back)


def build_shop() -> SandboxServer:
    """A server of an empty shop whose secrets are the canaries."""
    return SandboxServer(Shop(credentials=Credentials(identifier="an-identifier", secret=SECRET)))


def change_a_little(stage: Stage) -> None:
    """What a day brings: one buys, one pays late, one is suspended, one renews, one upgrades."""
    stage.buy("Nia")
    stage.new.add("Nia")
    stage.shop.unsuspend(stage.of("Max"))
    stage.shop.suspend(stage.of("Oto"))
    stage.shop.renew(stage.of("Pam"))
    stage.shop.change_plan(stage.of("Rui"), "Business")


def companies_of(service_ids: set[int]) -> dict[int, Company]:
    """The company of each service that has one."""
    rows = Subscription.objects.filter(service_id__in=service_ids, gateway__name="Shop").exclude(company=None)
    return {
        row.service_id: row.company for row in rows.select_related("company__source", "company__plan") if row.company
    }


def in_days(days: int) -> date:
    """The day so many days from today."""
    return timezone.localdate() + timedelta(days=days)
