"""The admin of sync runs: the list, and the page of a run with what it did, refused and could not do."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from billing.admin.company.services import sync_company
from billing.admin.latest import show_latest
from billing.admin.records import Result, load_records
from billing.models import SyncRun
from billing.runs.progress import duration_of, has_died, meaning, phase_word, progress_of
from billing.wording.errors import translated_run_error
from companies.admin.buttons import limited
from companies.admin.lists.paging import BigList
from companies.admin.lists.read_only import NothingIsWritten
from companies.wording.numbers import grouped, seconds_in_words

Outcome = SyncRun.Outcome
BADGES = {
    Outcome.RUNNING: "muted",
    Outcome.COMPLETE: "ok",
    Outcome.PARTIAL: "warn",
    Outcome.HELD: "warn",
    Outcome.FAILED: "bad",
    Outcome.LOST: "bad",
}
COUNTS = ("seen", "created", "changed", "unchanged", "held", "failed")


@admin.register(SyncRun)
class SyncRunAdmin(NothingIsWritten, BigList, admin.ModelAdmin[SyncRun]):
    """Newest first. The page of a running run follows its progress."""

    change_form_template = "admin/billing/syncrun/page.html"
    empty_text = _("WHMCS was not read yet.")
    list_display = ["started_at", "gateway", "badge", "took", "seen", "created", "changed", "held", "failed"]
    list_filter = ["gateway", "outcome", "trigger", "started_at"]
    list_select_related = ()  # or Django would join it
    loaded_apart = ["gateway"]
    sortable_by = ["started_at"]
    fields = ["outcome"]

    @admin.display(description=_("outcome"))
    def badge(self, run: SyncRun) -> str:
        return format_html('<span class="badge badge-{}">{}</span>', BADGES[Outcome(run.outcome)], _outcome(run))

    @admin.display(description=_("duration"))
    def took(self, run: SyncRun) -> str:
        duration = duration_of(run)
        return "–" if duration is None else seconds_in_words(duration.total_seconds())

    def get_urls(self) -> list[URLPattern]:
        view, sync = self.admin_site.admin_view, require_POST(limited(sync_company, "company-sync"))
        return [
            path("<int:pk>/progress/", view(self.progress), name="billing_syncrun_progress"),
            path("latest/<int:gateway_id>/", view(self.latest), name="billing_syncrun_latest"),
            path("company/<int:pk>/", view(sync), name="billing_syncrun_company"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one run."""
        run = self.get_object(request, object_id)
        shown = {} if run is None else _shown(run, request)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The progress of a run as JSON, for the script of its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(SyncRun.objects.select_related("gateway"), pk=pk)
        counts = {name: grouped(getattr(run, name)) for name in COUNTS}
        return JsonResponse({**progress_of(run, timezone.now())._asdict(), "counts": counts})

    def latest(self, request: HttpRequest, gateway_id: int) -> HttpResponse:
        """The page of a gateway's newest run."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return show_latest(request, gateway_id, self.admin_site)


def _outcome(run: SyncRun) -> str:
    return str(pgettext_lazy("run", "died")) if has_died(run, timezone.now()) else run.get_outcome_display()


def _shown(run: SyncRun, request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    duration = duration_of(run)
    return {
        "title": _("Sync run"),
        "subtitle": None,
        "badge": BADGES[Outcome(run.outcome)],
        "outcome": _outcome(run),
        "meaning": meaning(run, now),
        "progress": progress_of(run, now),
        "counts": [(name, grouped(getattr(run, name)), label) for name, label in _counted(run).items()],
        "phases": _phases(run),
        "duration": None if duration is None else seconds_in_words(duration.total_seconds()),
        "what_went_wrong": translated_run_error(run.error_code, run.error, run.error_params),
        "records": load_records(run, request.GET),
        "results": Result.choices,
    }


def _counted(run: SyncRun) -> dict[str, str]:
    """The numbers with their labels."""
    return {
        "seen": npgettext("tile", "service read", "services read", run.seen),
        "created": npgettext("tile", "company created", "companies created", run.created),
        "changed": pgettext("tile", "changed"),
        "unchanged": pgettext("tile", "as before"),
        "held": pgettext("tile", "held back"),
        "failed": pgettext("tile", "failed"),
    }


def _phases(run: SyncRun) -> list[tuple[str, str, float, float]]:
    """Each phase with its duration in words, its seconds, and the seconds of the longest phase, for the bars."""
    longest = max(run.seconds.values(), default=0)
    by_time = sorted(run.seconds.items(), key=lambda phase: -phase[1])
    return [(phase_word(name), seconds_in_words(seconds), seconds, longest) for name, seconds in by_time]
