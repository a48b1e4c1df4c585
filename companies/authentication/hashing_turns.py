"""Limits how many requests hash passwords at a time, so that a rush of sign-ins does not slow down other pages.

A hash takes 19 MiB and about a hundred times the CPU time of a page's rows. `gunicorn.conf.py` has more threads than
can wait here, so pages always find free threads and processors. If the queue is full, or the wait too long, the visitor
gets a page that asks to try again; nothing was done then.

Only requests take turns. A worker or a command keeps nobody waiting.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from companies.authentication.turns import Busy, Turns

MOST_AT_ONCE, MOST_WAITING = 4, 14
TIMEOUT_SECONDS = 10
# Per process. Half of the processors stay free for pages, even during a rush of sign-ins.
_at_once = min(max((os.cpu_count() or 2) // 2, 1), MOST_AT_ONCE)
TURNS = Turns(at_once=_at_once, most_waiting=MOST_WAITING, timeout=TIMEOUT_SECONDS)
# Whether this request has had a turn; None outside of requests.
_has_had_a_turn: ContextVar[bool | None] = ContextVar("_has_had_a_turn", default=None)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until this request may hash. Raises Busy, but not if this request has hashed before."""
    before = _has_had_a_turn.get()
    if before is None:
        yield
        return
    with TURNS.turn(goes_on=before):
        _has_had_a_turn.set(True)
        yield


def ensure_room() -> None:
    """Raise Busy early if this request would be turned away, before it costs anything else."""
    if _has_had_a_turn.get() is False and TURNS.is_full:
        raise Busy


@contextmanager
def taking_turns() -> Iterator[None]:
    """Make hashing within this block (a request) take turns."""
    token = _has_had_a_turn.set(False)
    try:
        yield
    finally:
        _has_had_a_turn.reset(token)
