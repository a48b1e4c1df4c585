"""The client area: a client's services, with what there is to pay. Nobody signs in here; one picks who to be."""

from collections.abc import Mapping

from sandbox.pages.html import Html, element, empty_element
from sandbox.pages.layout import button, choice, hidden, notice, page, redirect
from sandbox.pages.verbs import SERVICE_VERBS, perform
from sandbox.records import Client, Service, Status
from sandbox.shop import Shop
from sandbox.wire import Reply

MOST_SHOWN = 100
CLIENT_MAY = {name: SERVICE_VERBS[name] for name in ("pay", "order_plan", "cancel")}


class ClientArea:
    """Pages of one shop."""

    def __init__(self, shop: Shop, prefix: str) -> None:
        self._shop = shop
        self._prefix = prefix

    def show(self, query: Mapping[str, str]) -> Reply:
        """Return a client's page, found by `client`, or by a service's `id` as WHMCS's product page has it."""
        client = self._find(query)
        return self._client_page(client) if client else self._who_are_you(query.get("q", ""))

    def act(self, form: Mapping[str, str]) -> Reply:
        """Pay, order another plan or cancel."""
        key = form.get("service", "")
        try:
            perform(self._shop, CLIENT_MAY, int(key) if key.isdecimal() else 0, form)
        except ValueError as error:
            return page(self._prefix, "Client area", notice(str(error), "bad"), status=422)
        return redirect(self._prefix, f"/clientarea.php?client={self._shop.services[int(key)].client_id}")

    def _find(self, query: Mapping[str, str]) -> Client | None:
        if query.get("client", "").isdecimal():
            return self._shop.clients.get(int(query["client"]))
        if query.get("id", "").isdecimal():
            service = self._shop.services.get(int(query["id"]))
            return self._shop.clients.get(service.client_id) if service else None
        return None

    def _who_are_you(self, wanted: str) -> Reply:
        with self._shop.lock:
            everybody = list(self._shop.clients.values())
        found = [one for one in everybody if wanted.casefold() in f"{one.name} {one.company} {one.email}".casefold()]
        search = element(
            "form",
            empty_element("input", name="q", value=wanted, placeholder="Name or e-mail", aria_label="Name or e-mail"),
            button("Search"),
            class_="line",
        )
        links = [
            element("li", element("a", one.name or one.email, href=f"?client={one.id}"), f" {one.company} {one.email}")
            for one in found[:MOST_SHOWN]
        ]
        rest = [element("p", f"and {len(found) - MOST_SHOWN} more", class_="soft")] if len(found) > MOST_SHOWN else []
        people = element("ul", *links) if links else element("p", "There is no such customer.", class_="soft")
        lead = element("p", "Nobody has to sign in here: choose which customer you want to be.")
        return page(self._prefix, "Client area", lead, element("div", search, people, *rest, class_="card"))

    def _client_page(self, client: Client) -> Reply:
        services = self._shop.services_of(client.id)
        cards = [self._card(service) for service in services] or [element("p", "No services yet.", class_="soft")]
        who = element("p", f"{client.company} {client.email}".strip(), class_="soft")
        return page(self._prefix, f"Client area of {client.name or client.email}", who, *cards)

    def _card(self, service: Service) -> Html:
        product = self._shop.catalogue.get(service.pid)
        due = service.next_due_date.isoformat() if service.next_due_date else "never"
        content = [
            element("h2", f"{product.name if product else 'Product'}, service {service.id}"),
            element("p", element("span", service.status, class_=f"word {service.status}"), f" Plan {service.plan}"),
            element("p", f"{service.amount} USD a month, next due ", element("span", due, class_="day")),
        ]
        if service.suspension_reason:
            content.append(element("p", f"Suspended: {service.suspension_reason}"))
        if service.status in (Status.PENDING, Status.ACTIVE, Status.SUSPENDED):
            content += self._forms(service)
        return element("section", *content, class_="card", id=f"service-{service.id}")

    def _forms(self, service: Service) -> list[Html]:
        product = self._shop.catalogue.get(service.pid)
        what = f"Pay the change to {service.upgrade_to}" if service.upgrade_to else f"Pay {service.amount} USD now"
        forms = [self._form(service, button(what, "verb", "pay", kind="main"))]
        others = [(one.name, one.label) for one in product.plans if one.name != service.plan] if product else []
        if others and service.status == Status.ACTIVE and not service.upgrade_to:
            order = button("Order this plan", "verb", "order_plan")
            forms.append(self._form(service, choice("Change plan", "plan", others), order))
        return forms

    def _form(self, service: Service, *content: Html) -> Html:
        action = f"{self._prefix}/clientarea.php"
        return element("form", hidden("service", service.id), *content, method="post", action=action, class_="line")
