"""Every fault does what it says, and a plan lets it happen when it says."""

import gzip
import json
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.client import BadStatusLine, IncompleteRead
from typing import Any

import pytest

from sandbox import SandboxServer, faults
from sandbox.faults import MISSING, Instead, RawJson
from sandbox.faults.weather import WEATHER
from sandbox.interference import Interference
from tests.sandbox.caller import Caller


@pytest.fixture(autouse=True)
def three_services(server: SandboxServer) -> None:
    for name in ("Ana", "Ben", "Cem"):
        server.shop.buy(name, "Souza", f"{name}@example.com", plan="Team", password="first")


REPLIES: list[tuple[Instead, int, str]] = [
    (faults.invalid_ip("192.0.2.7"), 403, '"Invalid IP 192.0.2.7"'),
    (faults.invalid_ip("192.0.2.7", word="Forbidden"), 403, '"Forbidden IP 192.0.2.7"'),
    (faults.authentication_failed(), 403, '"Authentication Failed"'),
    (faults.invalid_credentials(), 403, '"Invalid or missing credentials"'),
    (faults.no_permission("GetClientsDetails"), 403, 'Permissions: API action \\"getclientsdetails\\" is not allowed'),
    (faults.invalid_action("GetX", 400), 400, 'Invalid API Action: \\"getx\\" is not a valid API action'),
    (faults.empty_action(), 400, '"Empty action request"'),
    (faults.admin_user_required(), 200, '"An admin user is required"'),
    (faults.old_login_refused("Access Denied"), 200, '"Access Denied"'),
    (faults.malformed_utf8(), 200, "Malformed UTF-8 characters, possibly incorrectly encoded"),
    (faults.api_error("Oops", key="errormessage"), 200, '"errormessage": "Oops"'),
    (faults.bare_string("Oops"), 200, '"Oops"'),
    (faults.maintenance(), 200, "Down for Maintenance"),
    (faults.login_page(), 200, "<title>Client Area"),
    (faults.http_login(), 401, "Authorization Required"),
    (faults.php_fatal(), 200, "<b>Fatal error</b>:"),
    (faults.other_software(), 200, '"version":"2.4.1"'),
    (faults.granted(), 200, '"result":"success"'),
    (faults.cloudflare(), 403, "Just a moment..."),
    (faults.cloudflare(503), 503, "cf-browser-verification"),
    (faults.imunify(), 200, "Imunify360"),
    (faults.imunify(403), 403, "Imunify360"),
    *((faults.server_error(status), status, f"{status} Error") for status in (403, 404, 406, 500, 502, 503, 504)),
    (faults.too_many_requests(), 429, "Too Many Requests"),
    (faults.empty_body(), 200, ""),
    (faults.empty_body(500), 500, ""),
    (faults.xml(), 200, "<whmcsapi>"),
    *((faults.redirect("https://other.example/", status), status, "Moved") for status in (301, 302, 307, 308)),
]


@pytest.mark.parametrize(("fault", "status", "text"), REPLIES)
def test_an_answer_that_is_given_instead(
    caller: Caller, server: SandboxServer, fault: Instead, status: int, text: str
) -> None:
    server.faults.once(fault)
    answer = caller.api()

    assert answer.status == status
    assert text in answer.text
    assert answer.text if text else not answer.body
    assert len(caller.rows()) == 3


def test_imunify_answers_json_without_a_result(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.imunify())

    assert set(caller.api().json) == {"message"}


def test_a_redirect_names_its_target_and_429_may_say_when(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.redirect("https://other.example/x", 308))
    server.faults.once(faults.too_many_requests("17"), nth=2)
    server.faults.once(faults.too_many_requests(None), nth=3)

    assert caller.api().headers["Location"] == "https://other.example/x"
    assert caller.api().headers["Retry-After"] == "17"
    assert "Retry-After" not in caller.api().headers


def body_of(caller: Caller, fault: Interference) -> bytes:
    caller.server.faults.once(fault)
    return caller.api().body


def test_spoilt_bodies(caller: Caller) -> None:
    whole = caller.api().body

    assert body_of(caller, faults.truncated(0.25)) == whole[: len(whole) // 4]
    assert body_of(caller, faults.php_notice()).startswith(b"<br />\n<b>Warning</b>")
    assert body_of(caller, faults.trailing_html()) == whole + b"<br />"
    assert body_of(caller, faults.byte_order_mark()) == b"\xef\xbb\xbf" + whole
    assert body_of(caller, faults.blank_lines()).strip() == whole
    assert b"\xe9" in body_of(caller, faults.latin_1())
    assert body_of(caller, faults.with_body(bytes.upper)) == whole.upper()
    assert gzip.decompress(body_of(caller, faults.gzipped())) == whole


def test_labels_may_be_wrong(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.wrong_content_type("text/plain"))
    server.faults.once(faults.gzipped(), nth=2)

    assert caller.api().headers["Content-Type"] == "text/plain"
    assert caller.api().headers["Content-Encoding"] == "gzip"


def test_the_servers_clock_may_be_wrong(caller: Caller, server: SandboxServer) -> None:
    honest = parsedate_to_datetime(caller.api().headers["Date"])
    server.faults.once(faults.clock_off(days=-2))
    assert parsedate_to_datetime(caller.api().headers["Date"]) - honest == pytest.approx(
        timedelta(days=-2), abs=timedelta(seconds=20)
    )
    assert abs(parsedate_to_datetime(caller.api().headers["Date"]) - honest) < timedelta(seconds=20)


def test_a_gzip_bomb_is_small_until_it_is_unpacked(caller: Caller) -> None:
    packed = body_of(caller, faults.gzip_bomb(5_000_000))
    unpacked = gzip.decompress(packed)

    assert len(packed) < 50_000
    assert len(unpacked) == 5_000_000
    assert json.loads(unpacked)["result"] == "success"


def test_a_drip_takes_its_time(caller: Caller) -> None:
    whole = caller.api().body
    started = time.monotonic()

    assert body_of(caller, faults.drip(len(whole) // 4, 0.02)) == whole
    assert body_of(caller, faults.drip(len(whole) // 4, 0.02, whole_answer=True)) == whole
    assert time.monotonic() - started > 0.15


def test_an_answer_may_be_late(caller: Caller) -> None:
    started = time.monotonic()
    body_of(caller, faults.late(0.1))

    assert time.monotonic() - started > 0.09


@pytest.mark.parametrize("sent", [None, 10])
def test_a_hang_never_ends_and_does_not_keep_the_server_from_stopping(
    caller: Caller, server: SandboxServer, sent: int | None
) -> None:
    server.faults.once(faults.hang(sent))
    caller.connection.timeout = 0.1
    with pytest.raises(TimeoutError):
        caller.api()

    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("sent", [None, 10])
def test_a_reset_breaks_the_connection(caller: Caller, server: SandboxServer, sent: int | None) -> None:
    server.faults.once(faults.reset(sent))
    with pytest.raises((ConnectionResetError, IncompleteRead)):
        caller.api()
    caller.hang_up()

    assert len(caller.rows()) == 3


@pytest.mark.parametrize(("sent", "error"), [(None, BadStatusLine), (10, IncompleteRead)])
def test_the_server_may_hang_up(
    caller: Caller, server: SandboxServer, sent: int | None, error: type[Exception]
) -> None:
    server.faults.once(faults.hang_up(sent))
    with pytest.raises(error):
        caller.api()


def ids(caller: Caller, **asked: object) -> list[int]:
    return [int(row["id"]) for row in caller.rows(**asked)]


def test_listings_that_answer_something_else(caller: Caller, server: SandboxServer) -> None:
    server.shop.buy("Dee", "Other", "dee@example.com", pid=3)
    plan = server.faults

    plan.once(faults.PidFilterIgnored())
    assert ids(caller, pid=7) == [1, 2, 3, 4]
    plan.once(faults.LimitCapped(2))
    assert ids(caller, pid=7) == [1, 2]
    plan.once(faults.LimitCapped(None))
    assert ids(caller, pid=7, limitnum=1) == [1, 2, 3]
    plan.once(faults.StartIgnored())
    assert ids(caller, pid=7, limitstart=2) == [1, 2, 3]
    plan.once(faults.Ordered("descending"))
    assert ids(caller, pid=7) == [3, 2, 1]
    plan.once(faults.Ordered("random", seed=1))
    assert sorted(ids(caller, pid=7)) == [1, 2, 3]
    plan.once(faults.Hidden(2))
    assert ids(caller, pid=7) == [1, 3]
    plan.once(faults.Hidden())
    assert ids(caller, pid=7) == []


def test_an_order_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="sideways"):
        faults.Ordered("sideways")


def test_totals_may_be_wrong(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.WrongTotal(+20))
    server.faults.once(faults.WrongTotal(total=0), nth=2)

    assert [caller.api().json["totalresults"] for _ in range(3)] == ["23", "0", "3"]


def test_a_row_may_come_twice_and_contradict_itself(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.Repeated(server.shop.services[1], status="Suspended"))

    assert [(row["id"], row["status"]) for row in caller.rows(limitnum=1)] == [("1", "Active"), ("1", "Suspended")]


def test_a_row_may_be_deleted_between_two_pages(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.Meanwhile(lambda: server.shop.delete_service(1)), nth=2)

    assert ids(caller, limitnum=2) == [1, 2]
    assert ids(caller, limitnum=2, limitstart=2) == []


def test_a_poisoned_row_spoils_every_page_that_has_it(caller: Caller, server: SandboxServer) -> None:
    server.faults.poison(2)

    assert "Malformed UTF-8" in caller.api().json["message"]
    assert "Malformed UTF-8" in caller.api(serviceid=2).json["message"]
    assert ids(caller, limitnum=1) == [1]
    assert ids(caller, limitnum=1, limitstart=2) == [3]


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


def test_a_disliked_connection_stays_disliked(caller: Caller, server: SandboxServer) -> None:
    server.faults.always(faults.StickyForbidden())

    assert [caller.api().status for _ in range(3)] == [403, 403, 403]
    caller.hang_up()
    assert caller.api().status == 200


def test_a_plan_counts_per_action(caller: Caller, server: SandboxServer) -> None:
    rule = server.faults.times(2, faults.server_error(502), "GetClientsProducts", first=2)
    pattern = [caller.api().status for _ in range(4)]

    assert pattern == [200, 502, 502, 200]
    assert caller.api("GetClientsDetails", clientid=1).status == 200
    assert (rule.seen, rule.happened) == (4, 2)


def test_a_plan_may_look_at_the_call_and_be_ended(caller: Caller, server: SandboxServer) -> None:
    rule = server.faults.when(lambda call: call.params.get("clientid") == "3", faults.empty_body(500))
    assert caller.api("GetClientsDetails", clientid=3).status == 500
    assert caller.api("GetClientsDetails", clientid=1).status == 200
    server.faults.remove(rule)
    assert caller.api("GetClientsDetails", clientid=3).status == 200
    server.faults.always(faults.maintenance())
    server.faults.clear()
    assert caller.api().json["result"] == "success"


def test_disturbed_requests_are_recorded_too(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.maintenance())
    caller.api()

    assert [request.action for request in server.requests] == ["getclientsproducts"]


@pytest.mark.parametrize("name", WEATHER)
def test_every_kind_of_weather_can_be_made(name: str) -> None:
    assert isinstance(WEATHER[name][1](), Interference)
