"""How a preview is made and applied, as a worker does both."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from billing.models import StoredPreview, SyncRun, WhmcsGateway
from billing.previews import applying, stored
from companies.events import Actor

Make = Callable[[], StoredPreview]
Apply = Callable[..., SyncRun]
SOMEBODY = Actor("somebody")


@pytest.fixture
def make(gateway: WhmcsGateway) -> Make:
    def make_now() -> StoredPreview:
        preview = stored.ask(WhmcsGateway.objects.get(pk=gateway.pk), asked_by="somebody")
        assert stored.make(preview)
        return preview

    return make_now


@pytest.fixture
def apply() -> Apply:
    def apply_now(preview: StoredPreview, *, with_yes: bool = False) -> SyncRun:
        fresh = StoredPreview.objects.select_related("gateway").get(pk=preview.pk)
        applying.ask_to_apply(fresh, by=SOMEBODY, at=timezone.now(), with_yes=with_yes)
        fresh.refresh_from_db()
        run = applying.apply(fresh, trigger=SyncRun.Trigger.OPERATOR)
        assert run is not None
        return run

    return apply_now
