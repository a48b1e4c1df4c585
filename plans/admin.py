"""Plans, as an operator edits them."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from plans.models import Plan

if TYPE_CHECKING:
    from typing import TypeAlias

    Base: TypeAlias = admin.ModelAdmin[Plan]
else:
    Base = admin.ModelAdmin


@admin.register(Plan)
class PlanAdmin(Base):
    """Everything about a plan. One in use can't be deleted: Django's page lists who uses it."""

    list_display = [
        "name",
        "users",
        "connections",
        "queues",
        "price",
        "currency",
        "recurrence",
        "is_public",
        "companies",
    ]
    list_filter = ["is_public", "recurrence"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Plan]":
        return super().get_queryset(request).annotate(company_count=Count("companies", distinct=True))

    @admin.display(description=_("companies"), ordering="company_count")
    def companies(self, plan: Plan) -> int:
        return int(plan.company_count)  # type: ignore[attr-defined]
