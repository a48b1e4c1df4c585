"""Connections that break off, hang, or are slow."""

import time
from http.client import BadStatusLine, IncompleteRead

import pytest

from sandbox import SandboxServer, faults
from tests.sandbox.caller import Caller, body_of


def test_a_drip_takes_its_time(caller: Caller) -> None:
    whole = caller.api().body
    started = time.monotonic()

    assert body_of(caller, faults.drip(len(whole) // 4, 0.02)) == whole
    assert body_of(caller, faults.drip(len(whole) // 4, 0.02, whole_answer=True)) == whole
    assert time.monotonic() - started > 0.15


def test_an_answer_may_be_late(caller: Caller) -> None:
    started = time.monotonic()
    body_of(caller, faults.late(0.1))

    assert time.monotonic() - started > 0.09


@pytest.mark.parametrize("sent", [None, 10])
def test_a_hang_never_ends_and_does_not_keep_the_server_from_stopping(
    caller: Caller, server: SandboxServer, sent: int | None
) -> None:
    server.faults.once(faults.hang(sent))
    caller.connection.timeout = 0.1
    with pytest.raises(TimeoutError):
        caller.api()

    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("sent", [None, 10])
def test_a_reset_breaks_the_connection(caller: Caller, server: SandboxServer, sent: int | None) -> None:
    server.faults.once(faults.reset(sent))
    with pytest.raises((ConnectionResetError, IncompleteRead)):
        caller.api()
    caller.hang_up()

    assert len(caller.rows()) == 3


@pytest.mark.parametrize(("sent", "error"), [(None, BadStatusLine), (10, IncompleteRead)])
def test_the_server_may_hang_up(
    caller: Caller, server: SandboxServer, sent: int | None, error: type[Exception]
) -> None:
    server.faults.once(faults.hang_up(sent))
    with pytest.raises(error):
        caller.api()


def test_a_disliked_connection_stays_disliked(caller: Caller, server: SandboxServer) -> None:
    server.faults.always(faults.StickyForbidden())

    assert [caller.api().status for _ in range(3)] == [403, 403, 403]
    caller.hang_up()
    assert caller.api().status == 200
