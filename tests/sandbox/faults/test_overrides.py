"""Values of rows and clients that nobody expects."""

import json
from typing import Any

from sandbox import SandboxServer
from sandbox.faults import MISSING, RawJson
from tests.sandbox.caller import Caller


def test_values_of_a_row_can_be_anything(caller: Caller, server: SandboxServer) -> None:
    values: dict[str, Any] = {
        "id": 2**70,
        "nextduedate": "2026-02-31",
        "notes": "\x00",
        "username": "\ud800",
        "qty": RawJson("1e999"),
        "clientid": MISSING,
        "configoptions": MISSING,
        "customfield.Password": "a\x00b",
    }
    server.faults.override_row(2, values)
    first, second, third = caller.rows()

    assert second["id"] == 2**70
    assert (second["nextduedate"], second["notes"], second["username"]) == ("2026-02-31", "\x00", "\ud800")
    assert second["qty"] == float("inf")
    assert not {"clientid", "configoptions"} & set(second)
    assert second["customfields"]["customfield"][0]["value"] == "a\x00b"
    assert [first["id"], third["id"]] == ["1", "3"]
    assert [first["configoptions"]["configoption"][0]["value"]] == ["Team"]


def test_a_shop_lists_what_no_encoding_can_write(caller: Caller, server: SandboxServer) -> None:
    server.shop.edit_service(1, first_password="fi\ud800rst")
    assert caller.rows()[0]["customfields"]["customfield"][0]["value"] == "fi\ud800rst"


def test_an_option_can_be_anything_or_without_a_value(caller: Caller, server: SandboxServer) -> None:
    server.faults.override_row(1, {"configoption.Plan": 10})
    server.faults.override_row(2, {"configoption.Plan": MISSING})
    options = [row["configoptions"]["configoption"][0] for row in caller.rows()]

    assert options[0]["value"] == 10
    assert "value" not in options[1]


def test_values_of_a_client_can_be_anything(caller: Caller, server: SandboxServer) -> None:
    server.faults.override_client(
        2, {"email": "no at", "firstname": "\ud800", "id": RawJson("01"), "lastname": MISSING}
    )
    body = caller.api("GetClientsDetails", clientid=2).body

    assert b'"id":01' in body
    client = json.loads(body.replace(b'"id":01', b'"id":1'))["client"]
    assert (client["email"], client["firstname"]) == ("no at", "\ud800")
    assert "lastname" not in client
    assert caller.api("GetClientsDetails", clientid=1).json["client"]["firstname"] == "Ana"
