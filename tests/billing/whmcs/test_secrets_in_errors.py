"""No error of a call gives away a secret, or what was answered."""

import socket

import pytest

from tests.billing.whmcs.answering import ONCE, answering
from tests.billing.whmcs.wire import Request, everything_told_by, failure, http, serving

FAILURES = [
    b"",
    http(b"", 500),
    http(b"<html>", 200),
    http(b'{"result":"error","message":"odd"}', 200),
    http(b"x", 307, "Location: http://x/"),
    b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
]


@pytest.mark.parametrize("answer", FAILURES)
def test_no_error_knows_the_secret_by_any_way(answer: bytes) -> None:
    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(answer)
        sock.close()

    with serving(script) as server:
        error = failure(server.url, retry=ONCE)
    assert "canary" not in everything_told_by(error)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>payload-canary",
        b'{"payload-canary\xff": 1}',
        b'{"result": "success", "products": {"payload-canary\xff": 1}}',
        b'{"result": "success", "products": "payload-canary"}',
        b'{"result": "success", "payload-canary": 1',
    ],
)
def test_no_error_quotes_the_answer(body: bytes) -> None:
    with serving(answering(http(body))) as server:
        error = failure(server.url, retry=ONCE)
    assert "canary" not in everything_told_by(error)
