"""Hashing passwords takes turns, so that many who sign in at once keep each other waiting and nobody else.

A hash takes 19 MiB and about a hundred times the CPU time that the rows of a page take. Pages need the threads and
processors that are left: `gunicorn.conf.py` has more threads than can stand in line here. Whoever finds the line full,
or stands in it for too long, gets a page that asks them to try again; nothing has been done then.

Only requests take turns. A worker or a command has nobody to keep waiting.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from companies.authentication.turns import Busy, Turns

MOST_AT_ONCE, MOST_WAITING = 4, 14
TIMEOUT_SECONDS = 10
# Of each process. Half of the processors stay for pages, even while everybody signs in.
_at_once = min(max((os.cpu_count() or 2) // 2, 1), MOST_AT_ONCE)
TURNS = Turns(at_once=_at_once, most_waiting=MOST_WAITING, timeout=TIMEOUT_SECONDS)
# Whether this request has had a turn; None outside of requests.
_has_had_a_turn: ContextVar[bool | None] = ContextVar("_has_had_a_turn", default=None)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until this request may hash. Raises Busy, but never to somebody who has hashed in this request before."""
    before = _has_had_a_turn.get()
    if before is None:
        yield
        return
    with TURNS.turn(goes_on=before):
        _has_had_a_turn.set(True)
        yield


def ensure_room() -> None:
    """Raises Busy where this request would be turned away: before it has cost anything else."""
    if _has_had_a_turn.get() is False and TURNS.is_full:
        raise Busy


@contextmanager
def taking_turns() -> Iterator[None]:
    """What is hashed within this block takes turns with what is hashed in others."""
    token = _has_had_a_turn.set(False)
    try:
        yield
    finally:
        _has_had_a_turn.reset(token)
