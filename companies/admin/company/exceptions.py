"""A filter for companies whose access billing alone does not decide."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company


class ExceptionFilter(admin.SimpleListFilter):
    """Kept open, locked, exempted in billing, unreadable, or waiting for a yes."""

    title = _("exceptions")
    parameter_name = "exception"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [
            ("held", str(_("kept open by an operator"))),
            ("locked", str(_("locked by an operator"))),
            ("exempted", str(_("kept open by the billing system"))),
            ("unreadable", str(_("record can't be read"))),
            ("waiting", str(_("closing waits"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> QuerySet[Company]:
        today = timezone.localdate()
        conditions = {
            "held": Q(hold_until__gte=today),
            "locked": Q(locked_at__isnull=False),
            "exempted": Q(override_until__gte=today),
            "unreadable": Q(unreadable_since__isnull=False),
            "waiting": Q(closing_held_since__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))
