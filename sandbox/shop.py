"""The shop itself: what customers and the WHMCS administrator can do. A verb is one change, from any thread."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Unpack

from sandbox.catalogue import DEFAULT_CATALOGUE, TICKETZ_PID, Catalogue
from sandbox.changes import ClientChanges, ServiceChanges, add_months
from sandbox.records import OVERDUE, Client, Credentials, Service, Status
from sandbox.store import Store


class Shop(Store):
    """A WHMCS installation without its pages. Unknown ids raise KeyError."""

    def __init__(
        self,
        catalogue: Catalogue = DEFAULT_CATALOGUE,
        *,
        path: Path | None = None,
        credentials: Credentials | None = None,
        today: date | None = None,
    ) -> None:
        """Open a shop. `path` keeps it in a file, `today` fixes the day (None: the machine's own day)."""
        super().__init__(path, credentials)
        self.catalogue = catalogue
        self.fixed_today = today

    def copy(self) -> "Shop":
        """Return another shop with the same contents, kept in memory only; from now on each goes its own way."""
        with self.lock:
            other = Shop(self.catalogue, credentials=self.credentials, today=self.fixed_today)
            other.clients, other.services = dict(self.clients), dict(self.services)
            other._next_id = dict(self._next_id)
            return other

    @property
    def today(self) -> date:
        """The shop's day."""
        return self.fixed_today or date.today()

    def add_client(self, **columns: Unpack[ClientChanges]) -> Client:
        """Register a client; the e-mail may repeat, as in WHMCS 8 and later."""
        with self.change():
            empty = Client(id=self.new_id("client"), first_name="", last_name="", email="", created=self.today)
            self.clients[empty.id] = replace(empty, **columns)
            return self.clients[empty.id]

    def buy(
        self,
        first_name: str = "",
        last_name: str = "",
        email: str = "",
        *,
        company: str = "",
        phone: str = "",
        language: str = "",
        plan: str = "Starter",
        password: str = "",
        paid: bool = True,
        pid: int = TICKETZ_PID,
        client_id: int | None = None,
    ) -> Service:
        """Order a service and, with `paid`, pay its first invoice. Without `client_id` a new client is registered."""
        with self.change():
            if client_id is None:
                client_id = self.add_client(
                    first_name=first_name,
                    last_name=last_name,
                    email=email,
                    company=company,
                    phone=phone,
                    language=language,
                ).id
            service = self._order(self.clients[client_id].id, pid, plan, password)
            return self.pay(service.id) if paid else service

    def _order(self, client_id: int, pid: int, plan: str, password: str) -> Service:
        order = self.new_id("order")
        service = Service(
            id=self.new_id("service"),
            client_id=client_id,
            pid=pid,
            order_id=order,
            order_number=str(1_000_000_007 * order % 9_999_999_967),
            registered=self.today,
            next_due_date=self.today,
            status=Status.PENDING,
            plan=plan,
            first_password=password,
            amount=self._price(pid, plan),
        )
        self.services[service.id] = service
        return service

    def pay(self, service_id: int) -> Service:
        """Pay the open or next invoice: pending becomes active, overdue comes back, an ordered plan applies."""
        with self.change():
            return self.edit_service(service_id, **self._paid(self.services[service_id]))

    def renew(self, service_id: int, months: int = 1) -> Service:
        """Move the due date on by some months; nothing else changes."""
        with self.change():
            due = _next_period(self.services[service_id], months)
            return self.edit_service(service_id, next_due_date=due)

    def order_plan(self, service_id: int, plan: str) -> Service:
        """Order another plan: nothing changes until `pay`."""
        return self.edit_service(service_id, upgrade_to=plan)

    def change_plan(self, service_id: int, plan: str) -> Service:
        """Set the plan at once, as an administrator does or as a paid upgrade ends."""
        with self.change():
            amount = self._price(self.services[service_id].pid, plan)
            return self.edit_service(service_id, plan=plan, upgrade_to="", amount=amount)

    def move_due_date(self, service_id: int, day: date | None) -> Service:
        """Set the next due date; None is 0000-00-00."""
        return self.edit_service(service_id, next_due_date=day)

    def suspend(self, service_id: int, reason: str = OVERDUE) -> Service:
        """Suspend a service; one with a reason of its own does not come back by paying."""
        return self.edit_service(service_id, status=Status.SUSPENDED, suspension_reason=reason)

    def unsuspend(self, service_id: int) -> Service:
        """Make a service active and forget the reason of its suspension."""
        return self.edit_service(service_id, status=Status.ACTIVE, suspension_reason="")

    def activate(self, service_id: int) -> Service:
        """Accept an order by hand: the service becomes active, paid or not."""
        return self.unsuspend(service_id)

    def complete(self, service_id: int) -> Service:
        """Mark one-time work as done."""
        return self.edit_service(service_id, status=Status.COMPLETED)

    def terminate(self, service_id: int) -> Service:
        """Terminate a service."""
        return self.edit_service(service_id, status=Status.TERMINATED)

    def cancel(self, service_id: int) -> Service:
        """Cancel a service."""
        return self.edit_service(service_id, status=Status.CANCELLED)

    def mark_fraud(self, service_id: int) -> Service:
        """Mark the order, and with it the service, as fraud."""
        return self.edit_service(service_id, status=Status.FRAUD)

    def set_back_to_pending(self, service_id: int) -> Service:
        """Undo a cancellation or a fraud mark: the order waits again."""
        return self.edit_service(service_id, status=Status.PENDING)

    def edit_service(self, service_id: int, **changes: Unpack[ServiceChanges]) -> Service:
        """Change columns of a service directly."""
        with self.change():
            self.services[service_id] = replace(self.services[service_id], **changes)
            return self.services[service_id]

    def edit_client(self, client_id: int, **changes: Unpack[ClientChanges]) -> Client:
        """Change columns of a client."""
        with self.change():
            self.clients[client_id] = replace(self.clients[client_id], **changes)
            return self.clients[client_id]

    def move_service(self, service_id: int, client_id: int) -> Service:
        """Give a service to another client; it keeps its id."""
        return self.edit_service(service_id, client_id=self.clients[client_id].id)

    def merge_clients(self, from_id: int, into_id: int) -> Client:
        """Merge a client into another: the services move, the first client is gone."""
        with self.change():
            kept = self.clients[into_id]
            for service in self.services_of(from_id):
                self.move_service(service.id, into_id)
            if from_id != into_id:
                del self.clients[from_id]
            return kept

    def close_client(self, client_id: int) -> Client:
        """Close an account: every service of it that is not over is cancelled."""
        with self.change():
            for service in self.services_of(client_id):
                if service.status not in (Status.TERMINATED, Status.FRAUD):
                    self.cancel(service.id)
            return self.edit_client(client_id, status="Closed")

    def delete_service(self, service_id: int) -> None:
        """Remove a service; WHMCS keeps no trace of it."""
        with self.change():
            del self.services[service_id]

    def delete_client(self, client_id: int) -> None:
        """Remove a client with all services."""
        with self.change():
            for service in self.services_of(client_id):
                del self.services[service.id]
            del self.clients[client_id]

    def _paid(self, service: Service) -> ServiceChanges:
        changes: ServiceChanges = {"status": service.status}
        if service.status == Status.PENDING:
            changes["status"] = Status.ACTIVE
        elif service.status == Status.SUSPENDED and service.suspension_reason in ("", OVERDUE):
            changes |= {"status": Status.ACTIVE, "suspension_reason": ""}
        if service.upgrade_to:
            changes |= {"plan": service.upgrade_to, "upgrade_to": ""}
            changes["amount"] = self._price(service.pid, service.upgrade_to)
        else:
            changes["next_due_date"] = _next_period(service)
        return changes

    def _price(self, pid: int, plan: str) -> str:
        product = self.catalogue.get(pid)
        return f"{product.price_of(plan):.2f}" if product else "0.00"


def _next_period(service: Service, months: int = 1) -> date | None:
    return add_months(service.next_due_date, months) if service.next_due_date else None
