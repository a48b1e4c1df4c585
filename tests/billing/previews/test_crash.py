"""A worker that is killed at a preview costs time and nothing else."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import PreviewedChange, StoredPreview, WhmcsGateway
from billing.previews import applying, stored
from billing.runs.lease import claim
from companies.models import Event
from companies.standings.facts import access_of
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.previews.conftest import SOMEBODY, Apply, Make
from tests.billing.previews.kept import outcomes, records
from tests.billing.shopping import buy, company_of

pytestmark = pytest.mark.django_db(transaction=True)


class TestACrash:
    @pytest.mark.parametrize("after", range(4))
    def test_in_the_middle_is_healed_by_applying_again(
        self, shop: Shop, run: Sync, make: Make, apply: Apply, monkeypatch: pytest.MonkeyPatch, after: int
    ) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        shop.suspend(ids[0])
        shop.change_plan(ids[1], "Business")
        buy(shop, "Dora")
        preview = make()
        with monkeypatch.context() as patched:
            fail_after(patched, after)
            with pytest.raises(KeyboardInterrupt):
                apply(preview)
        apply(preview)
        assert set(outcomes(preview).values()) <= {"applied", "already"}
        assert not access_of(company_of(ids[0])).is_open
        assert Event.objects.filter(code="billing_changed").count() == 2
        assert records(run()) == set()

    def test_that_nobody_could_tell_of_is_noticed_by_the_silence(
        self, shop: Shop, make: Make, gateway: WhmcsGateway
    ) -> None:
        buy(shop)
        killed, made = stored.ask(gateway, asked_by="somebody"), timezone.now()
        assert stored.begin(killed, StoredPreview.State.MAKING)
        assert stored.watch(made + timedelta(minutes=4)) == []
        stored.watch(made + timedelta(minutes=6))
        applied = make()
        applying.ask_to_apply(applied, by=SOMEBODY, at=made)
        assert stored.begin(applied, StoredPreview.State.APPLYING)
        StoredPreview.objects.filter(pk=applied.pk).update(touched_at=made - timedelta(minutes=6))
        with claim(gateway):
            stored.watch(made)
            applied.refresh_from_db()
            assert applied.state == "applying"
        stored.watch(made + timedelta(minutes=20))
        states = dict(StoredPreview.objects.values_list("pk", "state"))
        assert states == {killed.pk: "failed", applied.pk: "ready"}

    def test_and_a_tick_that_finds_nothing_of_it_writes_nothing(self, make: Make) -> None:
        make()
        with CaptureQueriesContext(connection) as asked:
            assert stored.watch(timezone.now()) == []
        assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []

    def test_of_the_broker_costs_a_tick(self, gateway: WhmcsGateway) -> None:
        preview = stored.ask(gateway, asked_by="somebody")
        assert stored.watch(timezone.now()) == []
        assert stored.watch(timezone.now() + timedelta(minutes=2)) == [preview]

    def test_previews_are_forgotten_after_two_weeks(self, shop: Shop, make: Make) -> None:
        buy(shop)
        make()
        stored.watch(timezone.now() + timedelta(days=15))
        assert not StoredPreview.objects.exists()
        assert not PreviewedChange.objects.exists()


def fail_after(patched: pytest.MonkeyPatch, writes: int) -> None:
    """Be killed after so many steps of the run that write."""
    left = [writes]

    def interrupt(path: str) -> None:
        module, _, name = path.rpartition(".")
        real = getattr(import_module(module), name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            return real(*args, **kwargs)

        patched.setattr(path, counted)

    for path in ("billing.steps.pages.page.write_in_groups", "billing.sync.settle_losses", "billing.sync.account_for"):
        interrupt(path)
