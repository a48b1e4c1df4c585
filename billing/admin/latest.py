"""Leads from a button that requests a run to the page of the run, which starts only when a worker is free."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import SyncRun, WhmcsGateway

# How long the page waits for the run, and how far the worker's clock may be behind ours.
WAITS = timedelta(minutes=1)
CLOCKS_MAY_DIFFER = timedelta(seconds=5)
LONGEST = 11


def latest_url(gateway: WhmcsGateway) -> str:
    """The URL of the next run that begins from now on."""
    query = urlencode({"since": int(timezone.now().timestamp())})
    return f"{reverse('admin:billing_syncrun_latest', args=[gateway.pk])}?{query}"


def show_latest(request: HttpRequest, gateway_id: int, site: admin.AdminSite) -> HttpResponse:
    """Redirect to a gateway's newest run. If none has begun after `since` yet, show a page that reloads."""
    since, now = _moment(request.GET.get("since", "")), timezone.now()
    newest = SyncRun.objects.filter(gateway=gateway_id).first()
    is_new = newest is not None and (since is None or newest.started_at >= since - CLOCKS_MAY_DIFFER)
    if since is not None and not is_new and since <= now < since + WAITS:
        context = {**site.each_context(request), "title": _("The run begins in a moment")}
        return render(request, "admin/billing/syncrun/waiting.html", context)
    if newest is None:
        return redirect("admin:billing_syncrun_changelist")
    return redirect("admin:billing_syncrun_change", newest.pk)


def _moment(seconds: str) -> datetime | None:
    is_moment = seconds.isascii() and seconds.isdecimal() and len(seconds) <= LONGEST
    return datetime.fromtimestamp(int(seconds), tz=UTC) if is_moment else None
