"""What goes over the wire, and what ends a call. With real sockets, for that is where it goes wrong."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from billing.errors import ClientNotFound, ErrorCode, GatewayDenied, GatewayProtocolError, GatewayUnavailable
from tests.billing.whmcs.answering import ONCE, PAGE, answering
from tests.billing.whmcs.wire import (
    IDENTIFIER,
    SECRET,
    Request,
    client_of,
    failure,
    http,
    products,
    service,
    serving,
)


def test_a_call_is_a_form_in_the_body_and_nothing_in_the_url() -> None:
    with serving(answering(PAGE)) as server, client_of(f"{server.url}/hub") as client:
        client.fetch_products(product_id=3, limitstart=250, limitnum=100)
    [request] = server.requests
    assert request.head.startswith("POST /hub/includes/api.php HTTP/1.1")
    assert "User-Agent: Ticketz/" in request.head
    assert request.form == {
        "action": "GetClientsProducts",
        "responsetype": "json",
        "pid": "3",
        "limitstart": "250",
        "limitnum": "100",
        "identifier": IDENTIFIER,
        "secret": SECRET,
    }


def test_the_connection_is_used_again_for_the_next_page() -> None:
    with serving(answering(PAGE)) as server, client_of(server.url) as client:
        for start in range(5):
            client.fetch_products(product_id=3, limitstart=start, limitnum=1)
    assert len(server.requests) == 5
    assert server.connections == 1


def test_threads_share_a_client() -> None:
    with serving(answering(PAGE)) as server, client_of(server.url) as client:
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda number: client.fetch_service(1), range(80)))
        assert client.api_calls == len(server.requests) == 80
    assert all(page.rows[0].service_id == 1 for page in pages)
    assert server.connections <= 8


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed_and_its_target_is_named(status: int) -> None:
    with serving(answering(PAGE)) as sink:
        location = f"Location: {sink.url}/elsewhere?token=hidden"
        with serving(answering(http(b"", status, location))) as server:
            error = failure(server.url)
    assert len(server.requests) == 1
    assert not sink.requests
    assert error.code == "redirected"
    assert error.params == {"target": f"{sink.url}/elsewhere"}


def test_neither_proxies_nor_netrc_nor_cookies_get_into_a_call(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    with serving(answering(PAGE)) as sink:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, sink.url)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login somebody password something\n")
        monkeypatch.setenv("NETRC", str(netrc))
        cookie = http(products([service(1)]), 200, "Set-Cookie: WHMCSsession=abc; Path=/")
        with serving(answering(cookie)) as server, client_of(server.url) as client:
            client.fetch_service(1)
            client.fetch_service(1)
    assert not sink.requests
    assert len(server.requests) == 2
    assert not [r for r in server.requests if "Cookie:" in r.head or "Authorization:" in r.head]


def test_an_answer_that_breaks_off_is_tried_again() -> None:
    def script(sock: socket.socket, request: Request) -> None:
        if request.connection == 1:
            sock.sendall(PAGE[:-40])
            sock.shutdown(socket.SHUT_RDWR)
        else:
            sock.sendall(PAGE)

    with serving(script) as server, client_of(server.url) as client:
        assert client.fetch_service(1).returned == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("pieces", [b"-5\r\nabc", b"zz\r\n", b"f" * 5000, b"1" * 70_000, b"5\r\nabc"])
def test_an_answer_in_pieces_that_make_no_sense_is_a_connection_that_broke_off(pieces: bytes) -> None:
    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces)
        sock.shutdown(socket.SHUT_RDWR)

    with serving(script) as server:
        error = failure(server.url, retry=ONCE)
    assert error.code is ErrorCode.CONNECTION


def test_a_reset_connection_is_tried_again() -> None:
    def script(sock: socket.socket, request: Request) -> None:
        if request.connection == 1:
            sock.close()
        else:
            sock.sendall(PAGE)

    with serving(script) as server, client_of(server.url) as client:
        assert client.fetch_service(1).returned == 1


def test_a_firewall_that_took_a_dislike_to_a_connection_meets_a_new_one() -> None:
    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(http(b"<h1>Forbidden</h1>", 403) if request.connection == 1 else PAGE)

    with serving(script) as server, client_of(server.url) as client:
        assert client.fetch_service(1).returned == 1
    assert [request.connection for request in server.requests] == [1, 2]


def test_wrong_credentials_are_not_tried_again() -> None:
    refusal = http(json.dumps({"result": "error", "message": "Authentication Failed"}).encode(), 403)
    with serving(answering(refusal)) as server:
        assert isinstance(failure(server.url), GatewayDenied)
    assert len(server.requests) == 1


def test_nobody_listening_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(f"http://127.0.0.1:{port}")
    assert isinstance(error, GatewayUnavailable)
    assert "Connection refused" in str(error)


def test_an_answer_about_other_services_is_not_taken_for_a_service_that_is_gone() -> None:
    with serving(answering(http(products([service(2)])))) as server:
        error = failure(server.url)
    assert isinstance(error, GatewayProtocolError)
    assert error.code == "other_services"


@pytest.mark.parametrize(
    "answer", [{"result": "error", "message": "Service ID Not Found"}, {"result": "success", "products": ""}]
)
def test_a_service_that_is_gone_is_a_page_without_rows(answer: dict[str, str]) -> None:
    with serving(answering(http(json.dumps(answer).encode()))) as server, client_of(server.url) as client:
        page = client.fetch_service(99)
    assert (page.rows, page.bad) == ([], [])


def test_a_client_that_is_gone_is_named() -> None:
    gone = http(b'{"result":"error","message":"Client Not Found"}')
    with (
        serving(answering(gone)) as server,
        client_of(server.url) as client,
        pytest.raises(ClientNotFound, match="client 99"),
    ):
        client.fetch_client(99)
