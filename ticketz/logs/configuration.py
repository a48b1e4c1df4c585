"""The logging configuration for this project, Django, Celery and gunicorn."""

from typing import Any

JSON, LINES = "json", "lines"
_FORMATTERS: dict[str, dict[str, Any]] = {
    LINES: {
        "()": "ticketz.logs.lines.OneLineFormatter",
        "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    },
    JSON: {"()": "ticketz.logs.lines.JsonFormatter"},
}


def for_django(look: str, *, level: str, celery_level: str) -> dict[str, Any]:
    """The setting `LOGGING`."""
    return {
        **_base(look),
        "root": {"handlers": ["console"], "level": level},
        "filters": {"not_ready": {"()": "ticketz.logs.lines.NotReadyIsNoError"}},
        "loggers": {
            # Its INFO lines report every task; what a run did is in the database.
            "celery": {"level": celery_level},
            "django.request": {"filters": ["not_ready"]},
        },
    }


def for_gunicorn(look: str) -> dict[str, Any] | None:
    """gunicorn's `logconfig_dict`, with a line per request. None: gunicorn's own format, without access log."""
    if look != JSON:
        return None
    own = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return {
        **_base(look),
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {"gunicorn.error": own, "gunicorn.access": own},
    }


def _base(look: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _FORMATTERS[look]},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    }
