"""The link with which a person chooses a password, made and shown by an operator."""

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
    """For the admin of people."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.set_password_link))
        return [path("<int:pk>/set-password-link/", view, name="companies_user_link"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one person, with the button that makes a link."""
        person = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if person is not None and person.is_active and self.has_change_permission(request, person):
            extra["link_url"] = reverse("admin:companies_user_link", args=[person.pk])
        return super().change_view(request, object_id, form_url, extra)

    def set_password_link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a one-time link to hand to the person; whoever opens it chooses their password."""
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
        """A new operator has no password yet: the link to choose one comes next."""
        return self._link_page(request, obj)

    def _link_page(self, request: HttpRequest, person: User) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request), "title": _("Set-password link"), "person": person,
            "link": set_password_url(person), "days": SET_PASSWORD_DAYS, "opts": self.opts,
            "is_shown_once": True,
        }  # fmt: skip
        return render(request, "admin/companies/set_password_link.html", context)
