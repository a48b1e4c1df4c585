"""After an upgrade a group's form lists no permission of a name that a model no longer has."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from billing.models import ReadRequest

pytestmark = pytest.mark.django_db


def test_those_of_the_service_wish_are_forgotten_and_no_others() -> None:
    kind = ContentType.objects.get_for_model(ReadRequest)
    before = set(Permission.objects.values_list("codename", flat=True))
    for act in ("add", "change", "delete", "view"):
        Permission.objects.create(content_type=kind, codename=f"{act}_servicewish", name=f"Can {act} service wish")
    migration = import_module("billing.migrations.0024_a_service_wish_is_a_read_request")
    migration.forget_old_permissions(apps, SimpleNamespace(connection=connection))
    assert "view_readrequest" in before
    assert set(Permission.objects.values_list("codename", flat=True)) == before
