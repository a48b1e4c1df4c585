import ipaddress
import socket
import threading
from typing import Any

import pytest

from billing.errors import GatewayDenied, GatewayUnavailable
from billing.whmcs import BaseUrl, Credentials, Destination, RetryPolicy, SecretText, WhmcsClient
from billing.whmcs.addresses import AddressGuard, is_public
from billing.whmcs.deadline import Deadline
from tests.billing.whmcs.wire import everything_told_by, failure


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "240.0.0.1",
        "168.63.129.16",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
        "fec0::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "100::1",
        "2002:a9fe:a9fe::",
    ],
)
def test_an_address_of_no_public_network_is_refused_also_within_another(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Stand in for the DNS: one answer for each question, the last one for ever. Returns what was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **kwargs: Any) -> list[Any]:
        asked.append(host)
        answer = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_one_private_address_among_public_ones_refuses_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(GatewayDenied) as caught:
        AddressGuard(()).fetch_addresses("billing.example.com", 443, Deadline(1))
    assert caught.value.code == "address_not_allowed"
    assert caught.value.params == {"host": "billing.example.com", "address": "10.0.0.1"}


def test_a_trusted_host_may_have_private_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["10.0.0.1"])
    assert AddressGuard({"whmcs.lan"}).fetch_addresses("whmcs.lan", 443, Deadline(1)) == ["10.0.0.1"]


def test_an_unknown_name_is_unavailable_not_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(*args: Any, **kwargs: Any) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(GatewayUnavailable, match="no address in the DNS"):
        AddressGuard(()).fetch_addresses("nowhere.example.com", 443, Deadline(1))


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: released.wait(10) and [])
    with pytest.raises(TimeoutError):
        AddressGuard(()).fetch_addresses("slow.example.com", 443, Deadline(0.1))
    released.set()


def test_a_name_that_turned_private_after_it_was_saved_gets_no_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        asked = resolve_to(monkeypatch, ["127.0.0.1"])
        client = WhmcsClient(
            Destination(BaseUrl.parse("https://billing.example.com:8443")),
            Credentials("i", SecretText("s")),
            retry=RetryPolicy(sleep=lambda seconds: None),
        )
        with client, pytest.raises(GatewayDenied, match="not a public address"):
            client.fetch_service(1)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert asked == ["billing.example.com"]


def test_the_address_that_was_checked_is_the_one_that_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve_to(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("billing.whmcs.deadline.DeadlineSocket.connect", connect)
    client = WhmcsClient(
        Destination(BaseUrl.parse("https://billing.example.com")),
        Credentials("i", SecretText("s")),
        retry=RetryPolicy(max_tries=1),
    )
    with client, pytest.raises(GatewayUnavailable, match="Connection refused"):
        client.fetch_service(1)
    assert connected == [("93.184.216.34", 443)]
    assert asked == ["billing.example.com"]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], []])
def test_an_error_while_connecting_knows_no_secret(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    resolve_to(monkeypatch, addresses)
    error = failure("https://billing.example.com")
    assert "canary" not in everything_told_by(error)
