"""The WSGI entry point. `manage.py runserver` does not use it, so this is always production."""

import os
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ticketz.environment import refuse_to_start
from ticketz.memory import spare_what_is_loaded

if settings.DEBUG:
    refuse_to_start("DEBUG is on. Set DEBUG=0 (or leave it out) before a web server serves Ticketz.")

application = get_wsgi_application()
# Load all views now, before the workers fork. Otherwise the first request would load them in each worker.
import_module(settings.ROOT_URLCONF)
spare_what_is_loaded()
