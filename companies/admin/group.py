"""Groups of operators. The groups of our roles are read-only, because `migrate` keeps their permissions up to date."""

from typing import Any

from django.contrib import admin

# Registers Django's own admin of groups, which ours replaces.
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies.audit.log import AuditCode, changes_of, record
from companies.authorization.roles import role_of_group

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """For superusers only, because the permissions of a group are those of its members."""

    list_display = ["in_words", "built_in"]

    @admin.display(description=_("name"), ordering="name")
    def in_words(self, group: Group) -> str:
        role = role_of_group(group)
        return str(role.label) if role else group.name

    @admin.display(description=_("role of Ticketz"), boolean=True)
    def built_in(self, group: Group) -> bool:
        return role_of_group(group) is not None

    def has_view_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser) and (obj is None or role_of_group(obj) is None)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """Only one at a time: for a bulk deletion Django asks without a group."""
        return bool(request.user.is_superuser) and obj is not None and role_of_group(obj) is None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        record(AuditCode.GROUP_CHANGED, request=request, about=form.instance.name, details=changes_of(form))

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        record(AuditCode.GROUP_CHANGED, request=request, about=obj.name, details={"outcome": "deleted"})
        super().delete_model(request, obj)
