"""The Celery app. A message is only a wake-up that carries ids: what is due stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")

app = Celery("ticketz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
