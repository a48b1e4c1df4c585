"""The section about a company's services, with the button to read them now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.links import client_url, service_url
from billing.models import Subscription
from billing.self_service import services_of
from billing.tasks import request_service_sync
from companies.admin.company.sections import Cell, Link, Section
from companies.audit.log import AuditCode, record
from companies.models import Company


def section(company: Company, request: HttpRequest) -> Section | None:
    """The services of the company, with links into WHMCS."""
    rows = services_of(company)
    if not rows:
        return None
    may_read = request.user.has_perm("companies.change_company")
    return Section(
        _("Services in WHMCS"),
        (_("Service"), _("Client"), _("Status"), _("Plan option"), _("Due date"), _("Gateway")),
        [_service(row) for row in rows],
        Link(_("Sync this one now"), reverse("admin:billing_syncrun_company", args=[company.pk])) if may_read else None,
    )


def sync_company(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reading of this company's services."""
    if not request.user.has_perm("companies.change_company"):
        raise PermissionDenied
    company = get_object_or_404(Company, pk=pk)
    services = services_of(company)
    for row in services:
        request_service_sync(row.gateway, row.service_id)
    record(AuditCode.SYNC_ASKED_FOR, request=request, company=company)
    if services:
        messages.success(request, _("Asked for. Load this page again in a moment to see what WHMCS says."))
    else:
        messages.warning(request, _("WHMCS has no service of this company, so there is nothing to read."))
    return redirect("admin:companies_company_change", company.pk)


def _service(row: Subscription) -> tuple[Cell, ...]:
    gateway = row.gateway
    status = _("%(status)s (vanished)") % {"status": row.status} if row.vanished_at else row.status
    return (
        Link(f"#{row.service_id}", service_url(gateway, client_id=row.client_id, service_id=row.service_id)),
        Link(f"#{row.client_id}", client_url(gateway, row.client_id)),
        status,
        row.plan_value or "–",
        date_format(row.due_date, "DATE_FORMAT") if row.due_date else "–",
        Link(gateway.name, reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])),
    )
