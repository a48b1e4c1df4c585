"""The project: settings, URLs, the Celery app. Wiring only, no rules."""

from ticketz.celery import app as celery_app

__all__ = ["celery_app"]
