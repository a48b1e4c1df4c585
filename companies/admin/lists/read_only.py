"""Read-only admins and inlines."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class NothingIsWritten:
    """For admins and inlines: nobody may add, change or delete, not even superusers."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(NothingIsWritten, admin.TabularInline[Any, Any]):
    """Rows of another table, read-only."""

    extra = 0
    can_delete = False
    show_change_link = False
