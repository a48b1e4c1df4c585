"""The gateway and run that a log line belongs to, as a context variable. `ticketz.logs` reads it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_run: ContextVar[dict[str, Any] | None] = ContextVar("run", default=None)


@contextmanager
def about_gateway(name: str) -> Iterator[None]:
    """Log lines written within the block, in this thread, belong to this gateway."""
    before = _run.set({"gateway": name})
    try:
        yield
    finally:
        _run.reset(before)


def note_run(run_id: int) -> None:
    """From here to the end of the block, log lines also belong to this run."""
    _run.set({**load_run(), "run_id": run_id})


def load_run() -> dict[str, Any]:
    """The `gateway` (its name) and `run_id` of this thread, as far as they are known."""
    return _run.get() or {}
