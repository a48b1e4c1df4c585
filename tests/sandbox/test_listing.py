"""Filters and pages of GetClientsProducts."""

import pytest

from sandbox import SandboxServer
from tests.sandbox.caller import Caller


@pytest.fixture
def shop_of_three(server: SandboxServer) -> SandboxServer:
    first = server.shop.buy("Ana", "A", "ana@example.com")
    server.shop.buy(client_id=first.client_id, pid=3)
    server.shop.buy("Ben", "B", "ben@example.com")
    return server


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, ["1", "2", "3"]),
        ({"pid": 7}, ["1", "3"]),
        ({"pid": ""}, ["1", "2", "3"]),
        ({"pid": "seven"}, ["1", "2", "3"]),
        ({"clientid": 1}, ["1", "2"]),
        ({"serviceid": 2}, ["2"]),
        ({"serviceid": 2, "pid": 7}, []),
        ({"serviceid": 99}, []),
        ({"status": "Suspended"}, ["1", "2", "3"]),
        ({"limitstart": 1, "limitnum": 1}, ["2"]),
        ({"limitstart": 3}, []),
    ],
)
def test_services_are_filtered_as_whmcs_filters_them(
    caller: Caller, shop_of_three: SandboxServer, asked: dict[str, object], ids: list[str]
) -> None:
    assert [row["id"] for row in caller.rows(**asked)] == ids


def test_the_envelope_repeats_the_filters_and_counts_what_matches(caller: Caller, shop_of_three: SandboxServer) -> None:
    answer = caller.api(pid=7, limitstart=1, limitnum=1).json

    assert (answer["pid"], answer["totalresults"], answer["startnumber"], answer["numreturned"]) == ("7", "2", 1, 1)


def test_a_change_is_seen_by_the_next_call(caller: Caller, shop_of_three: SandboxServer) -> None:
    caller.rows()
    shop_of_three.shop.suspend(3, "Abuse & <more>")

    row = caller.rows()[2]
    assert (row["status"], row["suspensionreason"]) == ("Suspended", "Abuse &amp; &lt;more&gt;")


def test_one_connection_serves_many_calls(caller: Caller, shop_of_three: SandboxServer) -> None:
    for _ in range(5):
        assert "Content-Length" in caller.api().headers

    assert len({request.connection for request in shop_of_three.requests}) == 1


def test_the_server_stops_although_a_connection_is_kept_alive(server: SandboxServer, caller: Caller) -> None:
    caller.api()
    server.stop()

    with pytest.raises(OSError, match="refused"):
        Caller(server).api()
