"""What the operator may look at but not write."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class NothingIsWritten:
    """For admins and inlines: no adding, changing or deleting, for superusers neither."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(NothingIsWritten, admin.TabularInline[Any, Any]):
    """Rows of another table, to look at."""

    extra = 0
    can_delete = False
    show_change_link = False
