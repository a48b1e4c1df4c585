"""The section about what runs refused or could not do for a company."""

from django.db.models import Count, Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from billing.admin.records import Result, lines_of
from billing.models import RunRecord
from billing.wording import reasons
from companies.admin.company.sections import Link, Section
from companies.models import Company

MOST_REFUSALS = 20


def section(company: Company, request: HttpRequest) -> Section | None:
    """What runs held, or failed to do, each once: a run after the other may hold the same."""
    if not request.user.has_perm("billing.view_syncrun"):
        return None
    records = RunRecord.objects.filter(company=company, result__in=(Result.HELD, Result.FAILED))
    alike = records.order_by().values("result", "code", "service_id", "reason")
    counted = alike.annotate(latest=Max("pk"), times=Count("pk")).order_by("-latest")
    times = dict(counted.values_list("latest", "times")[:MOST_REFUSALS])
    if not times:
        return None
    latest = RunRecord.objects.filter(pk__in=times).select_related("run").order_by("-pk")
    rows = [
        (
            _run(line.record), str(times[line.record.pk]), line.record.get_result_display(),
            line.what, line.change or "–", line.why or "–",
        )
        for line in lines_of(latest)
    ]  # fmt: skip
    headers = (_("Latest run"), _("How often"), _("Result"), _("What"), _("Change"), _("Why"))
    return Section(_("What runs held back or could not do"), headers, rows)


def run_page(label: str) -> str:
    """The page of the run that did something."""
    values = reasons.SYNC_RUN.read(label)
    return reverse("admin:billing_syncrun_change", args=[values["number"]]) if values else ""


def _run(one: RunRecord) -> Link:
    when = date_format(one.run.started_at, "DATETIME_FORMAT")
    return Link(when, reverse("admin:billing_syncrun_change", args=[one.run_id]))
