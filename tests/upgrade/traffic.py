"""What goes on while versions change: people read, sign in, manage their team; operators look; somebody buys."""

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox import Shop
from tests.upgrade.door import Door
from tests.upgrade.visitor import Book, Gone, Visitor

PASSWORD = "first-login-2026"
OPERATOR, OPERATORS_PASSWORD = "operator@ticketz.test", "the-operators-long-password"
CUSTOMERS_PAGES = ("/", "/team/", "/account/", "/account/sessions/", "/accounts/two-factor/")
OPERATORS_PAGES = (
    "/admin/", "/admin/companies/company/", "/admin/companies/user/", "/admin/companies/event/",
    "/admin/billing/whmcsgateway/", "/admin/billing/syncrun/", "/admin/billing/attentionitem/",
)  # fmt: skip
PAUSE = 0.1


@dataclass(slots=True)
class Traffic:
    """Everybody at once, from `start` to `stop`. `acts` counts what was done in the manager's team."""

    shop: Shop
    doors: list[Door]
    book: Book = field(default_factory=Book)
    acts: Counter[str] = field(default_factory=Counter)
    manager: str = ""
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin; the customers of the shop have to be here already."""
        emails = [client.email for client in self.shop.clients.values()]
        self.manager = emails[0]
        for number, door in enumerate(self.doors):
            self._go(f"reader {number}", door, self._read(emails[1], PASSWORD, CUSTOMERS_PAGES))
            self._go(f"operator {number}", door, self._read(OPERATOR, OPERATORS_PASSWORD, OPERATORS_PAGES))
            self._go(f"newcomer {number}", door, self._sign_in(emails[2:]))
        self._go("manager", self.doors[-1], self._manage)
        self._thread(self._buy)

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _go(self, who: str, door: Door, visit: Callable[[Visitor], None]) -> None:
        visitor = Visitor(who, door, self.book)

        def come_again_and_again() -> None:
            while not self._over.is_set():
                try:
                    visit(visitor)
                except Gone:
                    continue

        self._thread(come_again_and_again)

    def _thread(self, work: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=work, daemon=True))
        self._threads[-1].start()

    def _read(self, email: str, password: str, pages: tuple[str, ...]) -> Callable[[Visitor], None]:
        """One session, from the first to the last minute."""

        def visit(visitor: Visitor) -> None:
            visitor.sign_in(email, password)
            for path in itertools.cycle(pages):
                visitor.get(path)
                if self._over.wait(PAUSE):
                    return

        return visit

    def _sign_in(self, emails: list[str]) -> Callable[[Visitor], None]:
        turn = itertools.cycle(emails)

        def visit(visitor: Visitor) -> None:
            visitor.sign_in(next(turn), PASSWORD)
            visitor.post("/accounts/logout/", visitor.get("/"))
            self._over.wait(PAUSE * 5)

        return visit

    def _manage(self, visitor: Visitor) -> None:
        """Invite somebody, give them another role, take the invitation back: each counted when it was answered."""
        visitor.sign_in(self.manager, PASSWORD)
        for number in itertools.count():
            email = f"colleague{self.acts['member_invited']}@team.example"
            page = visitor.post("/team/", visitor.get("/team/"), name=f"No. {number}", email=email, role="member")
            self.acts["member_invited"] += 1
            key = _key_of(email, page)
            page = visitor.post(f"/team/{key}/role/", page, role="admin")
            self.acts["role_changed"] += 1
            visitor.post(f"/team/{key}/remove/", page)
            self.acts["invitation_withdrawn"] += 1
            if self._over.wait(PAUSE * 5):
                return

    def _buy(self) -> None:
        for number in itertools.count():
            name = f"Buyer{number}"
            service = self.shop.buy(name, "Late", f"{name.lower()}@late.example", plan="Team", password=PASSWORD)
            if number % 3 == 0:
                self.shop.renew(service.id, 2)
            if self._over.wait(1.5):
                return


def _key_of(email: str, page: str) -> str:
    """What names somebody in addresses: the list of 0.1 has a form for each, later somebody new has a page."""
    word = rf'<span class="hidden"> {re.escape(email)}</span></summary>'
    found = re.search(rf"{word}.*?/team/([\w-]+)/role/", page, re.DOTALL) or re.search(r"/team/([\w-]+)/role/", page)
    assert found is not None, f"{email} can't be managed"
    return found[1]
