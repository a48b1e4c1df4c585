"""Every switch of the shapes."""

from dataclasses import replace
from typing import Any

import pytest

from sandbox import DEFAULT_CATALOGUE, GENERATIONS, SandboxServer, Shop
from sandbox.generations import ClientForm, EmptyForm, FieldValue, Generation, ListForm, ListStyle, Side
from tests.sandbox.caller import Caller

PLAIN = GENERATIONS["8.12"]


def buy(server: SandboxServer, count: int = 1) -> None:
    for number in range(count):
        server.shop.buy("Ana & Co", "Souza", f"ana{number}@example.com", plan="Team", password='<a> & "b"')


def test_there_are_presets_for_six_generations() -> None:
    assert list(GENERATIONS) == ["2016", "7", "8.0", "8.12", "9", "odd"]


@pytest.mark.parametrize("generation", GENERATIONS.values(), ids=GENERATIONS)
def test_every_preset_answers_both_actions(caller: Caller, server: SandboxServer, generation: Generation) -> None:
    buy(server, 3)
    server.generation = generation

    assert caller.api(pid=7).json["result"] == "success"
    assert int(caller.api(pid=7).json["totalresults"]) == 3
    assert caller.api(pid=9).json["result"] == "success"
    assert "ana0@example.com" in caller.api("GetClientsDetails", clientid=1).text


def test_the_generation_may_change_while_the_server_runs(caller: Caller, server: SandboxServer) -> None:
    buy(server)
    before = caller.rows()[0]["id"]
    server.generation = GENERATIONS["9"]

    assert (before, caller.rows()[0]["id"]) == ("1", 1)


def test_2016_has_flattened_keys_for_both_actions(caller: Caller, server: SandboxServer) -> None:
    buy(server, 2)
    server.generation = GENERATIONS["2016"]
    listing = caller.api().json
    client = caller.api("GetClientsDetails", clientid=1).json

    assert listing["products[product][1][id]"] == "2"
    assert listing["products[product][0][configoptions][configoption][0][value]"] == "Team"
    assert "products" not in listing
    assert client["client[userid]"] == "1"
    assert "client" not in client


@pytest.mark.parametrize(
    ("form", "single_as_object", "products"),
    [
        (ListForm.LIST, False, {"product": ["ROW"]}),
        (ListForm.LIST, True, {"product": "ROW"}),
        (ListForm.NUMBERED, False, {"product": {"0": "ROW"}}),
        (ListForm.BY_ID, False, {"product": {"1": "ROW"}}),
        (ListForm.BARE, False, ["ROW"]),
    ],
)
def test_a_list_of_one_row(
    caller: Caller, server: SandboxServer, form: ListForm, single_as_object: bool, products: object
) -> None:
    buy(server)
    server.generation = replace(PLAIN, products=ListStyle(form, single_as_object))

    def without_content(node: Any) -> object:
        if isinstance(node, dict) and "clientid" in node:
            return "ROW"
        if isinstance(node, dict):
            return {key: without_content(child) for key, child in node.items()}
        return [without_content(child) for child in node]

    assert without_content(caller.api().json["products"]) == products


@pytest.mark.parametrize(
    ("empty", "products"),
    [
        (EmptyForm.STRING, ""),
        (EmptyForm.INNER_STRING, {"product": ""}),
        (EmptyForm.INNER_LIST, {"product": []}),
        (EmptyForm.LIST, []),
        (EmptyForm.OBJECT, {}),
        (EmptyForm.NULL, None),
        (EmptyForm.ABSENT, "absent"),
    ],
)
def test_an_empty_list_has_many_forms(
    caller: Caller, server: SandboxServer, empty: EmptyForm, products: object
) -> None:
    server.generation = replace(PLAIN, products=ListStyle(empty=empty))

    assert caller.api().json.get("products", "absent") == products


def test_inner_lists_degenerate_in_the_same_ways(caller: Caller, server: SandboxServer) -> None:
    buy(server)
    server.shop.buy("Ben", "Other", "ben@example.com", pid=3)
    server.generation = replace(PLAIN, inner_lists=ListStyle(single_as_object=True, empty=EmptyForm.INNER_STRING))
    ticketz, other = caller.rows()

    assert ticketz["configoptions"]["configoption"]["value"] == "Team"
    assert other["customfields"] == {"customfield": ""}


@pytest.mark.parametrize(
    ("form", "at_the_root", "nested"),
    [(ClientForm.ROOT, True, False), (ClientForm.NESTED, False, True), (ClientForm.BOTH, True, True)],
)
def test_where_the_client_is(
    caller: Caller, server: SandboxServer, form: ClientForm, at_the_root: bool, nested: bool
) -> None:
    buy(server)
    server.generation = replace(PLAIN, client_form=form)
    answer = caller.api("GetClientsDetails", clientid=1).json

    assert ("email" in answer, "client" in answer) == (at_the_root, nested)


def test_generation_7_has_strings_everywhere_and_the_clients_secrets(caller: Caller, server: SandboxServer) -> None:
    buy(server)
    server.generation = GENERATIONS["7"]
    client = caller.api("GetClientsDetails", clientid=1).json

    assert (client["id"], client["taxexempt"], client["password"][:7]) == ("1", "", "$2y$10$")
    assert "users" not in client
    assert caller.api().json["startnumber"] == "0"


def test_texts_are_escaped_or_raw(caller: Caller, server: SandboxServer) -> None:
    buy(server)
    escaped = caller.api("GetClientsDetails", clientid=1).json["client"]["firstname"]
    server.generation = GENERATIONS["9"]

    assert escaped == "Ana &amp; Co"
    assert caller.api("GetClientsDetails", clientid=1).json["client"]["firstname"] == "Ana & Co"


ESCAPED = "&lt;a&gt; &amp; &quot;b&quot;"


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (FieldValue.RAW, '<a> & "b"'),
        (FieldValue.ESCAPED, ESCAPED),
        (FieldValue.DOUBLE_ESCAPED, ESCAPED.replace("&", "&amp;")),
        (FieldValue.NULL, None),
        (FieldValue.ABSENT, "absent"),
    ],
)
def test_how_the_password_is_written(
    caller: Caller, server: SandboxServer, form: FieldValue, value: str | None
) -> None:
    buy(server)
    server.generation = replace(PLAIN, field_value=form)

    assert caller.rows()[0]["customfields"]["customfield"][0].get("value", "absent") == value


def test_a_value_may_be_wrapped_in_a_link_or_still_encrypted(caller: Caller, server: SandboxServer) -> None:
    buy(server)
    server.generation = replace(PLAIN, field_value=FieldValue.LINK)
    link = caller.rows()[0]["customfields"]["customfield"][0]["value"]
    server.generation = replace(PLAIN, field_value=FieldValue.CIPHERTEXT)

    assert link.startswith('<a href="&lt;a')
    assert link.endswith("</a>")
    assert '"b"' not in caller.rows()[0]["customfields"]["customfield"][0]["value"]


@pytest.mark.parametrize(
    ("side", "field", "option", "value"),
    [
        (Side.LEFT, "pw", "plan", "team"),
        (Side.RIGHT, " Password", "Plan", "Team"),
        (Side.WHOLE, "pw| Password", "plan|Plan", "team|Team"),
    ],
)
def test_which_side_of_a_pipe_is_answered(side: Side, field: str, option: str, value: str) -> None:
    product = replace(DEFAULT_CATALOGUE[7], password_field="pw| Password", option="plan|Plan")
    generation = replace(PLAIN, field_names=side, option_names=side, option_values=side)
    with SandboxServer(Shop({7: product}), generation) as server, Caller(server) as caller:
        server.shop.buy("Ana", "Souza", "ana@example.com", plan="team|Team", password="x")
        row = caller.rows()[0]

    assert row["customfields"]["customfield"][0]["name"] == field
    assert row["configoptions"]["configoption"][0]["option"] == option
    assert row["configoptions"]["configoption"][0]["value"] == value


def test_the_odd_one_says_that_a_service_is_unknown(caller: Caller, server: SandboxServer) -> None:
    server.generation = GENERATIONS["odd"]

    assert caller.api(serviceid=5).json == {"result": "error", "message": "Service ID not found"}


def test_the_default_page_is_25_rows_or_everything(caller: Caller, server: SandboxServer) -> None:
    buy(server, 30)
    default = len(caller.api().json["products"]["product"])
    server.generation = replace(PLAIN, default_limit=None)

    assert (default, len(caller.api().json["products"]["product"])) == (25, 30)
