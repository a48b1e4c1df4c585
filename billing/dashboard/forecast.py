"""Who loses access if nothing changes: a page, and the same as CSV."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.dashboard.export import BYTE_ORDER_MARK, csv_lines
from companies.standings.groups import load_groups
from companies.standings.upcoming import HORIZONS, Batch, Upcoming, batches, count_within, load_all, load_slice
from companies.wording.verdicts import reason_word, state_word

PER_PAGE = 50


@require_safe
def forecast_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """The companies that lose access within `?days=`; as CSV with `&format=csv`."""
    if not request.user.has_perm("companies.view_company"):
        raise PermissionDenied
    now = timezone.now()
    days = _horizon(request)
    everybody = batches(load_groups(now), now=now, days=max(HORIZONS))
    found = [batch for batch in everybody if count_within([batch], now=now, days=days)]
    if request.GET.get("format") == "csv":
        return _download(found, days, now)
    return _show(request, context, everybody, found, days, now)


def _show(
    request: HttpRequest, context: dict[str, Any], everybody: list[Batch], found: list[Batch], days: int, now: datetime
) -> HttpResponse:
    page = Paginator(range(count_within(found, now=now, days=days)), PER_PAGE).get_page(request.GET.get("page"))
    rows = load_slice(found, page.start_index() - 1, page.end_index(), now=now) if page.object_list else []
    shown = {
        "title": _("Who loses access next"),
        "days": days,
        "horizons": [(each, count_within(everybody, now=now, days=each)) for each in HORIZONS],
        "rows": [_row(row) for row in rows],
        "page": page,
    }
    return render(request, "admin/dashboard/forecast.html", {**context, **shown})


def _row(row: Upcoming) -> dict[str, Any]:
    words = {"state": state_word(row.access.state), "why": reason_word(row.loss.reason)}
    return {"company": row.company, "day": row.loss.day, "code": row.access.state.value, **words}


def _download(found: list[Batch], days: int, now: datetime) -> StreamingHttpResponse:
    """A streamed CSV. The byte order mark tells spreadsheets that it is UTF-8."""

    def lines() -> Any:
        yield BYTE_ORDER_MARK
        yield from csv_lines(load_all(found, now=now))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8; header=present")
    name = f"ticketz-forecast-{timezone.localdate(now).isoformat()}-{days}-days.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _horizon(request: HttpRequest) -> int:
    """The requested number of days, if it is a valid one, or else the middle one."""
    asked = request.GET.get("days", "")
    return next((days for days in HORIZONS if str(days) == asked), HORIZONS[1])
