"""The admin site, arranged by the tasks of operators."""

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
    """One sign-in page for everybody, a navigation by task, and no pages per app."""

    site_header = site_title = "Ticketz"
    index_title = _("Home")
    site_url = None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The customers' page, so that its rate limit and its second factor protect the administration too."""
        return accounts.admin_login(request, extra_context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The customers' page, which has a rate limit against guessing the current password."""
        return accounts.admin_password_change(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("forecast/", self.admin_view(self.forecast), name="forecast"),
            path("runbook/", self.admin_view(self.runbook), name="runbook"),
            path("runbook/<slug:section>/", self.admin_view(self.runbook), name="runbook_section"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The start page (`billing.dashboard`)."""
        from billing.dashboard.start import start_page  # imported here, because its admins register with this site

        return start_page(request, {**self.each_context(request), "title": self.index_title, **(extra_context or {})})

    def forecast(self, request: HttpRequest) -> HttpResponseBase:
        """Who loses access if nothing changes."""
        from billing.dashboard.forecast import forecast_page  # as above

        return forecast_page(request, self.each_context(request))

    def runbook(self, request: HttpRequest, section: str = "") -> HttpResponse:
        """A section of the runbook, or all of it."""
        from billing.runbook.page import section_page, whole_page  # as above

        context = self.each_context(request)
        return section_page(request, context, section) if section else whole_page(request, context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The lists that this operator may view, by task."""
        lists = [entry for app in super().get_app_list(request, app_label) for entry in app["models"]]
        return by_task(lists, reverse("admin:index", current_app=self.name))

    def app_index(  # type: ignore[override]
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There are no pages per app, because operators need not know the apps."""
        return redirect("admin:index")
