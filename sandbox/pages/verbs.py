"""What the buttons do: each verb takes the shop, an id and the form, and raises ValueError with a sentence."""

from collections.abc import Callable, Mapping
from datetime import date

from sandbox.shop import Shop

Form = Mapping[str, str]
Verb = Callable[[Shop, int, Form], object]

QUICK: dict[str, tuple[str, Verb]] = {
    "pay": ("Pay", lambda shop, key, form: shop.pay(key)),
    "suspend": ("Suspend", lambda shop, key, form: shop.suspend(key)),
    "unsuspend": ("Unsuspend", lambda shop, key, form: shop.unsuspend(key)),
    "terminate": ("Terminate", lambda shop, key, form: shop.terminate(key)),
    "cancel": ("Cancel", lambda shop, key, form: shop.cancel(key)),
    "fraud": ("Fraud", lambda shop, key, form: shop.mark_fraud(key)),
    "pending": ("Back to pending", lambda shop, key, form: shop.set_back_to_pending(key)),
}
"""The verbs that need nothing but the service, with the text of their button."""


def _move_due_date(shop: Shop, key: int, form: Form) -> object:
    return shop.move_due_date(key, _day(form, "due"))


def _override(shop: Shop, key: int, form: Form) -> object:
    until = _day(form, "until")
    return shop.edit_service(key, override_auto_suspend=until is not None, override_suspend_until=until)


def _move_service(shop: Shop, key: int, form: Form) -> object:
    return shop.move_service(key, _number(form, "client_id"))


def _edit_client(shop: Shop, key: int, form: Form) -> object:
    return shop.edit_client(
        key,
        first_name=form.get("first_name", ""),
        last_name=form.get("last_name", ""),
        company=form.get("company", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
        language=form.get("language", ""),
    )


def _merge_clients(shop: Shop, key: int, form: Form) -> object:
    return shop.merge_clients(key, _number(form, "client_id"))


SERVICE_VERBS: dict[str, Verb] = {
    **{name: verb for name, (_, verb) in QUICK.items()},
    "renew": lambda shop, key, form: shop.renew(key),
    "complete": lambda shop, key, form: shop.complete(key),
    "suspend_because": lambda shop, key, form: shop.suspend(key, form.get("reason", "")),
    "order_plan": lambda shop, key, form: shop.order_plan(key, form.get("plan", "")),
    "change_plan": lambda shop, key, form: shop.change_plan(key, form.get("plan", "")),
    "edit_password": lambda shop, key, form: shop.edit_service(key, first_password=form.get("password", "")),
    "move_due_date": _move_due_date,
    "override": _override,
    "move_service": _move_service,
    "delete_service": lambda shop, key, form: shop.delete_service(key),
}
CLIENT_VERBS: dict[str, Verb] = {
    "edit_client": _edit_client,
    "merge_clients": _merge_clients,
    "close_client": lambda shop, key, form: shop.close_client(key),
    "delete_client": lambda shop, key, form: shop.delete_client(key),
}


def perform(shop: Shop, verbs: Mapping[str, Verb], key: int, form: Form) -> None:
    """Do what the form's `verb` says to the record `key`. Raises ValueError with a sentence for people."""
    verb = verbs.get(form.get("verb", ""))
    if verb is None:
        raise ValueError("There is no such button.")
    try:
        verb(shop, key, form)
    except KeyError as error:
        raise ValueError(f"There is nothing with the number {error} any more.") from error


def _day(form: Form, name: str) -> date | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is not a day; write it like 2026-12-31.") from error


def _number(form: Form, name: str) -> int:
    text = form.get(name, "").strip()
    if not text.isdecimal():
        raise ValueError("Give a number.")
    return int(text)
