"""Plans, as an operator edits them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from plans.signals import plan_edited

if TYPE_CHECKING:
    from typing import TypeAlias

    Base: TypeAlias = admin.ModelAdmin[Plan]
    FormBase: TypeAlias = forms.ModelForm[Plan]
else:
    Base = admin.ModelAdmin
    FormBase = forms.ModelForm


class PlanForm(FormBase):
    """Keeps a name character by character: an entry in WHMCS may end with a space, and nothing here guesses."""

    name = forms.CharField(max_length=255, strip=False, help_text=Plan._meta.get_field("name").help_text)

    class Meta:
        model = Plan
        fields = ["name", "users", "connections", "queues", "price", "currency", "recurrence", "is_public"]


@admin.register(Plan)
class PlanAdmin(Base):
    """Everything about a plan. One in use can't be deleted: Django's page lists who uses it."""

    form = PlanForm
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

    def save_model(self, request: HttpRequest, obj: Plan, form: PlanForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        plan_edited.send(Plan, request=request, plan=obj, what="changed" if change else "added", form=form)

    def delete_model(self, request: HttpRequest, obj: Plan) -> None:
        plan_edited.send(Plan, request=request, plan=obj, what="deleted", form=None)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Plan]") -> None:
        for plan in queryset:
            plan_edited.send(Plan, request=request, plan=plan, what="deleted", form=None)
        super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name who uses the plan as the cause, not the missing right to delete companies, which nobody has."""
        deletable, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deletable, counts, set() if protected else lacking, protected
