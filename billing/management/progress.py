"""A progress line for terminals, overwritten again and again and removed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper

from billing.models import SyncRun
from billing.runs.progress import progress_as_told
from billing.steps.run.progress import Watch

_ANEW = "\r\x1b[K"


@contextmanager
def showing_progress(stderr: OutputWrapper) -> Iterator[Watch | None]:
    """A function to report progress to during the block; None if `stderr` is not a terminal."""
    if not stderr.isatty():
        yield None
        return

    def show(run: SyncRun) -> None:
        progress = progress_as_told(run)
        share = "" if progress.share is None else f"{progress.share:3d} %  "
        _write(stderr, f"{_ANEW}{run.gateway}: {share}{progress.text}")

    try:
        yield show
    finally:
        _write(stderr, _ANEW)


def _write(stderr: OutputWrapper, text: str) -> None:
    stderr.write(text, style_func=str, ending="")
    stderr.flush()
