"""The whole way of a customer, from the cart to being back after a suspension, told by what the pages offer.

Nothing here reads words, but for the sentences that must be there: it is the same in each language.
"""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils import translation
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from companies.errors import SeatLimitReached
from companies.models import User
from sandbox import SandboxServer
from tests.billing.conftest import Sync
from tests.browser.chromium import DESK, PHONE, is_wider_than_the_screen
from tests.browser.hands import Hands
from tests.browser.looks import Scheme, barriers_of, look_at
from tests.browser.meter import Meter
from tests.page_language import LOCALES, ensure_no_english

ODD = ' p\u00e4ss "w\u00f6rd" & <b>\u20ac\\\'%s&amp; '
OWN = "a password of my own"
ADDRESS = "Ana.Sousa@Padaria.example"
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ALL_LOOKS = [(scheme, size) for scheme in SCHEMES for size in (DESK, PHONE)]
# A browser says that by itself of a page whose answer is no 200.
NO_COMPLAINT = "Failed to load resource: the server responded with a status of 403"


@dataclass
class Journey:
    """Ana's browser, and one that Bob and Carla share. `faults` is all that was wrong on the way.

    A browser without script can't be looked at: what looks is script.
    """

    ana: Page
    other: Page
    server: LiveServer
    shop: SandboxServer
    sync: Sync
    hands: Hands
    language: str
    complaints: list[str]
    is_looked_at: bool = True
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meters = {page: Meter(page) for page in (self.ana, self.other)}

    def buy(self) -> None:
        """Order the plan with three seats, with a password as people type them, and read what comes next."""
        self.ana.goto(f"{self.shop.url}/cart.php")
        self.ana.select_option("[name=plan]", "Team")
        values = {"first_name": "Ana", "last_name": "Sousa", "email": ADDRESS, "password": ODD}
        for name, value in values.items():
            self.ana.fill(f"[name={name}]", value)
        self.ana.click("button:not([name=later])")
        self._go(self.ana, "/just-bought/")
        self.sync()

    def sign_in(self) -> None:
        """The address and the password of the cart open the door on the first try."""
        self.hands.press(self.ana, "main a[href='/accounts/login/']")
        self._look(self.ana)
        self._sign_in(self.ana, ADDRESS.lower(), ODD)
        assert self.ana.locator("h1").inner_text() == "Ana Sousa"

    def settle(self) -> None:
        """Read the welcome, choose a language, and a password that the shop does not know."""
        self.hands.press(self.ana, ".first-steps a[href='/account/']")
        self._look(self.ana)
        self.hands.pick(self.ana, "[name=language]", self.language)
        self.hands.press(self.ana, "article form button[type=submit]")
        self.hands.press(self.ana, "main a[href='/accounts/password/change/']")
        self._look(self.ana)
        for name, value in (("oldpassword", ODD), ("password1", OWN), ("password2", OWN)):
            self.hands.write(self.ana, f"[name={name}]", value)
        self.hands.press(self.ana, "article button[type=submit]")
        assert User.objects.get().language == self.language
        assert not User.objects.get().password_is_from_shop
        self._go(self.ana, "/")
        self.hands.press(self.ana, ".first-steps button")
        assert not self.ana.locator(".first-steps").count()

    def fill_the_team(self) -> None:
        """Add Bob with a first password, invite Carla by link, and read why there is no room for Dora."""
        self.hands.press(self.ana, "main a[href='/team/']")
        self._look(self.ana)
        self._add("Bob", "bob@padaria.example", "first password of Bob")
        self._add("Carla", "carla@padaria.example")
        self._look(self.ana)
        link = self.ana.locator("main input[readonly]").first.input_value()
        self._join(link)
        self._go(self.ana, "/team/")
        self._add("Dora", "dora@padaria.example")
        with translation.override(self.language):
            assert str(SeatLimitReached(3)) in self.ana.inner_text("main")
        self._look(self.ana)

    def shrink(self) -> None:
        """Downgrade in the shop; Ana chooses who stays, and Bob reads why he waits."""
        self._play_the_shop("change_plan", plan="Starter")
        self._go(self.ana, "/")
        self.hands.press(self.ana, "main a[href='/team/who-stays/']")
        self._look(self.ana)
        self.hands.press(self.ana, "li:has-text('bob@') [name=stays]")
        self.hands.press(self.ana, ".choice button")
        self._look(self.ana)
        self._come_as("bob@padaria.example", "first password of Bob")
        assert "Ana Sousa" in self.other.inner_text("main ul")
        assert not self.other.locator("main a[href='/team/']").count()

    def be_suspended(self) -> None:
        """What the owner reads of it, and what a member reads."""
        self._play_the_shop("suspend")
        self._go(self.ana, "/team/")
        assert self.ana.locator("form[action='/company/check/']").count() == 1
        self._come_as("carla@padaria.example", OWN)
        assert not self.other.locator("form[action='/company/check/']").count()
        assert "Ana Sousa" in self.other.inner_text("main ul")

    def pay_and_be_back(self) -> None:
        """Pay in the shop, press "check now", and be back; so is everybody who has a seat."""
        self.hands.press(self.ana, "main a[role=button]")
        assert self.ana.url.startswith(self.shop.url)
        self.ana.click("button[value=pay]")
        self.ana.goto(self.server.url)
        self.hands.press(self.ana, "form[action='/company/check/'] button")
        self.ana.wait_for_selector(".cards")
        self._look(self.ana)
        self.other.goto(self.server.url)
        self.other.wait_for_selector(".cards")
        self._look(self.other)

    def hosts(self) -> set[str]:
        """Everybody whom the browsers asked for anything."""
        return {host for meter in self.meters.values() for host in meter.hosts}

    def _go(self, page: Page, path: str) -> None:
        page.goto(self.server.url + path)
        self._look(page)

    def _sign_in(self, page: Page, address: str, password: str) -> None:
        for name, value in (("login", address), ("password", password)):
            self.hands.write(page, f"[name={name}]", value)
        self.hands.press(page, "article button[type=submit]")
        page.wait_for_selector("details.popup")
        self._look(page)

    def _come_as(self, address: str, password: str) -> None:
        self.other.context.clear_cookies()
        self.other.goto(f"{self.server.url}/accounts/login/")
        self._sign_in(self.other, address, password)

    def _add(self, name: str, address: str, password: str = "") -> None:
        if not self.ana.url.endswith("/team/"):
            self._go(self.ana, "/team/")
        for field_name, value in (("name", name), ("email", address), ("password", password)):
            self.hands.write(self.ana, f".add [name={field_name}]", value)
        self.hands.press(self.ana, ".add button")

    def _join(self, link: str) -> None:
        self._go(self.other, urlsplit(link).path)
        for name, value in (("name", "Carla"), ("password1", OWN), ("password2", OWN)):
            self.hands.write(self.other, f"[name={name}]", value)
        self.hands.press(self.other, "article form button[type=submit]")
        self.other.wait_for_selector("details.popup")

    def _play_the_shop(self, verb: str, **values: str) -> None:
        """Do something on WHMCS's own page of the service, which is in English, and have it noticed."""
        number = next(iter(self.shop.shop.services))
        self.ana.goto(f"{self.shop.url}/admin/clientsservices.php?id={number}")
        for name, value in values.items():
            self.ana.select_option(f"form:has([value={verb}]) [name={name}]", value)
        self.ana.locator(f"button[value={verb}]").first.click()
        self.sync()

    def _look(self, page: Page) -> None:
        """Note all that is wrong with the page that is open now, however it is looked at."""
        if not self.is_looked_at:
            return
        size = page.viewport_size or PHONE
        where = f"{page.url} ({self.language})"
        self.faults += [f"{where}: {said}" for said in self.complaints if NO_COMPLAINT not in said]
        self.faults += [f"{where}: {jump}" for jump in self.meters[page].jumps()]
        if self.language in LOCALES:
            ensure_no_english(page.content(), self.language, but={"Team", "Starter"})
        for scheme, looked_at in ALL_LOOKS:
            look_at(page, scheme, looked_at)
            self.faults += [f"{where}: is wider than {looked_at['width']}"] * is_wider_than_the_screen(page)
            self.faults += barriers_of(page, scheme)
        look_at(page, "light", size)
        self.complaints.clear()
