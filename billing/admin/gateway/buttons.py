"""The buttons of a gateway's page: test the connection, sync now, resume after a pause."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext as _

from billing.admin.gateway.diagnosis import diagnosis
from billing.admin.gateway.pages import GatewayPages
from billing.admin.latest import latest_url
from billing.models import WhmcsGateway
from billing.recovery import pauses
from billing.runs.schedule import switch_on
from billing.tasks import request_sync
from billing.wording.errors import translated_error
from companies.admin.buttons import button, limited
from companies.audit.log import AuditCode, from_to, record


class GatewayButtons(GatewayPages):
    """All use POST and need the permission to change a gateway."""

    def urls(self) -> list[URLPattern]:
        views = {"sync": self.sync_now, "test": self.test_connection, "resume": self.resume}
        return [button(self.owner, limited(view, "gateway"), name) for name, view in views.items()]

    def sync_now(self, request: HttpRequest, pk: int) -> HttpResponse:
        gateway = self._pressed(request, pk)
        refusal = pauses.refusal(gateway)
        if refusal is not None:
            self.owner.message_user(request, translated_error(refusal), messages.ERROR)
            return self._back(gateway)
        return self._start(request, gateway)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Resume after a pause. A checkbox protects against a slip."""
        gateway = self._pressed(request, pk)
        if not request.POST.get("checked"):
            text = _("Tick the box first: have you checked gateway and WHMCS?")
            self.owner.message_user(request, text, messages.ERROR)
            return self._back(gateway)
        if not pauses.resume(gateway):
            self.owner.message_user(request, _("This gateway does not wait for a go."), messages.WARNING)
            return self._back(gateway)
        record(AuditCode.GATEWAY_RESUMED, request=request, about=gateway.name)
        return self._start(request, gateway)

    def test_connection(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Test the stored gateway and not the typed values, so that the secret goes only where it was meant to go."""
        gateway = self._pressed(request, pk)
        record(AuditCode.GATEWAY_TESTED, request=request, about=gateway.name)
        return self._page(request, gateway, "diagnosis", _("Connection test"), diagnosis(gateway))

    def _start(self, request: HttpRequest, gateway: WhmcsGateway) -> HttpResponse:
        details = {"is_enabled": from_to(False, True)} if switch_on(gateway) else None
        record(AuditCode.SYNC_ASKED_FOR, request=request, about=gateway.name, details=details)
        if request_sync(gateway):
            link = format_html('<a href="{}">{}</a>', latest_url(gateway), _("Follow its run"))
            self.owner.message_user(request, format_html("{} {}.", _("A sync was asked for."), link))
        else:
            text = _("The worker can't be reached just now. The sync starts by itself as soon as it is back.")
            self.owner.message_user(request, text, messages.WARNING)
        return self._back(gateway)

    def _back(self, gateway: WhmcsGateway) -> HttpResponse:
        return redirect("admin:billing_whmcsgateway_change", gateway.pk)
