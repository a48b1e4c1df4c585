"""The operators' site: Django's administration, arranged by what they come to do."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from companies.views import accounts
from ticketz.navigation import by_task


class OperatorSite(AdminSite):
    """One sign-in page for everybody, navigation by task, and no pages per Django app."""

    site_header = site_title = "Ticketz"
    index_title = _("Home")
    site_url = None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The customers' page, so that its throttle and its second factor guard the administration too."""
        return accounts.admin_login(request, extra_context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The customers' page, which can't be used to guess the current password."""
        return accounts.admin_password_change(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("forecast/", self.admin_view(self.forecast), name="forecast"),
            path("runbook/", self.admin_view(self.runbook), name="runbook"),
            path("runbook/<slug:section>/", self.admin_view(self.runbook), name="runbook_section"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Is it working? And how does everybody stand?"""
        from billing.cockpit.start import start_page  # here, because the lists that it leads to register with this site

        return start_page(request, {**self.each_context(request), "title": self.index_title, **(extra_context or {})})

    def forecast(self, request: HttpRequest) -> HttpResponseBase:
        """Who loses access if nothing changes."""
        from billing.cockpit.forecast import forecast_page  # as above

        return forecast_page(request, self.each_context(request))

    def runbook(self, request: HttpRequest, section: str = "") -> HttpResponse:
        """What to do at an alert, or about a kind of what needs attention."""
        from billing.runbook.page import section_page, whole_page  # as above

        context = self.each_context(request)
        return section_page(request, context, section) if section else whole_page(request, context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """What this operator may see, by task."""
        lists = [entry for app in super().get_app_list(request, app_label) for entry in app["models"]]
        return by_task(lists, reverse("admin:index", current_app=self.name))

    def app_index(  # type: ignore[override]
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Which app a list is kept in is nothing that an operator has to know."""
        return redirect("admin:index")
