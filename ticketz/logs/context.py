"""The context of a log line: its request, task and run."""

import logging
import re
from contextvars import ContextVar
from secrets import token_hex
from typing import Any, NamedTuple

from celery import current_task
from django.http import HttpRequest

from billing.runs.log_context import load_run
from ticketz.logs.redaction import redact

# An id from outside must not break a line, a header or a search.
_SANE = re.compile(r"[A-Za-z0-9_.:-]{8,128}")


class _Numbered(NamedTuple):
    """A request, and its id in all logs."""

    request: HttpRequest
    request_id: str


_request: ContextVar[_Numbered | None] = ContextVar("request", default=None)


def enter_request(request: HttpRequest) -> str:
    """From now on, log lines of this thread belong to this request, until the next one. Returns its id.

    That is the proxy's `X-Request-ID` if it is sane, else a new one.
    """
    shown = request.headers.get("X-Request-ID", "")
    request_id = shown if _SANE.fullmatch(shown) else token_hex(16)
    _request.set(_Numbered(request, request_id))
    return request_id


def load_context(record: logging.LogRecord) -> dict[str, object]:
    """The known ids, from the context and from the record itself (`extra={"company_id": ...}`)."""
    own = {name: getattr(record, name) for name in ("company_id", "company_ids") if hasattr(record, name)}
    return load_ids() | own


def load_ids() -> dict[str, object]:
    """The ids of this thread's request, task and run, as far as known."""
    entered, task = _request.get(), current_task
    found: dict[str, object] = {**load_run()}
    if entered is not None:
        found["request_id"] = entered.request_id
        # Only what the request has already loaded, because logging must not query the database.
        found["company_id"] = getattr(getattr(entered.request, "company", None), "pk", None)
    if task and task.request.id:
        found |= {"task_id": task.request.id, "task": task.name}
    return {name: value for name, value in found.items() if value is not None}


def load_access(record: logging.LogRecord) -> dict[str, object]:
    """The facts of gunicorn's access line. Never the query string, because it may hold one-time tokens."""
    if record.name != "gunicorn.access" or not isinstance(record.args, dict):
        return {}
    atoms: dict[str, Any] = record.args
    return {
        "method": atoms["m"],
        "path": redact(str(atoms["U"])),
        "status": int(atoms["s"]),
        "bytes": atoms["B"],
        "seconds": atoms["D"] / 1_000_000,
    }
