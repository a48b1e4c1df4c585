"""The coverage page of a gateway: the plan names of its services against the plans here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.admin.gateway.coverage_forms import CreateForm, NameForm, RenameForm
from billing.admin.gateway.coverage_lines import show_matrix
from billing.admin.gateway.pages import GatewayPages
from billing.coverage.load import count_unsure, is_anything_known, load_matrix, load_plans
from billing.coverage.matrix import Line
from billing.models import WhmcsGateway
from billing.monitoring.freshness import describe
from billing.tasks import request_sync
from companies.admin.buttons import button
from companies.audit.log import AuditCode, from_to, record
from plans import changes
from plans.differences import show
from plans.models import Plan
from plans.reliance import load_relying


class CoveragePages(GatewayPages):
    """The page, and its two remedies: create a plan, or rename one."""

    def urls(self) -> list[URLPattern]:
        return [
            self._route("coverage/", self.coverage, "coverage"),
            button(self.owner, self.create_plan, "create_plan"),
            button(self.owner, self.rename_plan, "rename_plan"),
        ]

    def coverage(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The services as last read, against the current plans."""
        gateway = self._looked_at(request, pk)
        context = {
            **show_matrix(load_matrix(gateway), gateway, request.user),
            "is_known": is_anything_known(gateway),
            "unsure": count_unsure(gateway),
            "read": describe(gateway, timezone.now()),
            "may_sync": self.owner.has_change_permission(request, gateway),
        }
        return self._page(request, gateway, "coverage", _("Plans in WHMCS"), context)

    def create_plan(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Create a plan with exactly the name in WHMCS, and the limits of another plan."""
        gateway, line = self._line_pressed(request, pk, "plans.add_plan")
        form = CreateForm(request.POST, line=line, plans=load_plans())
        if not form.is_valid():
            return self._refused(request, gateway, form)
        try:
            plan = changes.create_like(form.cleaned_data["plan"], form.cleaned_data["name"])
        except changes.NameTaken:
            return self._taken(request, gateway, form.cleaned_data["name"])
        self.site.get_model_admin(Plan).log_addition(request, plan, [{"added": {}}])
        record(AuditCode.PLAN_ADDED, request=request, about=plan.name)
        return self._done(request, gateway, _("The plan “%(name)s” was created.") % {"name": show(plan.name)})

    def rename_plan(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rename a plan to exactly the name in WHMCS. Asks first if other services would no longer find it."""
        gateway, line = self._line_pressed(request, pk, "plans.change_plan")
        form = RenameForm(request.POST, line=line, plans=load_plans())
        if not form.is_valid():
            return self._refused(request, gateway, form)
        plan, name = form.cleaned_data["plan"], form.cleaned_data["name"]
        relying = load_relying(plan, name)
        if relying and not form.cleaned_data["is_meant"]:
            context = {
                "plan": plan,
                "new_name": show(name, against=plan.name),
                "relying": relying,
                "line": line,
                "typed": request.POST,
            }
            return self._page(request, gateway, "rename_plan", _("Rename a plan"), context)
        return self._rename(request, gateway, plan, name)

    def _rename(self, request: HttpRequest, gateway: WhmcsGateway, plan: Plan, name: str) -> HttpResponse:
        before = plan.name
        try:
            changes.rename(plan, name)
        except changes.NameTaken:
            return self._taken(request, gateway, name)
        self.site.get_model_admin(Plan).log_change(request, plan, [{"changed": {"fields": ["name"]}}])
        record(AuditCode.PLAN_CHANGED, request=request, about=name, details={"name": from_to(before, name)})
        words = {"before": show(before, against=name), "name": show(name, against=before)}
        return self._done(request, gateway, _("The plan “%(before)s” is called “%(name)s” now.") % words)

    def _line_pressed(self, request: HttpRequest, pk: int, permission: str) -> tuple[WhmcsGateway, Line]:
        """The gateway, and the line of the pressed button. Only values from WHMCS have a line."""
        gateway = self._looked_at(request, pk)
        if not request.user.has_perm(permission):
            raise PermissionDenied
        line = load_matrix(gateway).line(request.POST.get("key", ""))
        if line is None:
            raise Http404
        return gateway, line

    def _done(self, request: HttpRequest, gateway: WhmcsGateway, text: str) -> HttpResponse:
        """The next run provisions the services that waited for the plan."""
        request_sync(gateway)
        consequence = _("The next run takes up the services that waited for it. It has been requested.")
        self.owner.message_user(request, f"{text} {consequence}")
        return redirect("admin:billing_whmcsgateway_coverage", gateway.pk)

    def _taken(self, request: HttpRequest, gateway: WhmcsGateway, name: str) -> HttpResponse:
        text = _("There is a plan called “%(name)s” already.") % {"name": show(name)}
        self.owner.message_user(request, text, messages.ERROR)
        return redirect("admin:billing_whmcsgateway_coverage", gateway.pk)

    def _refused(self, request: HttpRequest, gateway: WhmcsGateway, form: NameForm) -> HttpResponse:
        for errors in form.errors.values():
            self.owner.message_user(request, " ".join(map(str, errors)), messages.ERROR)
        return redirect("admin:billing_whmcsgateway_coverage", gateway.pk)
