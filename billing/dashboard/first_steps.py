"""The checklist from a fresh install to the first customer."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.dashboard.health import Known
from billing.models import SyncRun
from companies.models import Company
from plans.models import Plan

ANSWERED = {SyncRun.Outcome.COMPLETE, SyncRun.Outcome.PARTIAL, SyncRun.Outcome.HELD}


class Step(NamedTuple):
    """One step. `url` is "" if the reader lacks the permission."""

    label: Promise
    hint: Promise
    url: str
    is_done: bool


def load_steps(request: HttpRequest, gateways: Sequence[Known]) -> list[Step]:
    """The steps and which are done; none once all are done."""
    has_company = Company.objects.filter(source__isnull=False).exists()
    if gateways and has_company:
        return []
    gateway = gateways[0].gateway if gateways else None
    new_plan = _allowed(request, "plans.add_plan", reverse("admin:plans_plan_add"))
    new_gateway = _allowed(request, "billing.add_whmcsgateway", reverse("admin:billing_whmcsgateway_add"))
    own_page = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk]) if gateway else ""
    own_page = _allowed(request, "billing.change_whmcsgateway", own_page)
    return [
        Step(_("Create your plans"), _("Named exactly like the entries of the option in WHMCS."), new_plan,
             Plan.objects.exists()),
        Step(_("Add the payment gateway"), _("The address of WHMCS, an API credential and the product's code."),
             new_gateway, gateway is not None),
        Step(_("Test the connection"), _("On the gateway's page: every check says what is wrong and what to do."),
             own_page, any(known.last is not None and known.last.outcome in ANSWERED for known in gateways)),
        Step(_("Read WHMCS for the first time"), _("With the button on the gateway's page; from then on it is read by "
             "itself. A large first import asks for your approval."), own_page,
             any(known.gateway.confirmed_at is not None for known in gateways)),
        Step(_("Welcome the first customer"), _("Whoever has paid in WHMCS becomes a company with its owner. What "
             "holds a purchase up is listed under what needs attention."),
             _allowed(request, "companies.view_company", reverse("admin:companies_company_changelist")), has_company),
    ]  # fmt: skip


def _allowed(request: HttpRequest, permission: str, url: str) -> str:
    return url if request.user.has_perm(permission) else ""
