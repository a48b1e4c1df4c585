"""Lets an operator make a set-password link for a person."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from companies.audit.log import AuditCode, record
from companies.authentication.links import SET_PASSWORD_DAYS, set_password_url
from companies.models import User


class WithSetPasswordLink(admin.ModelAdmin[User]):
    """A mixin for the admin of people."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.set_password_link))
        return [path("<int:pk>/set-password-link/", view, name="companies_user_link"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the button that makes a link to the page."""
        obj: User | None = kwargs.get("obj")
        if obj is not None and obj.is_active and self.has_change_permission(request, obj):
            context["link_url"] = reverse("admin:companies_user_link", args=[obj.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def set_password_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a one-time link for the person. Whoever opens it chooses their password."""
        person = User.objects.filter(pk=pk, is_active=True).first()
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        if person is None:
            raise Http404
        told = {"name": gettext_noop("set-password link"), "object": person.email}
        self.log_change(request, person, [{"added": told}])
        record(AuditCode.SET_PASSWORD_LINK_MADE, request=request, about=person.email)
        return self._link_page(request, person)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        """Show the link next, because a new operator has no password yet."""
        return self._link_page(request, obj)

    def _link_page(self, request: HttpRequest, person: User) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "title": _("Set-password link"), "person": person,
            "link": set_password_url(person), "days": SET_PASSWORD_DAYS, "opts": self.opts,
            "is_shown_once": True,
        }  # fmt: skip
        return render(request, "admin/companies/set_password_link.html", context)
