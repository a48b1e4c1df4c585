"""A gateway's page for instant updates: the secret, shown once, and the latest calls."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.admin.gateway.pages import GatewayPages
from billing.hooks import secrets
from billing.models import WhmcsGateway
from companies.admin.buttons import button
from companies.audit.log import AuditCode, record

MADE_MEANWHILE = gettext_lazy(
    "A secret was made after this page was shown, by a second press or by somebody else, so no other was made now. "
    "If nobody has its text, make a new one."
)
ASKED_ANEW = gettext_lazy("A secret was made after you were asked, so none was dropped. This is the question again.")


class HookPage(GatewayPages):
    """The page and its buttons."""

    def urls(self) -> list[URLPattern]:
        page = self._route("hook/", self.hook, "hook")
        buttons = {"hook_new": self.make, "hook_drop_old": self.drop_old, "hook_off": self.switch_off}
        return [page, *(button(self.owner, view, name) for name, view in buttons.items())]

    def hook(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page with the state, without a secret."""
        return self._show(request, self._looked_at(request, pk))

    def make(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a new secret. Only the answer to this POST shows it, so a repeated POST makes none."""
        gateway = self._pressed(request, pk)
        secret = secrets.make_for_page(gateway, request.POST.get("mark", ""))
        if secret is None:
            messages.warning(request, str(MADE_MEANWHILE))
            return redirect("admin:billing_whmcsgateway_hook", gateway.pk)
        record(AuditCode.HOOK_SECRET_MADE, request=request, about=gateway.name)
        return self._show(request, gateway, config=secrets.config_file(gateway, secret))

    def drop_old(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Drop older secrets, after a confirmation: WHMCS may still use one. A newer secret needs another one."""
        gateway = self._pressed(request, pk)
        mark = request.POST.get("mark")
        is_done = secrets.drop_old_for_page(gateway, mark or "")
        if is_done is None:
            if mark is not None:
                messages.warning(request, str(ASKED_ANEW))
            hook = secrets.load_hook(gateway)
            context = {"hook": hook, "mark": secrets.mark_of(hook)}
            return self._page(request, gateway, "hook_drop", _("Drop the older secrets"), context)
        done = gettext_lazy("Only the newest secret is valid now.")
        return self._told(request, gateway, is_done, AuditCode.HOOK_SECRETS_DROPPED, done)

    def switch_off(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Switch off, after a confirmation, because the deleted secrets can't be restored."""
        gateway = self._pressed(request, pk)
        if secrets.load_hook(gateway) is not None and not request.POST.get("is_meant"):
            return self._page(request, gateway, "hook_off", _("Switch instant updates off"))
        done = gettext_lazy("Instant updates are off. Everything comes with the next reading, as without them.")
        return self._told(request, gateway, secrets.switch_off(gateway), AuditCode.HOOK_SWITCHED_OFF, done)

    def _told(
        self, request: HttpRequest, gateway: WhmcsGateway, is_done: bool, code: AuditCode, done: Promise
    ) -> HttpResponse:
        if is_done:
            record(code, request=request, about=gateway.name)
            messages.success(request, str(done))
        else:
            messages.warning(request, _("There was nothing to do: it is already so."))
        return redirect("admin:billing_whmcsgateway_hook", gateway.pk)

    def _show(self, request: HttpRequest, gateway: WhmcsGateway, *, config: str = "") -> HttpResponse:
        hook = secrets.load_hook(gateway)
        context: dict[str, Any] = {
            "hook": hook,
            "mark": secrets.mark_of(hook),
            "good": len(secrets.secrets_of(hook)) if hook else 0,
            "address": secrets.address_of(gateway),
            "config": config,
            "is_shown_once": bool(config),
            "is_https": settings.IS_HTTPS,
            "may_change": self.owner.has_change_permission(request, gateway),
        }
        return self._page(request, gateway, "hook", _("Instant updates"), context)
