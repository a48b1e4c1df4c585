"""Errors to Sentry: type and place, without exception messages, which may quote user input."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import sentry_sdk
from django.conf import settings

from ticketz.logs.context import load_ids
from ticketz.logs.redaction import redact

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_OF_EVENT = ("event_id", "timestamp", "platform", "level", "logger", "release")
_OF_EXCEPTION = ("type", "module")
_OF_FRAME = ("filename", "function", "module", "lineno", "in_app")


def start(dsn: str) -> None:
    """Send errors to the project that `dsn` names."""
    sentry_sdk.init(
        dsn,
        release=f"ticketz@{settings.VERSION}",
        server_name="",
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=_before_send,
        before_send_transaction=_drop,
    )


def _before_send(event: "Event", hint: "Hint") -> "Event":
    return cast("Event", harmless(cast("dict[str, Any]", event)))


def _drop(event: "Event", hint: "Hint") -> None:
    """No traces to Sentry."""


def harmless(event: Mapping[str, Any]) -> dict[str, Any]:
    """Reduce an event to what may be sent: types and places, the URL pattern, and ids for finding the log lines."""
    kept: dict[str, Any] = {name: event[name] for name in _OF_EVENT if name in event}
    kept["tags"] = {name: redact(str(value)) for name, value in load_ids().items()}
    if "transaction" in event:
        kept["transaction"] = redact(str(event["transaction"]))
    line = event.get("logentry") or {}
    # The message template, only if there were parameters: otherwise values may be formatted in already.
    if line.get("message") and line.get("params"):
        kept["logentry"] = {"message": redact(str(line["message"]))}
    exceptions = (event.get("exception") or {}).get("values") or []
    if exceptions:
        kept["exception"] = {"values": [_harmless_exception(exception) for exception in exceptions]}
    return kept


def _harmless_exception(exception: Mapping[str, Any]) -> dict[str, Any]:
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    places = [{name: frame[name] for name in _OF_FRAME if name in frame} for frame in frames]
    return {
        **{name: exception[name] for name in _OF_EXCEPTION if name in exception},
        "stacktrace": {"frames": places},
    }
