"""Previews on the command line: made, stored, applied."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet
from django.utils import timezone

from billing.errors import BillingError
from billing.management.printing import as_dict, failed, previewed
from billing.models import PreviewedChange, StoredPreview, SyncRun, WhmcsGateway
from billing.previews import applying, stored
from billing.previews.result import result_of
from billing.recovery import pauses
from companies.audit.log import BY_COMMAND
from companies.database.parts import in_parts

_SHOWN = ("what", "service_id", "company_id", "before", "after", "notes", "reason", "outcome")


def add_previews(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--preview", action="store_true", help="say what would be done, and write nothing")
    what.add_argument("--save-preview", action="store_true", help="the same, and keep it for --apply for a day")
    what.add_argument(
        "--apply", type=int, metavar="ID",
        help="do what a kept preview shows and nothing else; with --approve also what would wait for a yes",
    )  # fmt: skip


def save_preview(gateway: WhmcsGateway) -> dict[str, Any]:
    """Make and store a preview; returns what `--preview` prints, and its id. Raises GatewayPaused."""
    pauses.ensure_not_paused(gateway)
    preview = StoredPreview.objects.create(gateway=gateway, asked_by=BY_COMMAND.label)
    stored.make(preview)
    if preview.state == StoredPreview.State.FAILED:
        return failed(gateway, preview.error_code, preview.error)
    return _preview_as_dict(preview)


def _preview_as_dict(preview: StoredPreview) -> dict[str, Any]:
    """A stored preview in the format of a run, with what it would do."""
    result = previewed(preview.gateway, preview.figures) | {"preview": preview.pk}
    if preview.error_code:
        result["error"] = {"code": preview.error_code, "text": preview.error}
    return result | {"changes": _changes_as_dicts(preview.changes.all())}


def apply_stored(preview_id: int, *, with_yes: bool) -> dict[str, Any]:
    """Apply a stored preview now; returns the run, and the outcome of each change."""
    stored.watch(timezone.now())
    preview = StoredPreview.objects.select_related("gateway").filter(pk=preview_id).first()
    if preview is None:
        raise CommandError(f"There is no preview {preview_id}.", returncode=2)
    try:
        applying.ask_to_apply(preview, by=BY_COMMAND, at=timezone.now(), with_yes=with_yes)
        preview.refresh_from_db()
        run = applying.apply(preview, trigger=SyncRun.Trigger.COMMAND)
    except BillingError as error:
        applying.withdraw(preview)
        return failed(preview.gateway, error.code.value, str(error))
    if run is None:
        raise CommandError(f"Preview {preview_id} is being applied already.", returncode=2)
    changes = preview.changes.filter(kind__in=PreviewedChange.CHANGES)
    return as_dict(run) | {"preview": preview.pk, "applied": _changes_as_dicts(changes)}


def _changes_as_dicts(changes: "QuerySet[PreviewedChange]") -> list[dict[str, Any]]:
    return [_change_as_dict(change) for part in in_parts(changes) for change in part]


def _change_as_dict(change: PreviewedChange) -> dict[str, Any]:
    values = {name: getattr(change, name) for name in _SHOWN}
    known = {name: value for name, value in values.items() if value}
    return {"result": result_of(change.kind), "kind": change.kind, **known}
