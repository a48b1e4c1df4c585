"""Answers that are given instead of the right one."""

import pytest

from sandbox import SandboxServer, faults
from sandbox.faults import Instead
from tests.sandbox.caller import Caller

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
