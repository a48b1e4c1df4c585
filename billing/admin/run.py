"""Sync runs with their records, to read."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.models import Kind, RunRecord, SyncRun
from billing.reconcile import Action
from billing.translated import told
from companies.admin.paging import BigList
from companies.admin.read_only import NothingIsWritten, ReadOnlyInline
from companies.events import Code

if TYPE_CHECKING:
    Base = admin.ModelAdmin[SyncRun]
else:
    Base = admin.ModelAdmin


_WORDS = {
    **dict(Kind.choices),
    Code.CLOSED_OVERDUE.value: Code.CLOSED_OVERDUE.label,
    Action.PROVISION.value: Code.OPENED.label,
    Action.REOPEN.value: Code.REOPENED.label,
    Action.UPDATE.value: Code.BILLING_CHANGED.label,
}


class RunRecordInline(ReadOnlyInline):
    model = RunRecord
    fields = ["result", "what", "service_id", "company", "before", "after", "reason"]
    readonly_fields = ["result", "what", "service_id", "company", "before", "after", "reason"]
    verbose_name_plural = _("What was changed, refused or failed")

    @admin.display(description=_("what"))
    def what(self, record: RunRecord) -> str:
        return str(_WORDS.get(record.code, record.code))


@admin.register(SyncRun)
class SyncRunAdmin(NothingIsWritten, BigList, Base):
    list_display = ["started_at", "gateway", "outcome", "seen", "created", "changed", "held", "failed"]
    list_filter = ["gateway", "outcome", "trigger"]
    list_select_related = ["gateway"]
    sortable_by = ["started_at"]
    fields = [
        ("started_at", "finished_at"),
        ("gateway", "trigger"),
        "outcome",
        ("seen", "created", "changed", "unchanged", "held", "failed"),
        ("attention", "api_calls"),
        "phases",
        "what_went_wrong",
    ]
    inlines = [RunRecordInline]

    @admin.display(description=_("seconds per phase"))
    def phases(self, run: SyncRun) -> str:
        return ", ".join(f"{name} {seconds}" for name, seconds in run.seconds.items())

    @admin.display(description=_("what went wrong"))
    def what_went_wrong(self, run: SyncRun) -> str:
        return told(run.error_code, run.error, run.error_params)
