"""Starts telemetry, once in each process."""

import logging
from collections.abc import Callable

from django.conf import settings

logger = logging.getLogger(__name__)


def start() -> None:
    """Start what the environment asks for. If its package is missing, log one line and go on."""
    if settings.SENTRY_DSN:
        _start("SENTRY_DSN", _start_sentry, "errors are not sent", "requirements-sentry.txt")
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        _start("OTEL_EXPORTER_OTLP_ENDPOINT", _start_traces, "traces are not sent", "requirements-otel.txt")


def _start(name: str, begin: Callable[[], None], loss: str, requirements: str) -> None:
    try:
        begin()
    except ImportError as error:
        logger.warning(
            "%s is set, but %s: %s is not installed. Run: pip install -r %s", name, loss, error.name, requirements
        )


def _start_sentry() -> None:
    from ticketz.telemetry import errors

    errors.start(settings.SENTRY_DSN)


def _start_traces() -> None:
    from ticketz.telemetry import traces

    traces.start(settings.OTEL_EXPORTER_OTLP_ENDPOINT)
