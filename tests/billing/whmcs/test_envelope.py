"""What an answer is taken for. Whatever is not WHMCS's success is a named error, never an empty list."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from billing.errors import BillingError, GatewayDenied, GatewayProtocolError, GatewayUnavailable
from billing.whmcs.client import PRODUCTS
from billing.whmcs.credentials import Credentials
from billing.whmcs.envelope import Call
from billing.whmcs.reader import Asked, RowFormat, RowReader
from billing.whmcs.secret_text import SecretText
from billing.whmcs.transport import Answer
from tests.billing.whmcs.wire import IDENTIFIER, SECRET, products, service

SAMPLES = Path(__file__).parent / "samples"
CALL = Call(PRODUCTS, Credentials(IDENTIFIER, SecretText(SECRET)).scrub)


def read(body: bytes, status: int = 200, **headers: str) -> int:
    """How many rows come out of an answer."""
    answer = Answer(status, body, headers.get("location", ""), headers.get("retry_after", ""))
    return len(RowReader(RowFormat()).read(answer, Asked(), CALL).rows)


def error_of(body: bytes | str, status: int = 200, **headers: str) -> BillingError:
    with pytest.raises(BillingError) as caught:
        read(body.encode() if isinstance(body, str) else body, status, **headers)
    return caught.value


def refusal(message: str, key: str = "message", result: str = "error") -> str:
    return json.dumps({"result": result, key: message})


@pytest.mark.parametrize(
    ("sample", "code", "kind"),
    [
        ("err-invalid-ip", "ip_not_allowed", GatewayDenied),
        ("err-authentication-failed", "credentials_refused", GatewayDenied),
        ("err-invalid-or-missing-credentials", "credentials_refused", GatewayDenied),
        ("err-invalid-permissions", "action_not_allowed", GatewayDenied),
        ("err-invalid-api-action", "unknown_action", GatewayDenied),
        ("err-empty-action-request", "form_lost", GatewayDenied),
        ("err-client-not-found", "client_not_found", GatewayProtocolError),
        ("err-clientid-or-email-required", "whmcs_error", GatewayProtocolError),
        ("err-json-malformed-utf8", "unencodable_row", GatewayProtocolError),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403])
def test_a_published_refusal_is_understood_whatever_its_http_status(
    sample: str, code: str, kind: type[BillingError], status: int
) -> None:
    error = error_of((SAMPLES / f"{sample}.json").read_bytes(), status)
    assert error.code == code
    assert isinstance(error, kind)


@pytest.mark.parametrize("key", ["message", "errormessage", "error"])
def test_the_message_may_stand_under_any_of_three_keys(key: str) -> None:
    assert error_of(refusal("AUTHENTICATION failed", key)).code == "credentials_refused"


def test_the_message_may_be_all_there_is() -> None:
    assert error_of('"Invalid IP 203.0.113.9"').params == {"address": "203.0.113.9"}


@pytest.mark.parametrize(
    ("message", "address"),
    [
        ("Invalid IP 203.0.113.9", "203.0.113.9"),
        ("Forbidden IP 2001:db8::7", "2001:db8::7"),
        ("invalid ip 203.0.113.9.", "203.0.113.9"),
        ("Invalid IP <script>", "the address of this server"),
    ],
)
def test_the_address_to_allow_is_the_one_that_whmcs_saw(message: str, address: str) -> None:
    error = error_of(refusal(message), 403)
    assert error.params == {"address": address}
    assert "Add this address" in str(error)
    assert address in str(error)


def test_the_action_is_named_as_in_the_roles_page() -> None:
    error = error_of(refusal('Invalid Permissions: API action "getclientsproducts" is not allowed'), 403)
    assert error.params == {"action": "GetClientsProducts"}


@pytest.mark.parametrize(
    ("body", "status", "code", "kind"),
    [
        ("", 200, "empty_answer", GatewayUnavailable),
        (" \r\n", 200, "empty_answer", GatewayUnavailable),
        ("", 500, "server_error", GatewayUnavailable),
        ("<h1>Bad gateway</h1>", 502, "server_error", GatewayUnavailable),
        ('{"error": "upstream"}', 503, "server_error", GatewayUnavailable),
        ("<h1>Down for Maintenance</h1>", 200, "maintenance", GatewayUnavailable),
        ("<html>We are performing maintenance</html>", 503, "maintenance", GatewayUnavailable),
        (refusal("Down for maintenance"), 200, "maintenance", GatewayUnavailable),
        ("<title>Just a moment...</title>", 403, "bot_protection", GatewayUnavailable),
        ("<div id=cf-browser-verification>", 503, "bot_protection", GatewayUnavailable),
        ('{"message": "Access denied by Imunify360 bot-protection."}', 200, "bot_protection", GatewayUnavailable),
        ('{"message": "Access denied by Imunify360 bot-protection."}', 403, "bot_protection", GatewayUnavailable),
        ("<h1>403 Forbidden</h1>", 403, "edge_blocked", GatewayUnavailable),
        ("", 403, "edge_blocked", GatewayUnavailable),
        ('{"status": 403}', 403, "edge_blocked", GatewayUnavailable),
        ("<h1>Too many</h1>", 429, "rate_limited", GatewayUnavailable),
        ("<h1>Not Found</h1>", 404, "not_there", GatewayProtocolError),
        ('<form><input type="password"></form>', 200, "not_whmcs", GatewayProtocolError),
        ("OK", 200, "not_whmcs", GatewayProtocolError),
        ("[]", 200, "not_whmcs", GatewayProtocolError),
        ("null", 200, "not_whmcs", GatewayProtocolError),
        ("17", 200, "not_whmcs", GatewayProtocolError),
        ('<?xml version="1.0"?><whmcsapi><result>success</result></whmcsapi>', 200, "xml_answer", GatewayProtocolError),
        ("{}", 200, "no_result", GatewayProtocolError),
        ('{"products": []}', 200, "no_result", GatewayProtocolError),
        ('{"result": "warning", "message": "hm"}', 200, "no_result", GatewayProtocolError),
        ('{"result": "error"}', 200, "whmcs_error", GatewayProtocolError),
        ('{"result": "success"}', 200, "missing_container", GatewayProtocolError),
        ('{"result": "success", "totalresults": 3}', 200, "missing_container", GatewayProtocolError),
        ('{"result": "success", "numreturned": 3, "products": ""}', 200, "count_mismatch", GatewayProtocolError),
        ('{"result":"success","numreturned":3,"products":{"product":[]}}', 200, "count_mismatch", GatewayProtocolError),
        ('{"result": "success", "products": "none"}', 200, "unknown_shape", GatewayProtocolError),
        ('{"result": "success", "products": 17}', 200, "unknown_shape", GatewayProtocolError),
        ('{"result": "success", "products": {"item": [1]}}', 200, "unknown_shape", GatewayProtocolError),
        ('{"result": "success", "products": {"product": [{"id": 1', 200, "truncated", GatewayUnavailable),
        ('{"result": "success", "x": NaN, "products": []}', 200, "malformed", GatewayProtocolError),
        ("An admin user is required", 200, "not_whmcs", GatewayProtocolError),
        (refusal("An admin user is required"), 200, "wrong_path", GatewayDenied),
    ],
)
def test_what_is_no_success_of_whmcs_has_a_name(body: str, status: int, code: str, kind: type[BillingError]) -> None:
    error = error_of(body, status)
    assert error.code == code
    assert isinstance(error, kind)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"result":"success","products":['])
def test_deep_nesting_is_an_error_and_no_crash(opening: str) -> None:
    assert isinstance(error_of(opening * 200_000), GatewayProtocolError | GatewayUnavailable)


def test_a_number_without_end_is_no_crash() -> None:
    assert read(b'{"result":"success","totalresults":' + b"9" * 5000 + b',"products":[]}') == 0


PAGE = products([service(1)])


@pytest.mark.parametrize(
    "wrapped",
    [
        b"\xef\xbb\xbf" + PAGE,
        b"\r\n\n " + PAGE + b"\n",
        b"\n<br />\n<b>Warning</b>:  Undefined array key in <b>/x.php</b> on line <b>3</b><br />\n" + PAGE,
        b"Deprecated: Function x() is deprecated in /x.php on line 3\n" + PAGE,
    ],
)
def test_what_php_prints_before_the_json_is_cut_off(wrapped: bytes) -> None:
    assert read(wrapped) == 1


@pytest.mark.parametrize(
    "wrapped",
    [
        b"hello " + PAGE,
        PAGE + b"<br />",
        PAGE + PAGE,
        b"<b>Warning</b>: x {" + PAGE,
        b"<b>Fatal error</b>: x " + PAGE,
        b"<b>Warning</b>: x " + PAGE[:-5],
    ],
)
def test_anything_else_around_the_json_is_refused(wrapped: bytes) -> None:
    assert isinstance(error_of(wrapped), GatewayProtocolError | GatewayUnavailable)


def test_the_body_counts_and_not_the_http_status() -> None:
    assert read(PAGE, 403) == 1


def said(message: str) -> str:
    return error_of(refusal(message)).params["message"]


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Either clientid Or email Is Required", "Either clientid Or email Is Required"),
        ("Unable to connect: <b>connection refused</b> (error 111)", "Unable to connect: […] (error 111)"),
        (
            "SQLSTATE[42S22]: Unknown column 'tblx.y' in 'field list'",
            "SQLSTATE[42S22]: Unknown column […] in […]",
        ),
        (
            "Permission for &quot;GetClientsProducts&quot; not granted",
            'Permission for "GetClientsProducts" not granted',
        ),
        ("An API request failed at 203.0.113.9, ask ana@example.com", "An API request failed at […] ask […]"),
        ("Password 'please open the table' is invalid", "Password […] is invalid"),
        ("\x1b[2J\u202e", "[…]"),
    ],
)
def test_of_an_unknown_message_the_words_of_programs_are_kept(message: str, kept: str) -> None:
    assert said(message) == kept


CART = "Tr0ub4dor-canary"


@pytest.mark.parametrize(
    "secret",
    [SECRET, IDENTIFIER, CART, "hunter2canary", "90210-canary", "p\u00e4ss\u202eword canary"],
)
@pytest.mark.parametrize(
    "message",
    [
        "Invalid value {}",
        "Column 'value' cannot be null: INSERT INTO t VALUES (12, '{}')",
        "secret={}&pid=7",
        "{}",
        "x:{}",
        '"secret":"{}"',
        "Password <{}> refused",
        "{}{}",
    ],
)
def test_whatever_an_unknown_message_quotes_nothing_of_a_secret_is_kept(message: str, secret: str) -> None:
    raw = secret.encode()
    forms = (secret, quote(secret), html.escape(secret), html.escape(html.escape(secret)), json.dumps(secret),
             base64.b64encode(raw).decode(), raw.hex(), hashlib.sha256(raw).hexdigest())  # fmt: skip
    for form in forms:
        shown = said(message.replace("{}", form))
        for piece in (form, *re.findall(r"\w{4,}", form)):
            assert piece not in shown or piece.casefold() in message.casefold()


def test_an_unknown_message_is_kept_short_and_on_one_line() -> None:
    shown = said("\x1b[2J odd\n" + "error " * 10_000)
    assert len(shown) <= 200
    assert shown.isprintable()


def test_a_redirect_shows_no_secret_that_it_was_given() -> None:
    error = error_of("{}", 302, location=f"https://h.example/{SECRET}/{IDENTIFIER}")
    assert error.params == {"target": "https://h.example/***/***"}


@pytest.mark.parametrize(
    ("header", "seconds"), [("3", 3.0), ("999999", 999999.0), ("", None), ("soon", None), ("-1", None)]
)
def test_retry_after_is_read_or_ignored(header: str, seconds: float | None) -> None:
    error = error_of("", 429, retry_after=header)
    assert isinstance(error, GatewayUnavailable)
    assert error.retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    error = error_of("", 429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")
    assert isinstance(error, GatewayUnavailable)
    assert error.retry_after == 0


@pytest.mark.parametrize("location", ["", "//sink.example/x?secret=1", "http://[::1", "https://u:p@h.example/\x1b[2J"])
def test_a_redirect_is_named_without_anything_that_could_hide_in_it(location: str) -> None:
    error = error_of("{}", 302, location=location)
    assert error.code == "redirected"
    assert "secret" not in error.params.get("target", "")
    assert "u:p" not in str(error)
    assert str(error).isprintable()
