"""The base of a gateway's own pages and buttons: URLs, permissions, context."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path

from billing.models import WhmcsGateway


class GatewayPages:
    """Pages and buttons below the URL of the gateway's admin, their `owner`."""

    def __init__(self, owner: admin.ModelAdmin[WhmcsGateway]) -> None:
        self.owner = owner
        self.site = owner.admin_site

    def urls(self) -> list[URLPattern]:
        """The URLs of all pages and buttons."""
        raise NotImplementedError

    def _route(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(f"<int:pk>/{route}", self.site.admin_view(view), name=f"billing_whmcsgateway_{name}")

    def _looked_at(self, request: HttpRequest, pk: int) -> WhmcsGateway:
        """The gateway, if the operator may view it."""
        gateway = get_object_or_404(WhmcsGateway, pk=pk)
        if not self.owner.has_view_permission(request, gateway):
            raise PermissionDenied
        return gateway

    def _pressed(self, request: HttpRequest, pk: int) -> WhmcsGateway:
        """The gateway, if the operator may change it."""
        gateway = get_object_or_404(WhmcsGateway, pk=pk)
        if not self.owner.has_change_permission(request, gateway):
            raise PermissionDenied
        return gateway

    def _page(
        self, request: HttpRequest, gateway: WhmcsGateway, name: str, title: str, context: dict[str, Any] | None = None
    ) -> HttpResponse:
        shared = {**self.site.each_context(request), "title": title, "opts": self.owner.opts, "gateway": gateway}
        return render(request, f"admin/billing/whmcsgateway/{name}.html", {**shared, **(context or {})})
