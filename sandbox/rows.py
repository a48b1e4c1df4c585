"""One row of GetClientsProducts: a service as the WHMCS developer documentation (getclientsproducts) shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sandbox.catalogue import Catalogue, Product
from sandbox.encoding import encode_field_value, encode_list, encode_object, escape_html, take_side
from sandbox.generations import Generation
from sandbox.records import Service

Entry = dict[str, object]


@dataclass(slots=True)
class Row:
    """A row before it becomes text: plain columns, and the entries of its two inner lists."""

    columns: Entry
    fields: list[Entry]
    options: list[Entry]


def build_row(service: Service, catalogue: Catalogue, generation: Generation) -> Row:
    """Return the row of a service. A product that is not in the catalogue is named by its number."""
    product = catalogue.get(service.pid) or Product(service.pid, f"Product {service.pid}", option="", password_field="")
    return Row(
        columns=_columns(service, product, generation),
        fields=_fields(service, product, generation),
        options=_options(service, product, generation),
    )


def encode_row(row: Row, generation: Generation) -> str:
    """Return the row as JSON text."""
    columns = dict(row.columns)
    lists = (("customfields", "customfield", row.fields), ("configoptions", "configoption", row.options))
    for outer, inner, entries in lists:
        items = [encode_object(entry) for entry in entries]
        text = encode_list(generation.inner_lists, inner, items, [entry.get("id") for entry in entries])
        if text is not None and outer not in columns:
            columns[outer] = text
    return encode_object(columns)


def number(value: int, generation: Generation) -> int | str:
    """Return an id or counter of a row in the generation's type."""
    return value if generation.integer_ids else str(value)


def text_of(generation: Generation) -> Callable[[str], str]:
    """Return what the generation does to a text that somebody typed: escape it, or nothing."""
    return escape_html if generation.escaped else str


def _day(day: date | None) -> str:
    return day.isoformat() if day else "0000-00-00"


def _columns(service: Service, product: Product, generation: Generation) -> Entry:
    text = text_of(generation)
    columns: Entry = {"id": number(service.id, generation)}
    if generation.with_quantity:
        columns["qty"] = number(service.quantity, generation)
    columns["clientid"] = number(service.client_id, generation)
    columns["orderid"] = number(service.order_id, generation)
    if generation.with_order_number and service.order_number:
        columns["ordernumber"] = number(int(service.order_number), generation)
    columns |= {
        "pid": number(service.pid, generation),
        "regdate": _day(service.registered),
        "name": text(product.name),
        "translated_name": text(product.name),
        "groupname": text(product.group),
        "translated_groupname": text(product.group),
        "domain": text(service.domain),
        "dedicatedip": "",
        "serverid": number(0, generation),
        "servername": "",
        "serverip": "",
        "serverhostname": "",
        "suspensionreason": text(service.suspension_reason),
    }
    return columns | _money_and_state(service, generation)


def _money_and_state(service: Service, generation: Generation) -> Entry:
    text = text_of(generation)
    zero = number(0, generation)
    return {
        "firstpaymentamount": service.amount,
        "recurringamount": service.amount,
        "paymentmethod": "banktransfer",
        "paymentmethodname": "Bank Transfer",
        "billingcycle": "Monthly" if service.next_due_date else "Free Account",
        "nextduedate": _day(service.next_due_date),
        "status": service.status,
        "username": text(service.username),
        "password": text(service.password),
        "subscriptionid": "",
        "promoid": zero,
        "overideautosuspend": number(1, generation) if service.override_auto_suspend else "",
        "overidesuspenduntil": _day(service.override_suspend_until),
        "ns1": "",
        "ns2": "",
        "assignedips": "",
        "notes": text(service.notes),
        "diskusage": zero,
        "disklimit": zero,
        "bwusage": zero,
        "bwlimit": zero,
        "lastupdate": "0000-00-00 00:00:00",
    }


def _fields(service: Service, product: Product, generation: Generation) -> list[Entry]:
    known = list(product.text_fields)
    if product.password_field:
        known.append((product.password_field_id, product.password_field, service.first_password))
    return [_field(generation, *field) for field in known]


def _field(generation: Generation, field_id: int, name: str, value: str) -> Entry:
    shown = text_of(generation)(take_side(name, generation.field_names))
    written = encode_field_value(value, generation.field_value)
    return {"id": number(field_id, generation), "name": shown, "translated_name": shown, "value": written}


def _options(service: Service, product: Product, generation: Generation) -> list[Entry]:
    if not product.option:
        return []
    text = text_of(generation)
    return [
        {
            "id": number(product.option_id, generation),
            "option": text(take_side(product.option, generation.option_names)),
            "type": "dropdown",
            "value": text(take_side(service.plan, generation.option_values)),
        }
    ]
