"""Filters for attention items. By default the list shows those that wait."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from billing.models import AttentionItem

# In these states nothing waits for anybody.
OVER = ("dismissed", "closed")


class StateFilter(admin.SimpleListFilter):
    """Waiting, dismissed (as long as the cause stays the same) or closed (history)."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("dismissed", pgettext("items", "dismissed")), ("closed", str(_("closed"))), ("all", str(_("all")))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Name the default after what it shows, because it is not "All"."""
        for choice in super().choices(changelist):
            yield choice if choice["display"] != gettext("All") else {**choice, "display": gettext("open")}

    def queryset(self, request: HttpRequest, queryset: QuerySet[AttentionItem]) -> QuerySet[AttentionItem]:
        if self.value() == "all":
            return queryset
        if self.value() == "closed":
            return queryset.filter(closed_at__isnull=False)
        return queryset.filter(closed_at=None, dismissed_at__isnull=self.value() != "dismissed")
