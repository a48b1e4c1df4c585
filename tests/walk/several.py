"""A walk through what goes wrong most often: companies of several services, a gateway that is switched off, readings of
one service. After each run the judge asks more."""

from contextlib import ExitStack
from datetime import timedelta
from unittest.mock import patch

from django.utils import timezone

from billing.models import HeldChanges, WhmcsGateway
from billing.previews import preview_gateway
from billing.steps.losses.unread import open_paid_companies
from billing.steps.run import batching
from sandbox import OTHER_PID, TICKETZ_PID
from sandbox.faults import LimitCapped
from tests.walk import runs, stories
from tests.walk.before import Before
from tests.walk.runs import Told
from tests.walk.troubles import LISTING
from tests.walk.walk import Walk

COUNTS = ("created", "changed", "held", "failed")


class Several(Walk):
    """The verbs of a walk, and those that lead to such companies and readings."""

    def __init__(self, guard_count: int) -> None:
        super().__init__(guard_count)
        self.pages = ExitStack()

    def buy_beside(self, company: int = 0, plan: str = "Business", pays_old: bool = True) -> None:
        """All services of a company end, its client buys again, and perhaps pays what had ended as well."""
        chosen = self.world.company(company)
        if chosen is None:
            return
        shop, here = self.world.shop, self.judge.book.services_of(chosen.pk)
        old = [service for service in here if service in shop.services]
        for service in old:
            shop.edit_service(service, status="Terminated")
        self._run_and_say_yes()
        self.judge.after_step()
        if old:
            self.world.buy_again(client=sorted(shop.clients).index(shop.services[old[0]].client_id), plan=plan)
        self._run()
        self.judge.after_step()  # what had ended was closed for cause, before it is paid again
        for service in old if pays_old else ():
            shop.unsuspend(service)

    def read_one(self, service: int = 0) -> None:
        """As the hook does, or an operator who wants to see one service now."""
        if chosen := self.world.service(service):
            before, event = Before.now(self.world), stories.last_event()
            runs.command("Shop", "--service", str(chosen.id))
            self.judge.was_killed = False
            self.judge.after_run(before, told=None)
            stories.ensure_told(event)
            stories.ensure_asked()

    def leave_unread(self, days: int = 20) -> None:
        """The gateway is switched off for some days, while the clock ticks."""
        gateways = WhmcsGateway.objects.filter(pk=self.world.gateway_id)
        gateways.update(is_enabled=False)
        self.judge.is_unread = True
        for _ in range(days):
            self.world.clock.move(timedelta(days=1))
            before, event = Before.now(self.world), stories.last_event()
            open_paid_companies(timezone.now())
            stories.ensure_paid_is_open(self.judge)
            stories.ensure_told(event)
            self.judge.after_run(before, told=None)
            self.judge.after_step()
        gateways.update(is_enabled=True)
        self.judge.is_unread = False

    def turn_pages(self, one_by_one: bool = True) -> None:
        """From now on each row is a page of its own, which is decided on before the next one comes; or no longer."""
        self.pages.close()
        if one_by_one:
            self.pages.enter_context(patch.object(batching, "SECONDS_AT_MOST", 0.0))
            rule = self.world.whmcs.faults.always(LimitCapped(1), LISTING)
            self.pages.callback(self.world.whmcs.faults.remove, rule)

    def close(self) -> None:
        self.pages.close()
        super().close()

    def set_grace(self, days: int = 0) -> None:
        """The operator changes how long a passed date keeps companies open."""
        WhmcsGateway.objects.filter(pk=self.world.gateway_id).update(grace_days=days)
        self._forget_what_was_decided()

    def mistake_product(self) -> None:
        """The operator types a wrong product code, a run asks, and they correct it."""
        gateways = WhmcsGateway.objects.filter(pk=self.world.gateway_id)
        gateways.update(product_code=OTHER_PID)
        before, event = Before.now(self.world), stories.last_event()
        runs.command("Shop")
        gateways.update(product_code=TICKETZ_PID)
        self.judge.was_killed = False
        self.judge.after_run(before, told=None)
        stories.ensure_told(event)

    def foresee(self) -> None:
        """A preview, and at once the run that it foretells."""
        unsure = self.world.troubles or self.world.unusable or HeldChanges.objects.filter(closed_at=None).exists()
        preview = None if unsure else preview_gateway(self.world.gateway)
        told = self._run()
        if preview is not None and told.outcome in {"complete", "partial"} and not preview.would_hold:
            said, done = ({name: one.get(name, 0) for name in COUNTS} for one in (preview.counts, told.printed))
            assert said == done, f"G12: the preview says {said}, the run {done}"

    def _run(self, *options: str) -> Told:
        event = stories.last_event()
        told = super()._run(*options)
        if told.printed.get("error", {}).get("code") not in {"other_whmcs", "run_in_progress"}:
            stories.ensure_paid_is_open(self.judge)
        stories.ensure_told(event)
        stories.ensure_asked()
        return told

    def _forget_what_was_decided(self) -> None:
        """Other grace days open or close companies by the operator's word."""
        self.judge.owed.clear()
        self.judge.locked.clear()
