"""The shop page and the confirmation of an order."""

from collections.abc import Mapping

from sandbox.catalogue import Product
from sandbox.encoding import take_side
from sandbox.generations import Side
from sandbox.pages.html import Html, element
from sandbox.pages.layout import button, choice, hidden, notice, page, redirect, text_field
from sandbox.records import Service, Status
from sandbox.shop import Shop
from sandbox.wire import Reply

REQUIRED = {
    "first_name": "your first name",
    "last_name": "your last name",
    "email": "your e-mail address",
    "password": "a password for the first login",
}


class Cart:
    """Sells the products that have plans."""

    def __init__(self, shop: Shop, prefix: str, ticketz_url: str) -> None:
        self._shop = shop
        self._prefix = prefix
        self._ticketz_url = ticketz_url.rstrip("/")

    def show(self, query: Mapping[str, str]) -> Reply:
        """Return the shop page, or the confirmation of the order named in the address."""
        service_id = query.get("id", "")
        if query.get("a") == "complete" and service_id.isdecimal():
            service = self._shop.services.get(int(service_id))
            if service:
                return self._confirmation(service)
        product = self._product(query.get("pid") or query.get("id", ""))
        return self._form(product, {}) if product else self._nothing()

    def order(self, form: Mapping[str, str]) -> Reply:
        """Take an order; the form comes back with a sentence when something is missing."""
        product = self._product(form.get("pid", ""))
        if not product:
            return self._nothing()
        problem = _problem(product, form)
        if problem:
            return self._form(product, form, problem)
        known = self._shop.client_by_email(form["email"].strip())
        service = self._shop.buy(
            form["first_name"].strip(),
            form["last_name"].strip(),
            form["email"].strip(),
            company=form.get("company", "").strip(),
            phone=form.get("phone", "").strip(),
            plan=form["plan"],
            password=form["password"],
            paid=form.get("later") != "1",
            pid=product.pid,
            client_id=known.id if known else None,
        )
        return redirect(self._prefix, f"/cart.php?a=complete&id={service.id}")

    def _product(self, pid: str) -> Product | None:
        sold = {str(product.pid): product for product in self._shop.catalogue.values() if product.plans}
        return sold.get(pid) if pid else next(iter(sold.values()), None)

    def _nothing(self) -> Reply:
        return page(self._prefix, "Shop", notice("There is no such product here.", "bad"), status=404)

    def _form(self, product: Product, typed: Mapping[str, str], problem: str = "") -> Reply:
        plans = [(entry.name, f"{entry.label} - {entry.price:.2f} USD a month") for entry in product.plans]
        password_label = "Password for the first login"  # noqa: S105 - a label
        form = element(
            "form",
            hidden("pid", product.pid),
            choice(take_side(product.option, Side.RIGHT).strip(), "plan", plans, typed.get("plan", "")),
            text_field("First name", "first_name", typed.get("first_name", ""), required=True),
            text_field("Last name", "last_name", typed.get("last_name", ""), required=True),
            text_field("Company (optional)", "company", typed.get("company", "")),
            text_field("E-mail", "email", typed.get("email", ""), kind="email", required=True),
            text_field("Phone (optional)", "phone", typed.get("phone", "")),
            text_field(password_label, "password", kind="password", required=True),
            button("Pay now"),
            button("Order and pay later", "later", "1"),
            method="post",
            action=f"{self._prefix}/cart.php",
            class_="card",
        )
        boxes = [notice(problem, "bad")] if problem else []
        return page(self._prefix, f"Order {product.name}", *boxes, form, status=422 if problem else 200)

    def _confirmation(self, service: Service) -> Reply:
        client = self._shop.clients[service.client_id]
        paid = service.status != Status.PENDING
        what = f"Service {service.id}, plan {service.plan}, for {client.name} ({client.email})."
        content: list[Html] = [element("p", what)]
        if paid:
            content += [
                notice("Thank you, your payment has arrived.", "good"),
                element("p", "Within a minute you can sign in with this e-mail address and the password you chose."),
                element("a", "Sign in to Ticketz", href=f"{self._ticketz_url}/accounts/login/", class_="main"),
            ]
        else:
            area = element("a", "client area", href=f"{self._prefix}/clientarea.php?client={client.id}")
            content += [notice("Your order waits for payment."), element("p", "You can pay it in your ", area, ".")]
        return page(self._prefix, "Order confirmation", element("div", *content, class_="card"))


def _problem(product: Product, form: Mapping[str, str]) -> str:
    missing = [text for name, text in REQUIRED.items() if not form.get(name, "").strip()]
    if missing:
        return f"Fill in {' and '.join(missing)}."
    if "@" not in form["email"]:
        return "That e-mail address has no @; look at it again."
    if form.get("plan") not in {entry.name for entry in product.plans}:
        return "Choose one of the plans."
    return ""
