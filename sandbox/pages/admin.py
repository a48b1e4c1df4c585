"""The page to play the WHMCS administrator: every service with its buttons, the weather, forms for one record."""

from collections.abc import Mapping, Sequence

from sandbox.faults.plan import FaultPlan
from sandbox.faults.weather import WEATHER
from sandbox.pages.adminforms import client_forms, service_forms
from sandbox.pages.html import Html, element, empty_element
from sandbox.pages.layout import button, choice, hidden, notice, page, redirect
from sandbox.pages.verbs import CLIENT_VERBS, QUICK, SERVICE_VERBS, perform
from sandbox.records import Client, Service, Status
from sandbox.shop import Shop
from sandbox.wire import Reply

PAGE_SIZE = 50
COLUMNS = ("Service", "Client", "Plan", "Status", "Next due", "What to do")
OVER = (Status.TERMINATED, Status.CANCELLED, Status.FRAUD)


class Admin:
    """Pages of one shop, and of the weather over it."""

    def __init__(self, shop: Shop, faults: FaultPlan, prefix: str) -> None:
        self._shop = shop
        self._faults = faults
        self._prefix = prefix
        self._weather = ""

    def show(self, query: Mapping[str, str], problem: str = "") -> Reply:
        """Return the table, or the forms for the `service` or `client` named in the address."""
        service = self._shop.services.get(_key(query, "service"))
        client = self._shop.clients.get(_key(query, "client"))
        boxes = [notice(problem, "bad")] if problem else []
        status = 422 if problem else 200
        if service:
            forms = service_forms(self._shop, service, self._action)
            return page(self._prefix, f"Service {service.id}", *boxes, *forms, status=status)
        if client:
            forms = client_forms(self._shop, client, self._action)
            return page(self._prefix, f"Client {client.id}", *boxes, *forms, status=status)
        return page(self._prefix, "Play the WHMCS admin", *boxes, *self._overview(query), status=status, wide=True)

    def act(self, form: Mapping[str, str]) -> Reply:
        """Do what a button says and show the table, or the record with what went wrong."""
        try:
            if form.get("verb") == "weather":
                self._change_weather(form.get("weather", ""))
            elif "client" in form:
                perform(self._shop, CLIENT_VERBS, _key(form, "client"), form)
            else:
                perform(self._shop, SERVICE_VERBS, _key(form, "service"), form)
        except ValueError as error:
            return self.show(form, str(error))
        return redirect(self._prefix, f"/admin/#service-{_key(form, 'service')}" if "service" in form else "/admin/")

    @property
    def _action(self) -> str:
        return f"{self._prefix}/admin/"

    def _change_weather(self, name: str) -> None:
        self._faults.clear()
        self._weather = name if name in WEATHER else ""
        if self._weather:
            self._faults.always(WEATHER[name][1]())

    def _overview(self, query: Mapping[str, str]) -> list[Html]:
        wanted = query.get("q", "")
        found = [service for service in self._shop.listing() if self._matches(service, wanted.casefold())]
        start = _key(query, "start")
        rows = [self._row(service) for service in found[start : start + PAGE_SIZE]]
        head = element("thead", element("tr", *(element("th", name) for name in COLUMNS)))
        search = empty_element("input", name="q", value=wanted, placeholder="Name, e-mail or plan", aria_label="Search")
        return [
            self._weather_form(),
            element("form", search, button("Search"), class_="line"),
            element("table", head, element("tbody", *rows)) if rows else element("p", "No services.", class_="soft"),
            *self._turn_the_page(len(found), start, wanted),
        ]

    def _matches(self, service: Service, wanted: str) -> bool:
        client = self._shop.clients.get(service.client_id)
        who = f"{client.name} {client.company} {client.email}" if client else ""
        return not wanted or wanted in f"{who} {service.plan} {service.status}".casefold()

    def _turn_the_page(self, total: int, start: int, wanted: str) -> Sequence[Html]:
        if total <= PAGE_SIZE:
            return []
        keep = [hidden("q", wanted)] if wanted else []
        buttons = [button("First", "start", "0")]
        if start + PAGE_SIZE < total:
            buttons.append(button("Next", "start", str(start + PAGE_SIZE)))
        shown = element("span", f"{start + 1} to {min(start + PAGE_SIZE, total)} of {total} ", class_="soft")
        return [element("form", shown, *keep, *buttons)]

    def _weather_form(self) -> Html:
        options = [("", "Fine: the API answers as it should")] + [(name, text) for name, (text, _) in WEATHER.items()]
        return element(
            "form",
            hidden("verb", "weather"),
            choice("Weather of the API", "weather", options, self._weather),
            button("Change"),
            method="post",
            action=self._action,
            class_="card line",
        )

    def _row(self, service: Service) -> Html:
        client = self._shop.clients.get(service.client_id)
        due = service.next_due_date.isoformat() if service.next_due_date else "none"
        cells = (
            element("a", f"#{service.id}", href=f"?service={service.id}"),
            self._client_link(client) if client else element("span", f"client {service.client_id} is gone"),
            element("span", service.plan or "-"),
            element("span", service.status, class_=f"word {service.status}"),
            element("span", due, class_="day"),
            self._buttons(service),
        )
        named = zip(COLUMNS, cells, strict=True)
        written = (element("td", cell, data_label=name) for name, cell in named)
        return element("tr", *written, id=f"service-{service.id}")

    def _client_link(self, client: Client) -> Html:
        link = element("a", client.name or client.email, href=f"?client={client.id}")
        return element("div", link, element("div", f"{client.company} {client.email}".strip(), class_="soft"))

    def _buttons(self, service: Service) -> Html:
        fitting = {
            Status.PENDING: ("pay", "cancel", "fraud"),
            Status.SUSPENDED: ("pay", "unsuspend", "terminate", "cancel"),
            **dict.fromkeys(OVER, ("unsuspend", "pending")),
        }
        names = fitting.get(Status(service.status) if service.status in set(Status) else Status.ACTIVE)
        names = names or ("pay", "suspend", "terminate", "cancel", "fraud", "pending")
        buttons = (button(QUICK[name][0], "verb", name) for name in names)
        more = element("a", "More", href=f"?service={service.id}")
        return element("form", hidden("service", service.id), *buttons, " ", more, method="post", action=self._action)


def _key(values: Mapping[str, str], name: str) -> int:
    text = values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
