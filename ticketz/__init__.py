"""Wiring, no rules: settings, URLs, the Celery app."""

from ticketz.celery import app as celery_app

__all__ = ["celery_app"]
