"""The buttons of a gateway's page: try the connection, read now, go on after a pause."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing import pauses
from billing.admin.gateway.diagnosis import diagnosis
from billing.admin.latest import latest_url
from billing.models import WhmcsGateway
from billing.steps.schedule import switch_on
from billing.tasks import request_sync
from billing.wording.errors import translated_error
from companies.admin.buttons import button, is_too_often, too_often
from companies.audit.log import AuditCode, from_to, record


class GatewayButtons(admin.ModelAdmin[WhmcsGateway]):
    """For the gateway's admin. Each posts; the right to change a gateway is the right to press them."""

    def button_urls(self) -> list[URLPattern]:
        views = {"sync": self.sync_now, "test": self.test_connection, "resume": self.resume}
        return [button(self, view, name) for name, view in views.items()]

    def sync_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        gateway = self._pressed(request, pk)
        if gateway is None:
            return too_often(request)
        refusal = pauses.refusal(gateway)
        if refusal is not None:
            self.message_user(request, translated_error(refusal), messages.ERROR)
            return self._back(gateway)
        return self._start(request, gateway)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go, after a pause; it takes a tick in a box, so that nobody says it by a slip."""
        gateway = self._pressed(request, pk)
        if gateway is None:
            return too_often(request)
        if not request.POST.get("checked"):
            self.message_user(request, _("Tick the box first: have you checked gateway and WHMCS?"), messages.ERROR)
            return self._back(gateway)
        if not pauses.resume(gateway):
            self.message_user(request, _("This gateway does not wait for a go."), messages.WARNING)
            return self._back(gateway)
        record(AuditCode.GATEWAY_RESUMED, request=request, about=gateway.name)
        return self._start(request, gateway)

    def _start(self, request: HttpRequest, gateway: WhmcsGateway) -> HttpResponse:
        details = {"is_enabled": from_to(False, True)} if switch_on(gateway) else None
        record(AuditCode.SYNC_ASKED_FOR, request=request, about=gateway.name, details=details)
        if request_sync(gateway):
            link = format_html('<a href="{}">{}</a>', latest_url(gateway), _("Follow its run"))
            self.message_user(request, format_html("{} {}.", _("A sync was asked for."), link))
        else:
            text = _("The worker can't be reached just now. The sync starts by itself as soon as it is back.")
            self.message_user(request, text, messages.WARNING)
        return self._back(gateway)

    def test_connection(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Examine what is stored, nothing that is typed: the secret goes only where it was meant for."""
        gateway = self._pressed(request, pk)
        if gateway is None:
            return too_often(request)
        record(AuditCode.GATEWAY_TESTED, request=request, about=gateway.name)
        context = {"opts": self.opts, **self.admin_site.each_context(request), **diagnosis(gateway)}
        return render(request, "admin/billing/whmcsgateway/diagnosis.html", context)

    def _pressed(self, request: HttpRequest, pk: int) -> WhmcsGateway | None:
        """The gateway whose button was pressed, or None where it was pressed too often."""
        gateway = get_object_or_404(WhmcsGateway, pk=pk)
        if not self.has_change_permission(request, gateway):
            raise PermissionDenied
        return None if is_too_often(request, "gateway") else gateway

    def _back(self, gateway: WhmcsGateway) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:billing_whmcsgateway_change", args=[gateway.pk]))
