"""The admin of plans."""

from typing import Any, Protocol

from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from plans.as_stored import CalledAsStored
from plans.forms import PlanForm
from plans.models import LIMITS, Plan
from plans.reliance import load_relying
from plans.signals import plan_edited


class CountedPlan(Protocol):
    """A plan with the annotations of `PlanAdmin.get_queryset`."""

    company_count: int


@admin.register(Plan)
class PlanAdmin(CalledAsStored[Plan]):
    """The form of a plan. A plan in use can't be deleted; Django's page lists who uses it.

    The pages that ask whether to delete also say which services name a plan, though no company may have it yet.
    """

    form = PlanForm
    empty_text = _(
        "There are no plans yet. Create one for each entry of the plan option in WHMCS, spelled exactly alike."
    )
    list_display = ["name", *LIMITS, "companies"]
    search_fields = ["name"]
    actions = ["delete_selected"]

    def get_fields(self, request: HttpRequest, obj: Plan | None = None) -> Any:
        """Show the checkbox that confirms a rename beside the name. It is hidden until it is needed."""
        is_asked = obj is not None and self.has_change_permission(request, obj)
        return ["name", "rename_is_meant", *LIMITS] if is_asked else ["name", *LIMITS]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        companies = Plan._meta.get_field("companies").related_model  # which this layer does not know
        having_it = companies._default_manager.filter(plan=OuterRef("pk")).order_by().values("plan")
        number = Subquery(having_it.annotate(number=Count("pk")).values("number"))
        plans: QuerySet[Plan] = super().get_queryset(request)
        return plans.annotate(company_count=Coalesce(number, 0))

    @admin.display(description=_("companies"), ordering="company_count")
    def companies(self, plan: CountedPlan) -> int:
        return plan.company_count

    def save_model(self, request: HttpRequest, obj: Plan, form: PlanForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        plan_edited.send(Plan, request=request, plan=obj, what="changed" if change else "added", form=form)

    def delete_model(self, request: HttpRequest, obj: Plan) -> None:
        plan_edited.send(Plan, request=request, plan=obj, what="deleted", form=None)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Plan]) -> None:
        for plan in queryset:
            plan_edited.send(Plan, request=request, plan=plan, what="deleted", form=None)
        super().delete_queryset(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Name the plan's users as the cause, instead of the permission to delete companies, which nobody has."""
        deletable, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return deletable, counts, set() if protected else lacking, protected

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The confirmation page, with the services that would no longer find the plan."""
        plan = self.get_object(request, object_id)
        relying = load_relying(plan) if plan is not None and request.method == "GET" else []
        return super().delete_view(request, object_id, {**(extra_context or {}), "relying": relying})

    @admin.action(description=_("Delete selected plans"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Plan]) -> HttpResponse | None:
        """Django's own, with the same."""
        answer = delete_selected(self, request, queryset)
        if isinstance(answer, TemplateResponse):
            relying = [sentence for plan in queryset for sentence in load_relying(plan)]
            answer.context_data = {**(answer.context_data or {}), "relying": relying}
        return answer
