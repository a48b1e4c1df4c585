"""How much a WHMCS in trouble is asked: the budget by itself, and over the wire."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.errors import (
    BillingError,
    ClientNotFound,
    ErrorCode,
    GatewayDenied,
    GatewayProtocolError,
    GatewayUnavailable,
)
from billing.whmcs import CallBudget, Listing
from billing.whmcs.budget import PER_HOUR, RESERVE, refilled
from tests.billing.whmcs.wire import Request, Script, client_of, http, products, service, serving

PAGE = http(products([service(1)]))
DOWN = http(b"<h1>500</h1>", 500)
FORBIDDEN = http(b"<h1>Forbidden</h1>", 403)


def refusal(message: str, status: int = 403) -> bytes:
    return http(json.dumps({"result": "error", "message": message}).encode(), status)


def answering(*answers: bytes) -> Script:
    """Sends the answers one after the other, the last one for ever."""
    waiting = list(answers)
    return lambda sock, request: sock.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])


def fail(budget: CallBudget, times: int, error: BillingError | None = None) -> None:
    for _ in range(times):
        budget.count_error(error or GatewayUnavailable())


def test_sixty_calls_may_fail_and_not_one_more() -> None:
    budget = CallBudget()
    fail(budget, 59)
    budget.ensure_left()
    fail(budget, 1)
    with pytest.raises(GatewayUnavailable, match="60 an hour"):
        budget.ensure_left()


def test_a_good_answer_brings_one_back_and_never_more_than_there_were() -> None:
    budget = CallBudget()
    fail(budget, 1)
    budget.count_answer()
    budget.count_answer()
    assert budget.left == RESERVE


@pytest.mark.parametrize(
    "error", [ClientNotFound(), GatewayProtocolError(ErrorCode.SERVICE_NOT_FOUND), GatewayProtocolError()]
)
def test_what_whmcs_knows_not_is_an_answer_and_what_is_none_is_not(error: BillingError) -> None:
    budget = CallBudget(10)
    budget.count_error(error)
    assert budget.left == (9 if error.code is ErrorCode.MALFORMED else 11)


def test_the_search_for_rows_that_can_not_be_encoded_costs_little_and_is_no_gift() -> None:
    budget = CallBudget()
    fail(budget, 100, GatewayProtocolError(ErrorCode.UNENCODABLE_ROW))
    assert 49 < budget.left < 51


@pytest.mark.parametrize(
    ("left", "seconds", "then"), [(0, 60, 1), (0, 3600, 60), (-5, 60, -4), (59.5, 3600, 60), (10, -86_400, 10)]
)
def test_it_refills_with_time_and_loses_nothing_by_a_clock_that_went_back(
    left: float, seconds: float, then: float
) -> None:
    assert refilled(left, seconds) == pytest.approx(then)
    assert PER_HOUR == RESERVE


def test_threads_lose_no_count() -> None:
    budget = CallBudget()
    with ThreadPoolExecutor(6) as threads:
        for _ in range(6):
            threads.submit(fail, budget, 8)
    assert budget.left == RESERVE - 48


def test_a_wait_longer_than_a_call_has_ends_all_asking() -> None:
    budget, error = CallBudget(), GatewayUnavailable(ErrorCode.RATE_LIMITED, retry_after="600 s")
    error.retry_after = 600.0
    budget.count_error(error)
    budget.count_answer()  # of a call that was under way
    with pytest.raises(GatewayUnavailable) as caught:
        budget.ensure_left()
    assert (caught.value.code, caught.value.params, caught.value.retry_after) == ("rate_limited", error.params, 600.0)
    assert budget.wait == 600.0


def test_a_short_wait_that_was_obeyed_is_none_for_the_next_run() -> None:
    budget, error = CallBudget(), GatewayUnavailable(ErrorCode.RATE_LIMITED)
    error.retry_after = 20.0
    budget.count_error(error)
    assert budget.wait == 20.0
    budget.count_answer()
    assert budget.wait is None


def test_a_budget_that_is_spent_ends_the_retries_and_then_nothing_is_sent_any_more() -> None:
    budget = CallBudget(2)
    with serving(answering(DOWN)) as server, client_of(server.url, budget=budget) as client:
        with pytest.raises(GatewayUnavailable, match="status 500"):
            client.fetch_service(1)
        assert len(server.requests) == 2
        with pytest.raises(GatewayUnavailable, match="60 an hour"):
            client.fetch_service(1)
        assert len(server.requests) == 2
        assert client.api_calls == 2


@pytest.mark.parametrize("tokens", [1, 4, 7])
def test_halving_pages_does_not_get_around_it_and_the_first_cause_comes_out(tokens: int) -> None:
    with serving(answering(DOWN)) as server, client_of(server.url, budget=CallBudget(tokens)) as client:
        with pytest.raises(GatewayUnavailable, match="status 500"):
            list(Listing(client, 3))
        assert len(server.requests) == tokens


@pytest.mark.parametrize(("tokens", "why"), [(2, "call_budget_spent"), (5, "page_failed")])
def test_a_listing_ends_where_the_budget_does_and_proves_nothing(tokens: int, why: str) -> None:
    """The first page comes; behind it everything fails, in windows that would be halved again and again."""
    rows = [service(number) for number in range(1, 51)]

    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(http(products(rows, 1000)) if request.form["limitstart"] == "0" else DOWN)

    with serving(script) as server, client_of(server.url, budget=CallBudget(tokens)) as client:
        listing = Listing(client, 3, page_size=50)
        assert sum(len(page.rows) for page in listing) == 50
        assert len(server.requests) == 1 + tokens + 1  # the good one brought one back
    assert listing.why_incomplete == why


def test_a_firewall_is_asked_twice_and_the_second_time_by_a_new_connection() -> None:
    with serving(answering(PAGE, FORBIDDEN)) as server, client_of(server.url) as client:
        client.fetch_service(1)
        with pytest.raises(GatewayUnavailable) as caught:
            client.fetch_service(1)
    assert caught.value.code == "edge_blocked"
    assert [request.connection for request in server.requests] == [1, 1, 2]


@pytest.mark.parametrize(
    "message",
    ["Invalid IP 203.0.113.9", "Authentication Failed", 'Invalid Permissions: API action "x" is not allowed', "Odd"],
)
def test_what_whmcs_itself_refuses_is_not_asked_again(message: str) -> None:
    with serving(answering(refusal(message))) as server, client_of(server.url) as client:
        with pytest.raises((GatewayDenied, GatewayProtocolError)):
            client.fetch_service(1)
        assert len(server.requests) == 1


def test_an_action_that_was_denied_is_asked_for_no_more_and_the_other_one_is() -> None:
    denied = refusal('Invalid Permissions: API action "getclientsdetails" is not allowed')

    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(denied if request.form["action"] == "GetClientsDetails" else PAGE)

    with serving(script) as server, client_of(server.url) as client:
        for _ in range(3):
            with pytest.raises(GatewayDenied, match="Tick GetClientsDetails"):
                client.fetch_client(7)
            client.fetch_service(1)
    assert [request.form["action"] for request in server.requests].count("GetClientsDetails") == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_ten_minutes_hears_nothing_more(status: int) -> None:
    busy = http(b"<h1>Busy</h1>", status, "Retry-After: 600")
    with serving(answering(busy)) as server, client_of(server.url) as client:
        for _ in range(3):
            with pytest.raises(GatewayUnavailable) as caught:
                client.fetch_service(1)
            assert caught.value.retry_after == 600
    assert len(server.requests) == 1
