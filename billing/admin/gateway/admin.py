"""The admin of WHMCS gateways: the list and the form. Buttons and other pages are in the modules beside it."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.gateway.buttons import GatewayButtons
from billing.admin.gateway.coverage import CoveragePages
from billing.admin.gateway.form import GatewayForm
from billing.admin.gateway.hook import HookPage
from billing.admin.gateway.preview import PreviewPages
from billing.admin.gateway.product_code import warn_of_another_product
from billing.admin.gateway.teaching import lessons
from billing.admin.gateway.whatif import WhatIfPage
from billing.models import AttentionItem, WhmcsGateway
from billing.monitoring.freshness import describe
from billing.runs.schedule import start_anew
from companies.audit.log import AuditCode, changes_of, record
from plans.as_stored import CalledAsStored

# If one of these was wrong, nothing could be read. After a correction the gateway is due at once.
LEADS_TO_WHMCS = {"base_url", "api_identifier", "api_secret", "product_code"}
# The audit log records that these changed, but not their values.
UNSEEN = frozenset({"api_identifier", "api_secret"})


@admin.register(WhmcsGateway)
class WhmcsGatewayAdmin(CalledAsStored[WhmcsGateway]):
    """The form explains beside its fields what to look for in WHMCS. There are few gateways, so no BigList."""

    form = GatewayForm
    change_form_template = "admin/billing/whmcsgateway/change_form.html"
    empty_text = gettext_lazy("There is no gateway yet. Add the WHMCS that is to be read.")
    list_display = ["name", "base_url", "product_code", "is_enabled", "last_reading", "open_items"]
    fieldsets = [
        (gettext_lazy("Where WHMCS is"), {"fields": ["name", "base_url", "is_enabled"]}),
        (
            gettext_lazy("Its API"),
            {"fields": ["api_identifier", "api_secret"], "classes": ["taught-api"]},
        ),
        (
            gettext_lazy("What is sold"),
            {
                "fields": ["product_code", "plan_option", "password_field", "prefer_company_name", "fallback_plan"],
                "classes": ["taught-product"],
            },
        ),
        (
            gettext_lazy("Access"),
            {"fields": ["grace_days", "unconfirmed_days", "mass_change_count", "mass_change_percent"]},
        ),
        (gettext_lazy("Reading"), {"fields": ["interval_seconds", "last_reading", "admin_folder"]}),
    ]
    readonly_fields = ["last_reading"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WhmcsGateway]:
        waiting = AttentionItem.objects.waiting().filter(gateway=OuterRef("pk")).order_by().values("gateway")
        number = Subquery(waiting.annotate(number=Count("pk")).values("number"))
        return super().get_queryset(request).annotate(open_item_count=Coalesce(number, 0))

    @admin.display(description=gettext_lazy("last complete reading"))
    def last_reading(self, gateway: WhmcsGateway) -> str:
        return describe(gateway, timezone.now())

    @admin.display(description=gettext_lazy("needs attention"))
    def open_items(self, gateway: Any) -> int:
        return int(gateway.open_item_count)

    def save_model(self, request: HttpRequest, obj: WhmcsGateway, form: GatewayForm, change: bool) -> None:
        """Save only the changed columns, because a run may be writing others."""
        set_at = {name: f"{name}_set_at" for name in ("api_secret", "product_code") if name in form.changed_data}
        for column in set_at.values():
            setattr(obj, column, timezone.now())
        if not change:
            obj.save()
            record(AuditCode.GATEWAY_ADDED, request=request, about=obj.name, details=changes_of(form, unseen=UNSEEN))
            return
        columns = {*form.changed_data, *set_at.values(), "customer_url"}
        if LEADS_TO_WHMCS & columns:
            columns |= start_anew(obj).keys()
        obj.save(update_fields=columns)
        if "product_code" in columns:
            warn_of_another_product(request, obj, before=form.initial["product_code"])
        code = AuditCode.GATEWAY_SECRET_CHANGED if "api_secret" in form.changed_data else AuditCode.GATEWAY_CHANGED
        record(code, request=request, about=obj.name, details=changes_of(form, unseen=UNSEEN))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form with its explanations."""
        gateway = self.get_object(request, object_id) if object_id else None
        extra = {**(extra_context or {}), **lessons(gateway, request.user)}
        return super().changeform_view(request, object_id, form_url, extra)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new gateway is disabled, so that a preview comes first. The first "Sync now" enables it."""
        return {"is_enabled": False, **super().get_changeform_initial_data(request)}

    def response_add(
        self, request: HttpRequest, obj: WhmcsGateway, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the page of the new gateway, which shows the next steps."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        return self._next_steps(request, obj)

    def response_change(self, request: HttpRequest, obj: WhmcsGateway) -> HttpResponse:
        """After saving a gateway that was never read, suggest to test it."""
        if obj.confirmed_at is None and "_addanother" not in request.POST:
            return self._next_steps(request, obj)
        return super().response_change(request, obj)

    def _next_steps(self, request: HttpRequest, gateway: WhmcsGateway) -> HttpResponse:
        text = _("The gateway “%(name)s” was saved. Test its connection next.")
        self.message_user(request, text % {"name": gateway.name})
        return redirect("admin:billing_whmcsgateway_change", gateway.pk)

    def delete_model(self, request: HttpRequest, obj: WhmcsGateway) -> None:
        record(AuditCode.GATEWAY_DELETED, request=request, about=obj.name)
        super().delete_model(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: WhmcsGateway | None = None) -> bool:
        """A gateway with companies can't be deleted, only disabled."""
        return obj is not None and not obj.companies.exists() and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        pages = (GatewayButtons(self), CoveragePages(self), PreviewPages(self), WhatIfPage(self), HookPage(self))
        return [*(url for page in pages for url in page.urls()), *super().get_urls()]
