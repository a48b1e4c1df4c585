"""What the headers of an answer say about time, and that garbage there says nothing."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate
from time import sleep, time

import pytest

from billing.whmcs import WhmcsClient
from billing.whmcs.headers import clock_difference, parse_retry_after
from tests.billing.whmcs.wire import Request, client_of, http, products, service, serving

GARBAGE = ["", "soon", "-5", "3.5", "1e3", "١٢", "Mon", "Wed, 99 Oct 2015 07:28:00 GMT", "0" * 40, "\x00"]


def date_in(**difference: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**difference), usegmt=True)


def difference_told_by(date: str | None) -> float | None:
    """What a client learns of the clock of a server whose answers are dated so."""
    answer = http(products([service(1)]), 200, *([] if date is None else [f"Date: {date}"]))
    with serving(lambda sock, request: sock.sendall(answer)) as server, client_of(server.url) as client:
        return _asked(client)


def _asked(client: WhmcsClient) -> float | None:
    assert client.clock_difference is None
    client.fetch_service(1)
    return client.clock_difference


@pytest.mark.parametrize("seconds", [0, 30, 3600, 86_400, -86_400])
def test_a_date_tells_how_far_the_clocks_differ(seconds: int) -> None:
    assert clock_difference(date_in(seconds=seconds), at=time()) == pytest.approx(seconds, abs=1.5)


@pytest.mark.parametrize("text", GARBAGE)
def test_what_is_no_date_tells_nothing(text: str) -> None:
    assert clock_difference(text, at=0.0) is None


@pytest.mark.parametrize("text", GARBAGE)
def test_what_is_no_wait_is_none(text: str) -> None:
    assert parse_retry_after(text, clock_difference=None) is None


def test_a_date_without_a_zone_is_in_utc() -> None:
    assert clock_difference("Thu, 01 Jan 1970 00:01:00 -0000", at=0.0) == 60


@pytest.mark.parametrize("off", [0.0, 86_400.0, -86_400.0])
def test_a_moment_to_come_back_at_is_one_of_the_servers_clock(off: float) -> None:
    text = date_in(seconds=600 + off)
    assert parse_retry_after(text, clock_difference=off) == pytest.approx(600, abs=2)


def test_a_moment_that_has_passed_asks_for_nothing() -> None:
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", clock_difference=None) == 0


@pytest.mark.parametrize("hours", [0, 13, -13])
def test_a_client_knows_the_clock_of_whmcs_after_the_first_good_answer(hours: int) -> None:
    assert difference_told_by(date_in(hours=hours)) == pytest.approx(hours * 3600, abs=2)


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_a_server_that_tells_no_time_is_no_error(date: str | None) -> None:
    assert difference_told_by(date) is None


def test_the_moment_of_an_answer_is_the_middle_of_its_call() -> None:
    """So that a server that thinks for a while before it answers seems to have no wrong clock."""
    told: list[float] = []

    def script(sock: socket.socket, request: Request) -> None:
        told.append(time())
        answer = http(products([service(1)]), 200, f"Date: {formatdate(told[0], usegmt=True)}")
        sleep(1.0)
        told.append(time())
        sock.sendall(answer)

    with serving(script) as server, client_of(server.url) as client:
        before = time()
        found = _asked(client)
        after = time()
    assert found is not None
    # The call lasted from somewhere before the script began until somewhere after it was done.
    earliest, latest = (before + told[1]) / 2, (told[0] + after) / 2
    assert earliest - 0.01 <= int(told[0]) - found <= latest + 0.01
