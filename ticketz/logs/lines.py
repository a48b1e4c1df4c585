"""The two formatters."""

import json
import logging
from datetime import UTC, datetime

from ticketz.logs.context import load_access, load_context
from ticketz.logs.redaction import redact


class OneLineFormatter(logging.Formatter):
    """Keeps a message in one line and free of control characters, whatever names from WHMCS contain."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        line = super().formatMessage(record)
        if line.isprintable():
            return line
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)

    def format(self, record: logging.LogRecord) -> str:
        """The line and, below it, the traceback, if there is one."""
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One object per line: `time` (ISO, UTC), `level`, `logger`, `message`, the context, `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        """Always one line, because JSON escapes line breaks."""
        exception = self.formatException(record.exc_info) if record.exc_info else record.exc_text
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
            **load_context(record),
            **load_access(record),
        }
        if exception:
            entry["exception"] = redact(exception)
        if record.stack_info:
            entry["stack"] = redact(record.stack_info)
        return json.dumps(entry, ensure_ascii=True, default=str)


class NotReadyIsNoError(logging.Filter):
    """Drops Django's error line for each 503, which `/readyz` may answer every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503
