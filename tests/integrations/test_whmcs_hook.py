"""The hook file for WHMCS, run by a real PHP: what it tells, to whom, and that WHMCS never notices."""

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.billing.whmcs.tls import tls_server
from tests.integrations.whmcs import (
    HARNESS,
    INTEGRATION,
    NO_PHP,
    PAGE,
    SECRET,
    Installation,
    accepted,
    config,
    listening,
)

pytestmark = pytest.mark.skipif(NO_PHP, reason="no PHP here")
WITHOUT_CURL = ("-d", "disable_functions=curl_exec")
MODULE_VARS = {"params": {"serviceid": 12, "pid": 7, "password": "K4n4ry", "clientsdetails": {"email": "a@b.example"}}}
CREATED = ("AfterModuleCreate", MODULE_VARS)


@pytest.fixture(params=[(), WITHOUT_CURL], ids=["curl", "sockets"])
def whmcs(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    installed = Installation.at(tmp_path)
    installed.options = request.param
    return installed


@pytest.mark.parametrize("file", [*sorted(INTEGRATION.rglob("*.php")), HARNESS], ids=lambda file: file.name)
def test_every_file_is_php(file: Path) -> None:
    ended = Installation(file.parent).php("-l", str(file))
    assert ended.returncode == 0, ended.stdout


def test_where_both_ways_are_tried_php_really_has_curl(whmcs: Installation) -> None:
    has_curl = whmcs.php("-r", "echo json_encode(function_exists('curl_exec'));").stdout
    assert has_curl == json.dumps(not whmcs.options)


def test_a_purchase_is_told_by_its_number_and_nothing_else(whmcs: Installation) -> None:
    with listening() as heard:
        whmcs.configure(config(heard.url))
        assert whmcs.happen(CREATED) == PAGE
    (headers, body), (message,) = heard.calls[0], heard.messages()
    assert (message["type"], message["data"]) == ("service.changed", {"services": [12]})
    assert abs(int(headers["Webhook-Timestamp"]) - time.time()) < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", message["timestamp"])
    assert set(message) == {"type", "timestamp", "data"}
    assert b"K4n4ry" not in body
    assert b"a@b.example" not in body


@pytest.mark.parametrize(
    "event",
    [
        *[(f"AfterModule{what}", MODULE_VARS) for what in (
            "Create", "Suspend", "Unsuspend", "Terminate", "ChangePackage", "Renew",
        )],
        *[(hook, {"userid": 3, "serviceid": "12"}) for hook in ("ServiceEdit", "AdminServiceEdit", "ServiceDelete")],
        ("ServiceRecurringCompleted", {"serviceid": 12, "recurringinvoices": 6}),
        ("InvoicePaid", {"invoiceid": 80}),
        ("InvoicePaid", {"invoiceid": "81"}),
        ("AfterProductUpgrade", {"upgradeid": 4}),
        ("AfterConfigOptionsUpgrade", {"upgradeid": 4}),
    ],
    ids=lambda event: event[0],
)  # fmt: skip
def test_every_hook_leads_to_its_service(whmcs: Installation, event: tuple[str, dict[str, object]]) -> None:
    invoices = {80: [("Hosting", 12), ("Domain", 5), ("", 0)], 81: [("Upgrade", 4)]}
    with listening() as heard:
        whmcs.configure(config(heard.url))
        assert whmcs.happen(event, invoices=invoices, upgrades={4: 12}) == PAGE
    assert heard.services() == [[12]]


def test_the_hooks_of_one_payment_become_one_message(whmcs: Installation) -> None:
    """Told when the request ends, so that whatever WHMCS does after its hooks is done."""
    edited = ("ServiceEdit", {"serviceid": 13})
    with listening() as heard:
        whmcs.configure(config(heard.url))
        whmcs.happen(CREATED, edited, ("InvoicePaid", {"invoiceid": 80}), CREATED, invoices={80: [("Hosting", 12)]})
    assert heard.services() == [[12, 13]]


def test_a_cron_that_suspends_hundreds_tells_them_in_few_messages(whmcs: Installation) -> None:
    events = [("AfterModuleSuspend", {"params": {"serviceid": number}}) for number in range(1, 251)]
    with listening() as heard:
        whmcs.configure(config(heard.url))
        assert whmcs.happen(*events) == PAGE
    assert [len(services) for services in heard.services()] == [100, 100, 50]
    assert sorted(number for services in heard.services() for number in services) == list(range(1, 251))
    assert len({headers["Webhook-Id"] for headers, _ in heard.calls}) == 3


def test_services_of_other_products_are_not_told_where_products_are_named(whmcs: Installation) -> None:
    events = [("ServiceEdit", {"serviceid": number}) for number in (12, 13, 14)]
    with listening() as heard:
        whmcs.configure(config(heard.url, more="'products' => array(7)"))
        # 14 was deleted: that is told, for nobody can say any more whose it was.
        assert whmcs.happen(*events, packages={12: 7, 13: 8}) == PAGE
        assert whmcs.happen(("ServiceEdit", {"serviceid": 13}), packages={13: 8}) == PAGE
    assert heard.services() == [[12, 14]]


@pytest.mark.parametrize("inside", [False, True])
def test_the_configuration_lies_outside_of_whmcs_or_beside_the_hook(whmcs: Installation, inside: bool) -> None:
    with listening() as heard:
        whmcs.configure(config(heard.url), inside=inside)
        whmcs.happen(CREATED)
    assert len(heard.calls) == 1


@pytest.mark.parametrize(
    "text",
    [
        None, "", "<?php return 7;", "<?php return array();", "<?php this is no php", "<?php throw new Exception('x');",
        "<?php echo 'x'; return array('url' => 'URL');", "<?php return array('url' => array(), 'secret' => null);",
        config("URL", "whsec_"), config("URL", "whsec_%%%"), config("URL", "whsec_c2hvcnQ="), config("ftp://URL"),
        config("http://ticketz.example.com/"), config("not an address"), config("https://"),
    ],
)  # fmt: skip
def test_a_bad_configuration_is_silence(whmcs: Installation, text: str | None) -> None:
    with listening() as heard:
        if text is not None:
            whmcs.configure(text.replace("URL", heard.url))
        assert whmcs.happen(CREATED) == PAGE
    assert heard.calls == []


@pytest.mark.parametrize(
    "event",
    [
        ("AfterModuleCreate", {}), ("AfterModuleCreate", {"params": None}), ("ServiceEdit", {"serviceid": "x"}),
        ("ServiceEdit", {"serviceid": -3}), ("InvoicePaid", {"invoiceid": 99}), ("InvoicePaid", None),
        ("AfterProductUpgrade", {"upgradeid": 99}),
    ],
)  # fmt: skip
def test_what_a_hook_says_otherwise_than_expected_is_silence(whmcs: Installation, event: tuple[str, object]) -> None:
    with listening() as heard:
        whmcs.configure(config(heard.url, more="'products' => array(7)"))
        assert whmcs.happen(event) == PAGE  # type: ignore[arg-type]
    assert heard.calls == []


def test_where_the_database_can_t_be_asked_all_services_are_told(whmcs: Installation) -> None:
    with listening() as heard:
        whmcs.configure(config(heard.url, more="'products' => array(7)"))
        assert whmcs.happen(CREATED, packages=None) == PAGE
    assert heard.services() == [[12]]


# Far more than two seconds on a busy machine, far less than whoever waits for an answer.
FAR_LESS = 30


def hangs(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(10 * FAR_LESS)
    handler.rfile.read(1)  # until the other side has hung up


def drips(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then: no single wait is long."""
    with suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 202 ")
        for _ in range(25 * FAR_LESS):
            handler.wfile.write(b"A")
            time.sleep(0.4)


def fails(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(500)
    handler.end_headers()


def leads_away(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "/elsewhere/")
    handler.end_headers()


@pytest.mark.parametrize("answer", [hangs, drips])
def test_a_ticketz_that_does_not_answer_costs_whmcs_two_seconds_in_all(
    whmcs: Installation, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    """However many services there are to tell of: one call, which is cut off after two seconds."""
    events = [("ServiceEdit", {"serviceid": number}) for number in range(1, 301)]
    with listening(answer) as heard:
        whmcs.configure(config(heard.url))
        began = time.monotonic()
        assert whmcs.happen(*events) == PAGE
        assert 1.9 < time.monotonic() - began < FAR_LESS
    assert len(heard.calls) == 1


@pytest.mark.parametrize("answer", [fails, leads_away])
def test_after_a_failure_nothing_more_is_tried_and_nobody_is_followed(
    whmcs: Installation, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    events = [("ServiceEdit", {"serviceid": number}) for number in range(1, 301)]
    with listening(answer) as heard:
        whmcs.configure(config(heard.url))
        assert whmcs.happen(*events) == PAGE
    assert len(heard.calls) == 1


def test_where_nobody_listens_whmcs_goes_on(whmcs: Installation) -> None:
    whmcs.configure(config("http://127.0.0.1:9/"))
    assert whmcs.happen(CREATED) == PAGE


def test_a_server_that_nobody_vouches_for_is_told_nothing(whmcs: Installation, tmp_path: Path) -> None:
    with tls_server(tmp_path) as (url, received, authority):
        whmcs.configure(config(f"{url}/hooks/whmcs/x/"))
        assert whmcs.happen(CREATED) == PAGE
        assert received == []
        whmcs.options += ("-d", f"curl.cainfo={authority}", "-d", f"openssl.cafile={authority}")
        assert whmcs.happen(CREATED) == PAGE
        assert [line.split(b"\r\n")[0].split(b" ")[0] for line in received] == [b"POST"]


@pytest.mark.parametrize(
    ("answer", "status", "told"),
    [(accepted, 0, "Ticketz took it."), (fails, 1, "Ticketz answered 500."), (None, 1, "No answer within two seconds")],
)
def test_the_operator_can_try_it_on_the_command_line(
    whmcs: Installation, answer: Callable[[BaseHTTPRequestHandler], None] | None, status: int, told: str
) -> None:
    with listening(answer or accepted) as heard:
        whmcs.configure(config(heard.url if answer else "http://127.0.0.1:9/"))
        ended = whmcs.php(str(INTEGRATION / "ticketz-ping.php"), str(whmcs.root))
    assert (ended.returncode, told in ended.stdout) == (status, True), ended.stdout
    assert [message["type"] for message in heard.messages()] == (["ping"] if answer else [])


def test_a_trial_without_configuration_says_so(whmcs: Installation, tmp_path: Path) -> None:
    ping = str(INTEGRATION / "ticketz-ping.php")
    assert "There is no configuration" in whmcs.php(ping, str(whmcs.root)).stdout
    assert "Name the folder of WHMCS" in whmcs.php(ping, str(tmp_path)).stdout


def test_over_the_web_neither_file_says_anything(whmcs: Installation) -> None:
    whmcs.configure(config("https://ticketz.example.com/"), inside=True)
    for file in (whmcs.hook, whmcs.hook.with_name("_ticketz-hook-config.php")):
        assert whmcs.php(str(file)).stdout == ""


def test_the_signature_is_that_of_standard_webhooks(whmcs: Installation) -> None:
    """Verified by the library that others use, and not by another secret."""
    with listening() as heard:
        whmcs.configure(config(heard.url))
        whmcs.happen(CREATED)
    headers, body = heard.calls[0]
    Webhook(SECRET).verify(body, headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook("whsec_" + "A" * 32).verify(body, headers)
