"""However slowly or endlessly an answer comes, a call ends in time and within its size."""

import gzip
import resource
import socket
import time
import zlib
from typing import Any

import pytest

from billing.whmcs import Limits
from tests.billing.whmcs.answering import ONCE, answering
from tests.billing.whmcs.wire import Request, client_of, failure, http, products, service, serving


def drip_body(sock: socket.socket, request: Request) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    drip(sock)


def drip_chunks(sock: socket.socket, request: Request) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(sock, b"1\r\n \r\n")


def drip_headers(sock: socket.socket, request: Request) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(sock)


def drip(sock: socket.socket, piece: bytes = b"a") -> None:
    for _ in range(3_000):
        sock.sendall(piece)
        time.sleep(0.1)


def send_continues_for_ever(sock: socket.socket, request: Request) -> None:
    while True:
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def say_nothing(sock: socket.socket, request: Request) -> None:
    sock.recv(1)  # returns when the client has hung up


@pytest.mark.parametrize("script", [drip_body, drip_chunks, drip_headers, send_continues_for_ever, say_nothing])
def test_a_deadline_ends_the_whole_call_however_slowly_bytes_keep_coming(script: Any) -> None:
    began = time.monotonic()
    with serving(script) as server:
        error = failure(server.url, limits=Limits(seconds=0.5), retry=ONCE)
    assert 0.4 < time.monotonic() - began < 60
    assert error.code == "timeout"


def test_a_deadline_ends_a_tls_handshake_that_never_gets_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        assert failure(url, limits=Limits(seconds=0.3), retry=ONCE).code == "timeout"


def test_a_bomb_is_cut_off_while_it_unpacks() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(200)) + packer.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serving(answering(http(bomb, 200, "Content-Encoding: gzip"))) as server:
        assert failure(server.url).code == "too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


def test_a_redirect_with_a_bomb_is_cut_off_as_well() -> None:
    bomb = gzip.compress(bytes(2**25))
    answer = http(bomb, 302, "Content-Encoding: gzip", "Location: https://elsewhere.example.com/")
    with serving(answering(answer)) as server:
        assert failure(server.url, limits=Limits(max_bytes=2**20)).code == "too_large"


def test_a_compressed_answer_is_read() -> None:
    answer = http(gzip.compress(products([service(1)])), 200, "Content-Encoding: gzip")
    with serving(answering(answer)) as server, client_of(server.url) as client:
        assert client.fetch_service(1).rows[0].service_id == 1
