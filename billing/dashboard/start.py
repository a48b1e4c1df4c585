"""The start page of the administration. Every operator sees it, with the figures that they may view."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from billing.dashboard import drawings, lines, tiles
from billing.dashboard.asked import load_asked
from billing.dashboard.closings import closing_lines, load_long_waiting
from billing.dashboard.figures import Waiting, load_company_figures, load_differing, load_plans, load_waiting
from billing.dashboard.first_steps import load_steps
from billing.dashboard.health import load_known, load_running
from billing.dashboard.lines import Line
from billing.dashboard.products import load_misfits, misfit_lines
from billing.dashboard.site import site_lines
from companies.standings.history import load_days, with_today

ABOUT_GATEWAYS = ("billing.view_whmcsgateway", "billing.view_syncrun")
# In the order of the fields of `Waiting`.
ABOUT_WAITING = ("billing.view_subscription", "billing.view_heldchanges", "billing.view_attentionitem")
ABOUT_COMPANIES = "companies.view_company"
_LISTS = {"gateway": "billing_whmcsgateway", "run": "billing_syncrun"}


def start_page(request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
    """Render the page. `context` is the context of every admin page."""
    now = timezone.now()
    permissions = (*ABOUT_GATEWAYS, *ABOUT_WAITING, ABOUT_COMPANIES)
    may_see = {permission: request.user.has_perm(permission) for permission in permissions}
    shown = _about_companies(now) if may_see[ABOUT_COMPANIES] else {}
    told: list[Line] = []
    if any(may_see[permission] for permission in (*ABOUT_GATEWAYS, ABOUT_COMPANIES)):
        gateways = load_known()
        companies = shown["figures"].by_gateway if may_see[ABOUT_COMPANIES] else None
        told += lines.lines_of(gateways, companies, now, load_differing())
        told += misfit_lines(load_misfits(), len(gateways))
        told += lines.running_lines(load_running(), len(gateways), now)
        if may_see[ABOUT_COMPANIES]:
            told += closing_lines(load_long_waiting(gateways, now), len(gateways))
        shown["steps"] = load_steps(request, gateways)
    waiting = load_waiting()
    told += lines.waiting_lines(_seen(waiting, may_see), load_asked() if waiting.approvals else lines.NOTHING)
    told += site_lines(request.build_absolute_uri("/"), settings.SITE_URL)
    shown["lines"] = [(line, _url(request, line)) for line in told]
    shown["waiting_tiles"] = tiles.waiting_tiles(waiting, may_see)
    if may_see["billing.view_syncrun"]:
        shown["runs"] = drawings.draw_runs(drawings.load_runs(now), now)
    return TemplateResponse(request, "admin/dashboard/start.html", {**context, **shown})


def _about_companies(now: datetime) -> dict[str, Any]:
    figures, today = load_company_figures(now), timezone.localdate(now)
    days = load_days(now, days=drawings.DAYS)
    return {
        "figures": figures,
        "access_tiles": tiles.access_tiles(figures),
        "blocked_tiles": tiles.blocked_tiles(figures),
        "forecast_tiles": tiles.forecast_tiles(figures),
        "plans": drawings.draw_plans(load_plans()),
        "days": drawings.draw_days(with_today(days, figures.by_verdict, today), today),
    }


def _seen(waiting: Waiting, may_see: dict[str, bool]) -> Waiting:
    """What waits, without what the reader may not view."""
    return Waiting(*(
        number if may_see[permission] else 0 for number, permission in zip(waiting, ABOUT_WAITING, strict=True)
    ))  # fmt: skip


def _url(request: HttpRequest, line: Line) -> str:
    """The URL of a line, if the reader may view the page."""
    if line.page == "approvals":
        return tiles.approvals_url()
    if line.page == "closings":
        return tiles.closings_url()
    if line.page == "attention":
        return reverse("admin:billing_attentionitem_changelist")
    model = _LISTS.get(line.page)
    if model is None or not request.user.has_perm(f"billing.view_{model.removeprefix('billing_')}"):
        return ""
    return reverse(f"admin:{model}_change", args=line.args)
