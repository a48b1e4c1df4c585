"""Every refusal of the API, in WHMCS's words and with its HTTP code."""

import pytest

from sandbox import SandboxServer, Shop
from tests.sandbox.caller import Answer, Caller


def refused(answer: Answer) -> tuple[int, str]:
    assert answer.json["result"] == "error"
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status, answer.json["message"]


def test_a_wrong_secret_fails_authentication(caller: Caller) -> None:
    assert refused(caller.api(secret="wrong")) == (403, "Authentication Failed")


def test_missing_credentials_fail_authentication(caller: Caller) -> None:
    answer = caller.post("/includes/api.php", action="GetClientsProducts")

    assert refused(answer) == (403, "Authentication Failed")


def test_an_unknown_identifier_is_said_to_be_invalid(caller: Caller) -> None:
    assert refused(caller.api(identifier="somebody")) == (403, "Invalid or missing credentials")


def test_the_ip_list_comes_before_the_credentials() -> None:
    with SandboxServer(allowed_ips=["192.0.2.1"], access_key="open(sesame)") as server, Caller(server) as caller:
        assert refused(caller.api(secret="wrong")) == (403, "Invalid IP 127.0.0.1")
        assert caller.api(accesskey="open(sesame)").json["result"] == "success"
        assert refused(caller.api(accesskey="open(barley)")) == (403, "Invalid IP 127.0.0.1")


def test_a_listed_address_may_call() -> None:
    with SandboxServer(allowed_ips=["127.0.0.1"]) as server, Caller(server) as caller:
        assert caller.api().json["result"] == "success"


def test_the_role_has_two_actions_and_names_the_others_in_lower_case(caller: Caller) -> None:
    message = 'Invalid Permissions: API action "mergeticket" is not allowed'
    assert refused(caller.api("MergeTicket")) == (403, message)
    assert caller.api("GETCLIENTSPRODUCTS").json["result"] == "success"


def test_an_unknown_action_is_no_valid_action(caller: Caller) -> None:
    message = 'Invalid API Action: "updatebillableitem" is not a valid API action'
    assert refused(caller.api("UpdateBillableItem")) == (200, message)


@pytest.mark.parametrize("action", [None, ""])
def test_a_call_without_an_action_is_a_bad_request(caller: Caller, action: str | None) -> None:
    assert refused(caller.api(action)) == (400, "Empty action request")


def test_a_doubled_path_is_answered_before_the_credentials_are_looked_at(caller: Caller) -> None:
    answer = caller.api(path="/includes/api.php/includes/api.php", secret="wrong")

    assert refused(answer) == (200, "An admin user is required")


def test_credentials_in_the_address_are_not_accepted(caller: Caller, server: SandboxServer) -> None:
    address = f"/includes/api.php?identifier={server.identifier}&secret={server.secret}&action=GetClientsProducts"

    assert refused(caller.get(address)) == (403, "Authentication Failed")
    assert refused(caller.post(address)) == (403, "Authentication Failed")
    assert server.requests[-1].secret_in_url
    assert server.secret not in repr(server.requests)


def test_the_same_credentials_are_accepted_under_the_names_of_the_old_login(caller: Caller) -> None:
    server = caller.server
    form = {"action": "GetClientsProducts", "username": server.identifier, "password": server.secret}

    assert caller.post("/includes/api.php", **form).json["result"] == "success"


def test_the_api_lives_below_a_prefix_and_nowhere_else() -> None:
    with SandboxServer(Shop(), prefix="/billing/area/") as server, Caller(server) as caller:
        assert server.url.endswith("/billing/area")
        assert caller.api().json["result"] == "success"
        assert caller.request("POST", "/includes/api.php", {}).status == 404
        assert caller.api(path="/admin/includes/api.php").status == 404


def test_the_record_of_a_request_has_everything_but_the_secret(caller: Caller, server: SandboxServer) -> None:
    caller.api(pid=7)
    caller.api(secret="wrong")
    caller.hang_up()
    caller.post("/includes/api.php?x=1", action="GetClientsDetails")

    right, wrong, without = server.requests
    assert (right.action, right.params["pid"], right.secret_was_right) == ("getclientsproducts", "7", True)
    assert (wrong.secret_was_right, without.secret_was_right) == (False, None)
    assert without.query_string == "x=1"
    assert right.connection == wrong.connection != without.connection
    assert right.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert right.time <= wrong.time
    assert server.secret not in repr(server.requests)
