"""The world as WHMCS writes it: all columns of the developer documentation's samples, numbers as strings."""

import json
from datetime import date
from functools import cache

from bench.world import PRODUCT, World, client_of, email_of, name_of, password_of, plan_of

_EMPTY = (
    "dedicatedip serverip serverhostname servername suspensionreason subscriptionid overideautosuspend ns1 ns2 "
    "assignedips"
)
_ZERO = "serverid promoid diskusage disklimit bwusage bwlimit"


def render_page(world: World, start: int, limit: int) -> bytes:
    """The answer to GetClientsProducts for services `start` + 1 to `start` + `limit`."""
    ids = range(start + 1, min(start + limit, world.services) + 1)
    return _render_listing(world.services, start, [_render_row(i, world.due_date(i)) for i in ids])


def render_service(world: World, service_id: int) -> bytes:
    """The answer to GetClientsProducts for one service."""
    return _render_listing(1, 0, [_render_row(service_id, world.due_date(service_id))])


def render_client(client_id: int) -> bytes:
    """The answer to GetClientsDetails."""
    first, last = name_of(client_id)
    client = {
        "id": str(client_id), "userid": str(client_id), "firstname": first, "lastname": last,
        "fullname": f"{first} {last}", "companyname": "", "email": email_of(client_id), "address1": "123 Test Street",
        "city": "Test", "postcode": "TE5 5ST", "country": "GB", "phonenumber": "+44.123456789", "status": "Active",
        "language": "english", "currency_code": "USD", "lastlogin": "No Login Logged", "credit": "0.00",
    }  # fmt: skip
    return json.dumps({"result": "success", **client, "client": client}).encode()


def _render_listing(total: int, start: int, rows: list[str]) -> bytes:
    envelope: dict[str, object] = {
        "result": "success", "clientid": None, "serviceid": None, "pid": str(PRODUCT), "domain": None,
        "totalresults": str(total), "startnumber": start, "numreturned": len(rows), "products": {"product": []},
    }  # fmt: skip
    head, tail = json.dumps(envelope).split("[]")
    return f"{head}[{','.join(rows)}]{tail}".encode()


@cache
def _render_row(service_id: int, due_date: date) -> str:
    row = {
        "id": str(service_id), "qty": "1", "clientid": str(client_of(service_id)), "orderid": str(service_id + 9_000),
        "ordernumber": str(4_000_000_000 + service_id), "pid": str(PRODUCT), "regdate": "2024-03-05",
        "name": "Ticketz", "translated_name": "Ticketz", "groupname": "Software", "translated_groupname": "Software",
        "domain": "", "firstpaymentamount": "49.90", "recurringamount": "49.90", "paymentmethod": "banktransfer",
        "paymentmethodname": "Bank Transfer", "billingcycle": "Monthly",
        "nextduedate": due_date.isoformat(), "status": "Active", "username": f"user{service_id}",
        "password": "x7K!qp20LmZs", "overidesuspenduntil": "0000-00-00", "lastupdate": "0000-00-00 00:00:00",
        "notes": "Asked for an invoice with the tax number on it, see ticket 4711.",
        **dict.fromkeys(_EMPTY.split(), ""), **dict.fromkeys(_ZERO.split(), "0"),
        "customfields": {"customfield": [
            _field("30", "Where did you hear of us?", "A friend"), _field("31", "Password", password_of(service_id)),
        ]},
        "configoptions": {"configoption": [_option("12", "Plan", plan_of(service_id))]},
    }  # fmt: skip
    return json.dumps(row)


def _field(number: str, name: str, value: str) -> dict[str, str]:
    return {"id": number, "name": name, "translated_name": name, "value": value}


def _option(number: str, name: str, value: str) -> dict[str, str]:
    return {"id": number, "option": name, "type": "dropdown", "value": value}
