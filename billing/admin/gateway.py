"""The WHMCS gateway: its form, and the buttons that try and run it."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing import pauses
from billing.admin.coverage import CoveragePages
from billing.admin.forms import GatewayForm
from billing.doctor import examine
from billing.freshness import describe
from billing.models import WhmcsGateway
from billing.steps.schedule import start_anew
from billing.tasks import request_sync
from billing.translated import translated
from companies.admin.buttons import button, is_too_often, too_often
from companies.audit import AuditCode, changes_of, record

if TYPE_CHECKING:
    Base = admin.ModelAdmin[WhmcsGateway]
else:
    Base = admin.ModelAdmin

# Where one of these was wrong nothing could be read: after a change nobody has to wait for the next try.
LEADS_TO_WHMCS = {"base_url", "api_identifier", "api_secret", "product_code"}


# That these were changed is told, not to what.
UNSEEN = frozenset({"api_identifier", "api_secret"})


@admin.register(WhmcsGateway)
class WhmcsGatewayAdmin(Base):
    form = GatewayForm
    change_form_template = "admin/billing/whmcsgateway/change_form.html"
    list_display = ["name", "base_url", "product_code", "is_enabled", "last_reading", "open_items"]
    fieldsets = [
        (None, {"fields": ["name", "base_url", "api_identifier", "api_secret", "product_code", "is_enabled"]}),
        (
            gettext_lazy("In WHMCS"),
            {"fields": ["plan_option", "password_field", "prefer_company_name", "fallback_plan", "admin_folder"]},
        ),
        (
            gettext_lazy("Access"),
            {"fields": ["grace_days", "unconfirmed_days", "mass_change_count", "mass_change_percent"]},
        ),
        (gettext_lazy("Reading"), {"fields": ["interval_seconds", "last_reading"]}),
    ]
    readonly_fields = ["last_reading"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WhmcsGateway]:
        open_ones = Q(attention_items__closed_at=None, attention_items__dismissed_at=None)
        waiting = Count("attention_items", filter=open_ones)
        return super().get_queryset(request).annotate(open_item_count=waiting)

    @admin.display(description=gettext_lazy("last complete reading"))
    def last_reading(self, gateway: WhmcsGateway) -> str:
        return describe(gateway, timezone.now())

    @admin.display(description=gettext_lazy("needs attention"))
    def open_items(self, gateway: Any) -> int:
        return int(gateway.open_item_count)

    def save_model(self, request: HttpRequest, obj: WhmcsGateway, form: GatewayForm, change: bool) -> None:
        """Write what was changed and nothing else: a run may be moving other columns on just now."""
        if not change:
            obj.save()
            record(AuditCode.GATEWAY_ADDED, request=request, about=obj.name, details=changes_of(form, unseen=UNSEEN))
            return
        columns = {*form.changed_data, "customer_url"}
        if LEADS_TO_WHMCS & columns:
            columns |= start_anew(obj).keys()
        obj.save(update_fields=columns)
        code = AuditCode.GATEWAY_SECRET_CHANGED if "api_secret" in form.changed_data else AuditCode.GATEWAY_CHANGED
        record(code, request=request, about=obj.name, details=changes_of(form, unseen=UNSEEN))

    def delete_model(self, request: HttpRequest, obj: WhmcsGateway) -> None:
        record(AuditCode.GATEWAY_DELETED, request=request, about=obj.name)
        super().delete_model(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: WhmcsGateway | None = None) -> bool:
        """Companies point to their gateway: one that is no longer wanted is disabled, and they stay as they are."""
        return obj is not None and not obj.companies.exists() and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        views = {"sync": self.sync_now, "test": self.test_connection, "resume": self.resume}
        return [
            *(button(self, view, name) for name, view in views.items()),
            *CoveragePages(self).urls(),
            *super().get_urls(),
        ]

    def sync_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        gateway = self._pressed(request, pk)
        if gateway is None:
            return too_often()
        refusal = pauses.refusal(gateway)
        if refusal is not None:
            self.message_user(request, translated(refusal.code, refusal.params), messages.ERROR)
            return self._back(gateway)
        return self._start(request, gateway)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go, after a pause; it takes a tick in a box, so that nobody says it by a slip."""
        gateway = self._pressed(request, pk)
        if gateway is None:
            return too_often()
        if not request.POST.get("checked"):
            self.message_user(request, _("Tick the box first: have you checked gateway and WHMCS?"), messages.ERROR)
            return self._back(gateway)
        if not pauses.resume(gateway):
            self.message_user(request, _("This gateway does not wait for a go."), messages.WARNING)
            return self._back(gateway)
        record(AuditCode.GATEWAY_RESUMED, request=request, about=gateway.name)
        return self._start(request, gateway)

    def _start(self, request: HttpRequest, gateway: WhmcsGateway) -> HttpResponse:
        record(AuditCode.SYNC_ASKED_FOR, request=request, about=gateway.name)
        if request_sync(gateway):
            self.message_user(request, _("A sync was started. Its run appears under “Sync runs” in a moment."))
        else:
            text = _("The worker can't be reached just now. The sync starts by itself as soon as it is back.")
            self.message_user(request, text, messages.WARNING)
        return self._back(gateway)

    def test_connection(self, request: HttpRequest, pk: int) -> HttpResponse:
        gateway = self._pressed(request, pk)
        if gateway is None:
            return too_often()
        record(AuditCode.GATEWAY_TESTED, request=request, about=gateway.name)
        for finding in examine(gateway):
            self.message_user(request, finding.text, messages.ERROR if finding.stops else messages.SUCCESS)
        return self._back(gateway)

    def _pressed(self, request: HttpRequest, pk: int) -> WhmcsGateway | None:
        """The gateway whose button was pressed, or None where it was pressed too often."""
        gateway = get_object_or_404(WhmcsGateway, pk=pk)
        if not self.has_change_permission(request, gateway):
            raise PermissionDenied
        return None if is_too_often(request, "gateway") else gateway

    def _back(self, gateway: WhmcsGateway) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:billing_whmcsgateway_change", args=[gateway.pk]))
