"""What a line is about: the request, the task and the run in which it was written."""

import logging
import re
from contextvars import ContextVar
from secrets import token_hex
from typing import Any, NamedTuple

from celery import current_task
from django.http import HttpRequest

from billing.runs.log_context import load_run
from ticketz.logs.redaction import redact

# Of others only what can't break a line, a header or a search.
_SANE = re.compile(r"[A-Za-z0-9_.:-]{8,128}")


class _Numbered(NamedTuple):
    """A request and the number under which it is found in all logs."""

    request: HttpRequest
    request_id: str


_request: ContextVar[_Numbered | None] = ContextVar("request", default=None)


def enter_request(request: HttpRequest) -> str:
    """From here on, lines of this thread are about this request; the next one takes its place. Returns its number.

    That is the proxy's `X-Request-ID` if it is sane, else a new one.
    """
    shown = request.headers.get("X-Request-ID", "")
    request_id = shown if _SANE.fullmatch(shown) else token_hex(16)
    _request.set(_Numbered(request, request_id))
    return request_id


def load_context(record: logging.LogRecord) -> dict[str, object]:
    """The ids that are known, from the surroundings and from the line itself (`extra={"company_id": ...}`)."""
    own = {name: getattr(record, name) for name in ("company_id", "company_ids") if hasattr(record, name)}
    return load_ids() | own


def load_ids() -> dict[str, object]:
    """The ids of the request, the task and the run at work in this thread, as far as they are known."""
    entered, task = _request.get(), current_task
    found: dict[str, object] = {**load_run()}
    if entered is not None:
        found["request_id"] = entered.request_id
        # Only what the request has loaded by now: a line asks the database nothing.
        found["company_id"] = getattr(getattr(entered.request, "company", None), "pk", None)
    if task and task.request.id:
        found |= {"task_id": task.request.id, "task": task.name}
    return {name: value for name, value in found.items() if value is not None}


def load_access(record: logging.LogRecord) -> dict[str, object]:
    """Of gunicorn's line for a request: what it was and how it went. Never the query: links carry what they open."""
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
