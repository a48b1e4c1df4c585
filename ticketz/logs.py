"""How a log line looks."""

import logging


class OneLineFormatter(logging.Formatter):
    """Keeps a message on one line and free of control characters, whatever a WHMCS put into a name."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        line = super().formatMessage(record)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)


class NotReadyIsNoError(logging.Filter):
    """Drops Django's error line for each 503: that is how `/readyz` answers whoever asks every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 503
