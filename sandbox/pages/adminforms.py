"""The forms for one service and one client."""

from sandbox.pages.html import Html, element
from sandbox.pages.layout import button, choice, hidden, text_field
from sandbox.pages.verbs import QUICK
from sandbox.records import Client, Service
from sandbox.shop import Shop


def service_forms(shop: Shop, service: Service, action: str) -> list[Html]:
    """Return everything that can be done with a service; `action` is where the forms go."""
    due = service.next_due_date.isoformat() if service.next_due_date else ""
    until = service.override_suspend_until.isoformat() if service.override_suspend_until else ""
    product = shop.catalogue.get(service.pid)
    plans = [(entry.name, entry.label) for entry in product.plans] if product else []
    quick = [button(text, "verb", name) for name, (text, _) in QUICK.items()]
    quick += [button("Completed", "verb", "complete"), button("Renew", "verb", "renew")]

    def form(verb: str, text: str, *fields: Html, kind: str = "plain") -> Html:
        return _form(action, "service", service.id, verb, text, *fields, kind=kind)

    return [
        _about(service, shop),
        element("form", hidden("service", service.id), *quick, method="post", action=action, class_="card"),
        element(
            "div",
            form("suspend_because", "Suspend", text_field("Reason", "reason", "Terms of service")),
            form("change_plan", "Change plan now", choice("Plan", "plan", plans, service.plan)),
            form("change_plan", "Write plan as typed", text_field("Plan in other words", "plan", service.plan)),
            form("order_plan", "Order, unpaid", choice("Upgrade to", "plan", plans, service.plan)),
            form("move_due_date", "Move due date", text_field("Next due date", "due", due, kind="date")),
            form("override", "Save", text_field("Do not suspend until", "until", until, kind="date")),
            form("edit_password", "Save", text_field("First password", "password", kind="password")),
            form("move_service", "Move", text_field("To client number", "client_id", str(service.client_id))),
            form("delete_service", "Delete this service", kind="danger"),
            class_="card",
        ),
    ]


def client_forms(shop: Shop, client: Client, action: str) -> list[Html]:
    """Return everything that can be done with a client; `action` is where the forms go."""
    fields = [
        text_field("First name", "first_name", client.first_name),
        text_field("Last name", "last_name", client.last_name),
        text_field("Company", "company", client.company),
        text_field("E-mail", "email", client.email),
        text_field("Phone", "phone", client.phone),
        text_field("Language", "language", client.language),
    ]

    def form(verb: str, text: str, *content: Html, kind: str = "plain") -> Html:
        return _form(action, "client", client.id, verb, text, *content, kind=kind)

    links = [
        element("li", element("a", f"Service {service.id}, {service.plan}", href=f"?service={service.id}"))
        for service in shop.services_of(client.id)
    ]
    return [
        element("div", form("edit_client", "Save", *fields, kind="main"), class_="card"),
        element("div", element("h2", "Services"), element("ul", *links), class_="card"),
        element(
            "div",
            form("merge_clients", "Merge", text_field("Merge into client number", "client_id")),
            form("close_client", "Close this account", kind="danger"),
            form("delete_client", "Delete this client with all services", kind="danger"),
            class_="card",
        ),
    ]


def _about(service: Service, shop: Shop) -> Html:
    client = shop.clients.get(service.client_id)
    product = shop.catalogue.get(service.pid)
    who = element("a", client.name or client.email, href=f"?client={client.id}") if client else "nobody"
    facts = (
        ("Client", who),
        ("Product", f"{product.name if product else 'unknown'} ({service.pid})"),
        ("Status", element("span", service.status, class_=f"word {service.status}")),
        ("Plan", service.plan + (f", ordered: {service.upgrade_to}" if service.upgrade_to else "")),
        ("Suspension reason", service.suspension_reason or "-"),
    )
    return element("div", *(element("div", f"{name}: ", value) for name, value in facts), class_="card")


def _form(action: str, what: str, key: int, verb: str, text: str, *fields: Html, kind: str) -> Html:
    submit = button(text, "verb", verb, kind=kind)
    return element("form", hidden(what, key), *fields, submit, method="post", action=action, class_="line")
