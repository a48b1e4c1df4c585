"""What a preview shows, what became of it, and what a run recorded."""

from typing import Any

from billing.models import RunRecord, StoredPreview, SyncRun
from billing.runs.changes import as_record, changes_of
from companies.models import Company


def shown(preview: StoredPreview) -> list[tuple[str, int | None]]:
    return list(preview.changes.order_by("service_id").values_list("kind", "service_id"))


def outcomes(preview: StoredPreview) -> dict[int | None, str]:
    return dict(preview.changes.values_list("service_id", "outcome"))


def company_row(service_id: int) -> dict[str, Any]:
    """All columns of the company of a service."""
    return dict(Company.objects.filter(subscriptions__service_id=service_id).values().get())


def records(run: SyncRun) -> set[tuple[str, int | None]]:
    return {(record.code, record.service_id) for record in all_of(run)}


def all_of(run: SyncRun) -> list[RunRecord]:
    """What a run recorded, and what it changed."""
    return [*run.records.all(), *(as_record(event, run) for event in changes_of(run))]
