"""What happens in the shop: customers buy and pay, the WHMCS administrator changes what they like."""

from datetime import timedelta

from sandbox import OTHER_PID, TICKETZ_PID
from tests.walk.place import Place, pick
from tests.walk.strings import ADDRESSES, NAMES, PASSWORDS

MOST_SERVICES = 14
FOR_EVER = 99
DAY = timedelta(days=1)


class Shoppers(Place):
    """Verbs of the shop."""

    def buy(self, name: str = "plain", address: str = "ana", typed: str = "plain", plan: str = "Team") -> None:
        """A new client orders and pays."""
        if len(self.shop.services) < MOST_SERVICES:
            client = self.shop.add_client(first_name=NAMES[name][0], email=ADDRESSES[address][0])
            self._note_usable(client.id, name, address)
            self._order(client.id, typed, plan)

    def buy_again(self, client: int = 0, typed: str = "plain", plan: str = "Team") -> None:
        """A client whom the shop knows orders and pays."""
        known = pick(sorted(self.shop.clients), client)
        if known is not None and len(self.shop.services) < MOST_SERVICES:
            self._order(known, typed, plan)

    def pay(self, service: int = 0) -> None:
        """As often as it takes to be ahead of the clock, as somebody does who pays all that is open."""
        if chosen := self.service(service):
            self.shop.pay(chosen.id)
            while (due := self.shop.services[chosen.id].next_due_date) and due < self.clock.today:
                self.shop.renew(chosen.id)

    def suspend(self, service: int = 0) -> None:
        if chosen := self.service(service):
            self.shop.suspend(chosen.id)

    def unsuspend(self, service: int = 0) -> None:
        """Also what re-activates a service that was terminated, cancelled or fraud."""
        if chosen := self.service(service):
            self.shop.unsuspend(chosen.id)

    def end(self, service: int = 0, word: str = "Terminated") -> None:
        """Terminated, Cancelled, Fraud; also Pending and Completed."""
        if chosen := self.service(service):
            self.shop.edit_service(chosen.id, status=word)

    def suspend_all(self) -> None:
        """The shop's cron went mad, or a payment provider is down."""
        for service in self.shop.listing():
            self.shop.suspend(service.id)

    def change_plan(self, service: int = 0, plan: str = "Business") -> None:
        if chosen := self.service(service):
            self.shop.change_plan(chosen.id, plan)

    def move_due_date(self, service: int = 0, days: int = 0) -> None:
        """To so many days from today; 99 is for ever (0000-00-00)."""
        if chosen := self.service(service):
            self.shop.move_due_date(chosen.id, None if days == FOR_EVER else self.clock.today + days * DAY)

    def exempt(self, service: int = 0, days: int = 0) -> None:
        """WHMCS's own override until some day; 0 ends it, 99 is for ever."""
        if chosen := self.service(service):
            until = self.clock.today + days * DAY if days != FOR_EVER else None
            self.shop.edit_service(chosen.id, override_auto_suspend=days != 0, override_suspend_until=until)

    def rename_client(self, client: int = 0, name: str = "plain") -> None:
        self._edit_client(client, name, None)

    def readdress_client(self, client: int = 0, address: str = "bob") -> None:
        self._edit_client(client, None, address)

    def move_service(self, service: int = 0, client: int = 0) -> None:
        chosen, into = self.service(service), pick(sorted(self.shop.clients), client)
        if chosen and into is not None:
            self.shop.move_service(chosen.id, into)

    def merge_clients(self, client: int = 0, into: int = 1) -> None:
        gone, kept = (pick(sorted(self.shop.clients), number) for number in (client, into))
        if gone is not None and kept is not None and gone != kept:
            self.shop.merge_clients(gone, kept)

    def move_product(self, service: int = 0, back: bool = False) -> None:
        if chosen := self.service(service):
            self.shop.edit_service(chosen.id, pid=TICKETZ_PID if back else OTHER_PID)

    def delete_service(self, service: int = 0) -> None:
        if chosen := self.service(service):
            self.heal(chosen.id)
            self.shop.delete_service(chosen.id)
            self.deleted.append(chosen)

    def restore_service(self, service: int = 0) -> None:
        """WHMCS has a deleted service again, as it was: from a backup."""
        if self.deleted and (chosen := self.deleted.pop(service % len(self.deleted))).client_id in self.shop.clients:
            with self.shop.change():
                self.shop.services[chosen.id] = chosen

    def _order(self, client: int, typed: str, plan: str) -> None:
        bought = self.shop.buy(client_id=client, plan=plan, password=PASSWORDS[typed][0])
        self.passwords[bought.id] = PASSWORDS[typed]

    def _edit_client(self, number: int, name: str | None, address: str | None) -> None:
        chosen = pick(sorted(self.shop.clients), number)
        if chosen is None:
            return
        if name is not None:
            self.shop.edit_client(chosen, first_name=NAMES[name][0])
        if address is not None:
            self.shop.edit_client(chosen, email=ADDRESSES[address][0])
        self._note_usable(chosen, name, address)

    def _note_usable(self, client: int, name: str | None, address: str | None) -> None:
        """Whether a company could be made of this client. What was not changed is looked up by its text."""
        known = self.shop.clients[client]
        names = dict(NAMES.values())
        addresses = dict(ADDRESSES.values())
        usable = names[known.first_name] and bool(addresses[known.email])
        (self.unusable.discard if usable else self.unusable.add)(client)
