"""Whom a call is sent to over TLS, and whom not."""

import socket
import threading
from typing import Any

import pytest

from tests.billing.whmcs.answering import ONCE
from tests.billing.whmcs.tls import tls_server
from tests.billing.whmcs.wire import SECRET, client_of, failure


def test_a_certificate_that_nobody_signed_gets_no_request(tmp_path: Any) -> None:
    with tls_server(tmp_path) as (url, received, _):
        assert failure(url).code == "tls"
    assert not received


def test_a_certificate_of_a_trusted_authority_is_accepted(tmp_path: Any) -> None:
    with tls_server(tmp_path) as (url, received, bundle), client_of(url, ca_bundle=bundle) as client:
        assert client.fetch_service(1).returned == 1
    assert received


def test_a_certificate_for_another_name_gets_no_request(tmp_path: Any) -> None:
    with tls_server(tmp_path, name="other.example.com") as (url, received, bundle):
        assert failure(url, ca_bundle=bundle).code == "tls"
    assert not received


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_before_1_2_gets_no_request(tmp_path: Any) -> None:
    with tls_server(tmp_path, old=True) as (url, received, bundle):
        assert failure(url, ca_bundle=bundle).code in {"tls", "connection"}
    assert not received


def test_plain_http_on_the_port_of_https_gets_no_request() -> None:
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            sock, _ = listener.accept()
            received.append(sock.recv(65536))
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            sock.close()

        threading.Thread(target=serve, daemon=True).start()
        assert failure(f"https://127.0.0.1:{listener.getsockname()[1]}", retry=ONCE).code == "tls"
    assert SECRET.encode() not in received[0]
