"""Stored previews: requested, made by a worker, applied, and deleted later.

The row is written before the work, and a worker claims the work before it begins. So a lost message only delays it
until a later tick, a repeated message does nothing, and a killed worker is noticed because it gives no sign of life.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from billing.errors import BillingError, ErrorCode, PreviewUnusable
from billing.models import PreviewedChange, StoredPreview, WhmcsGateway
from billing.previews.preview import preview_gateway
from billing.previews.result import Preview
from billing.runs.lease import LEASE, is_held
from billing.runs.unexpected import last_word
from billing.steps.applied.lines import Line
from billing.steps.run.policy import load_policy, policy_fingerprint
from companies.database.bulk import insert_rows
from companies.people.queries import people_in

GOOD_FOR = timedelta(hours=24)
KEPT_FOR = timedelta(days=14)
SILENT_FOR = timedelta(minutes=5)
SIGN_OF_LIFE = timedelta(seconds=20)
State = StoredPreview.State
_SETTINGS = (
    "base_url", "api_identifier", "password_field", "prefer_company_name", "grace_days", "unconfirmed_days",
    "mass_change_count", "mass_change_percent",
)  # fmt: skip
_NOT_YET = ("outcome", "found")


def ask(gateway: WhmcsGateway, *, asked_by: str) -> StoredPreview:
    """Request a preview from a worker; returns the one in progress if there is one."""
    making = StoredPreview.objects.filter(gateway=gateway, state=State.MAKING).first()
    return making or StoredPreview.objects.create(gateway=gateway, asked_by=asked_by)


def make(preview: StoredPreview) -> bool:
    """Read WHMCS and store what a run would do. False if another worker has begun or done it."""
    if not begin(preview, State.MAKING):
        return False
    fingerprint = fingerprint_of(preview.gateway)
    try:
        found = preview_gateway(preview.gateway, keep=lambda lines: _keep(preview, lines))
    except BillingError as error:
        fail(preview, error.code.value, str(error), error.params)
    except Exception as error:
        fail(preview, *last_word(error))
        raise
    else:
        _finish(preview, found, fingerprint)
    preview.refresh_from_db()
    return True


def begin(preview: StoredPreview, state: StoredPreview.State) -> bool:
    """Claim a preview that waits in this state; False if it no longer waits."""
    now = timezone.now()
    waiting = StoredPreview.objects.filter(pk=preview.pk, state=state, begun_at=None)
    return bool(waiting.update(begun_at=now, touched_at=now))


def fail(preview: StoredPreview, code: str, error: str, params: dict[str, str]) -> None:
    """Mark a preview that is being made as failed, with the reason."""
    rows = StoredPreview.objects.filter(pk=preview.pk, state=State.MAKING)
    rows.update(state=State.FAILED, error_code=code, error=error, error_params=params)


def is_good(preview: StoredPreview, now: datetime) -> bool:
    """Whether the preview is recent enough and was made with the present settings."""
    if preview.made_at is None or preview.made_at < now - GOOD_FOR:
        return False
    return preview.fingerprint == fingerprint_of(preview.gateway)


def fingerprint_of(gateway: WhmcsGateway) -> str:
    """A hash that changes whenever a setting or plan changes that a preview depends on."""
    policy = load_policy(gateway, began_at=timezone.now())
    basis = [policy_fingerprint(gateway, policy), *(str(getattr(gateway, name)) for name in _SETTINGS)]
    return hashlib.sha256(json.dumps(basis).encode()).hexdigest()


def watch(now: datetime) -> list[StoredPreview]:
    """Update previews whose worker was lost or that are too old; returns those to send to a worker again."""
    silent = StoredPreview.objects.filter(begun_at__isnull=False, touched_at__lt=now - SILENT_FOR)
    lost = PreviewUnusable(ErrorCode.PREVIEW_LOST)
    _settle(silent.filter(state=State.MAKING), state=State.FAILED, error_code=lost.code.value, error=str(lost))
    # What a lost run has done stays; applying the preview again does the rest.
    broken_off = [
        preview.pk
        for preview in silent.filter(state=State.APPLYING).select_related("gateway")
        if not is_held(preview.gateway, now)
    ]
    StoredPreview.objects.filter(pk__in=broken_off).update(state=State.READY, begun_at=None)
    _settle(StoredPreview.objects.filter(state=State.READY, made_at__lt=now - GOOD_FOR), state=State.OUTDATED)
    _forget(now)
    unsent = StoredPreview.objects.filter(state__in=(State.MAKING, State.APPLYING), begun_at=None)
    return list(unsent.filter(touched_at__lt=now - LEASE / 3))


def _settle(previews: QuerySet[StoredPreview], **columns: object) -> None:
    """Update only if there are rows: on SQLite even an update of no rows waits for other writers."""
    if previews.exists():
        previews.update(**columns)


def _keep(preview: StoredPreview, lines: Sequence[Line]) -> None:
    """Store lines, with a sign of life. Raises PreviewUnusable if the preview was given up meanwhile."""
    now = timezone.now()
    if now - preview.touched_at > SIGN_OF_LIFE:
        preview.touched_at = now
        if not StoredPreview.objects.filter(pk=preview.pk, state=State.MAKING).update(touched_at=now):
            raise PreviewUnusable(ErrorCode.PREVIEW_LOST)
    columns = ("preview_id", *Line._fields, *_NOT_YET)
    rows: list[tuple[object, ...]] = [(preview.pk, *line, PreviewedChange.Outcome.OPEN, {}) for line in lines]
    insert_rows(PreviewedChange, columns, rows)


def _finish(preview: StoredPreview, found: Preview, fingerprint: str) -> None:
    error = found.error
    StoredPreview.objects.filter(pk=preview.pk, state=State.MAKING).update(
        state=State.READY, made_at=found.policy.began_at, fingerprint=fingerprint, begun_at=None,
        figures=_figures(preview, found), error_code=error.code.value if error else "",
        error=str(error) if error else "", error_params=error.params if error else {},
    )  # fmt: skip


def _figures(preview: StoredPreview, found: Preview) -> dict[str, object]:
    """The figures of the preview, with counts by kind, and how many companies and people lose access."""
    lost = preview.changes.filter(kind=PreviewedChange.Kind.LOSE).values("company_id")
    people, _active = people_in(lost, at=found.policy.began_at)
    return found.as_figures() | {"kinds": dict(found.kinds), "losing": len(found.losing), "people": people}


def _forget(now: datetime) -> None:
    """Delete old previews, a limited number of rows at a time."""
    old = list(StoredPreview.objects.filter(asked_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:50])
    if not old:
        return
    rows = PreviewedChange.objects.filter(preview_id__in=old).values_list("pk", flat=True)[:20_000]
    PreviewedChange.objects.filter(pk__in=list(rows)).delete()
    StoredPreview.objects.filter(pk__in=old).exclude(changes__isnull=False).delete()
