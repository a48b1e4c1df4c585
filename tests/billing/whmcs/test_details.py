import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from billing.errors import BadRecord, BillingError, ClientNotFound, GatewayProtocolError
from billing.whmcs import ClientDetails
from billing.whmcs.details import read_details
from billing.whmcs.envelope import Call
from billing.whmcs.transport import Answer

SAMPLES = Path(__file__).parent / "samples"
CLIENT = {
    "client_id": 7,
    "userid": 7,
    "firstname": "Ada",
    "lastname": "O&#039;Neil",
    "companyname": "Tom &amp; Co",
    "email": "ada@example.com",
    "phonenumber": "0123",
    "language": "",
    "password": "bcrypt-canary",
}
EXPECTED = ClientDetails(7, "Ada", "O'Neil", "Tom & Co", "ada@example.com", "0123", "")


def read(client_id: int = 7, **top: Any) -> ClientDetails:
    body = json.dumps({"result": "success", **top}).encode()
    return read_details(Answer(200, body, "", ""), client_id, Call("GetClientsDetails", str))


@pytest.mark.parametrize(
    "shape",
    [
        {"client": CLIENT},
        CLIENT,
        {"client": CLIENT, "userid": 9, "firstname": "stale"},
        {f"client[{key}]": value for key, value in CLIENT.items()},
        {"client": {**CLIENT, "client_id": "007", "phonenumber": 123, "language": None}}
        | {"client": {**CLIENT, "client_id": "007"}},
        {"userid": "7", **{key: value for key, value in CLIENT.items() if key != "client_id"}},
    ],
)
def test_every_known_form_of_a_client_reads_the_same(shape: dict[str, Any]) -> None:
    assert read(**shape) == EXPECTED


@pytest.mark.parametrize("name", ["gcd-docs-2022-8.x-client-object", "gcd-docs-2020-08-8.0-client-object"])
def test_the_official_samples_are_read(name: str) -> None:
    answer = Answer(200, (SAMPLES / f"{name}.json").read_bytes(), "", "")
    client = read_details(answer, 1, Call("GetClientsDetails", str))
    assert (client.first_name, client.last_name, client.email) == ("Test", "Client", "test-client@example.com")


def test_another_client_than_the_one_asked_for_is_an_error() -> None:
    with pytest.raises(GatewayProtocolError):
        read(8, client=CLIENT)


def test_a_client_that_is_gone_has_an_error_of_its_own() -> None:
    answer = Answer(200, (SAMPLES / "err-client-not-found.json").read_bytes(), "", "")
    with pytest.raises(ClientNotFound):
        read_details(answer, 7, Call("GetClientsDetails", str))


@pytest.mark.parametrize("shape", [{}, {"client": []}, {"client": ""}, {"client": {"firstname": "x"}}, {"client": 7}])
def test_an_answer_without_a_client_is_an_error(shape: dict[str, Any]) -> None:
    with pytest.raises(BillingError):
        read(**shape)


def test_entities_are_decoded_exactly_once() -> None:
    assert read(client={**CLIENT, "companyname": "Tom &amp;amp; Co"}).company_name == "Tom &amp; Co"


@pytest.mark.parametrize("number", ["9" * 5000, "0" * 5000 + "65", "9" * 20])
def test_an_entity_that_no_character_has_is_shown_as_a_sign(number: str) -> None:
    assert read(client={**CLIENT, "firstname": f"A&#{number};b"}).first_name == "A\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("A\r\nBcc: x@y", "A Bcc: x@y"),
        ("\u202eevil\u202c\u200b", "evil"),
        ("  a \t b  ", "a b"),
        ("\x1b[2J", "[2J"),
        ("Zoë 👩\u200d🔬", "Zoë 👩\u200d🔬"),
        ("a\0b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("a&#0;b&#xd800;", "a\ufffdb\ufffd"),
        (["Ada"], "\ufffd"),
        (False, "\ufffd"),
        ("<script>", "<script>"),
        ("{{7*7}}", "{{7*7}}"),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(sent: Any, name: str) -> None:
    assert read(client={**CLIENT, "firstname": sent}).first_name == name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a\0@example.com"),
        ("email", "\ud800@example.com"),
        ("email", "x" * 243 + "@example.com"),
        ("email", "a\r\nBcc: b@example.com"),
        ("email", "a\u202e@example.com"),
        ("email", True),
        ("email", ["ada@example.com"]),
    ],
)
def test_a_value_that_no_database_or_mail_can_take_is_a_bad_record_with_its_field(field: str, value: Any) -> None:
    with pytest.raises(BadRecord) as caught:
        read(client={**CLIENT, field: value})
    assert caught.value.params["field"] == field
    assert field in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("value", [["1"], {"a": "1"}, True, "\0", "\ud800"])
def test_what_nobody_needs_to_be_let_in_is_none_where_it_can_t_be_used(value: Any) -> None:
    client = read(client={**CLIENT, "companyname": value, "phonenumber": value, "language": value})
    assert client == replace(EXPECTED, company_name=None, phone=None, language=None)


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_no_text_is_written_in_four_ways(nothing: Any) -> None:
    assert read(client={**CLIENT, "firstname": nothing, "phonenumber": nothing}) == replace(
        EXPECTED, first_name="", phone=""
    )


@pytest.mark.parametrize("number", [7, 3.5, 0.10])
def test_a_number_is_a_text_as_it_was_written(number: float) -> None:
    assert read(client={**CLIENT, "lastname": number}).last_name == json.dumps(number)


def test_a_name_that_is_too_long_is_cut() -> None:
    assert read(client={**CLIENT, "firstname": "x" * 10_000}).first_name == "x" * 255


def test_an_email_is_left_for_others_to_judge() -> None:
    assert read(client={**CLIENT, "email": " Not An Address "}).email == "Not An Address"


def test_poison_in_a_field_that_is_not_read_harms_nobody() -> None:
    assert read(client={**CLIENT, "notes": "\0\ud800", "lastlogin": "<br>"}) == EXPECTED
