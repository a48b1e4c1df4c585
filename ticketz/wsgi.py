"""What a web server loads. `manage.py runserver` does not come through here, so this is always production."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ticketz.environment import refuse_to_start

if settings.DEBUG:
    refuse_to_start("DEBUG is on. Set DEBUG=0 (or leave it out) before a web server serves Ticketz.")

application = get_wsgi_application()
