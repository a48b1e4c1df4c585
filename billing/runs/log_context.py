"""Which run of which gateway the lines of a log belong to. Whoever formats lines reads it (`ticketz.logs`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_run: ContextVar[dict[str, Any] | None] = ContextVar("run", default=None)


@contextmanager
def about_gateway(name: str) -> Iterator[None]:
    """Lines that are written in the block, in this thread, are about this gateway."""
    before = _run.set({"gateway": name})
    try:
        yield
    finally:
        _run.reset(before)


def note_run(run_id: int) -> None:
    """From here to the end of the block, they are about this run of it."""
    _run.set({**load_run(), "run_id": run_id})


def load_run() -> dict[str, Any]:
    """`gateway` (its name) and `run_id` of the run at work in this thread, as far as they are known."""
    return _run.get() or {}
