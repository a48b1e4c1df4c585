"""Guards on evidence: how old it is, whose clock it has, what words mean; and on what operators said."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from billing.models import WhmcsGateway
from billing.reconcile import Standing
from companies import lifecycle
from companies.access import Status
from companies.models import Company
from companies.standings.facts import last_read_at
from sandbox.faults import clock_off, server_error
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import SOMEBODY, Stage, gateway_now


def dates_pass_in_an_outage(stage: Stage) -> list[str]:
    stage.open()
    stage.alice_pays_in_an_outage()
    stage.faults.always(server_error())
    stage.sync()
    return stage.judge()


def a_run_had_a_wrong_clock(stage: Stage) -> list[str]:
    """Sixty days ahead: it wrote when it read, and everybody's date passes since."""
    stage.open()
    WhmcsGateway.objects.update(confirmed_at=timezone.now() + timedelta(days=60))
    stage.days_pass(40)
    for service_id in stage.ids.values():
        stage.shop.renew(service_id)
    return stage.judge()


def our_clock_is_wrong(stage: Stage) -> list[str]:
    """Forty days ahead. WHMCS, where the day is another one, shows everybody as they are: paid."""
    stage.open()
    stage.shop.fixed_today = stage.shop.today
    for name in ("Bob", "Charlie", "Dora"):
        stage.shop.renew(stage.ids[name], 3)
    stage.days_pass(40)
    stage.faults.always(clock_off(days=-40))
    stage.sync()
    return stage.judge()


def a_record_is_unreadable_for_a_month(stage: Stage) -> list[str]:
    stage.open()
    stage.shows("Alice", nextduedate="soon")
    stage.sync()
    stage.days_pass(30)
    stage.sync()
    read = last_read_at(stage.company("Alice"), gateway_now(), now=timezone.now())
    is_old = read is not None and read < timezone.now() - timedelta(days=29)
    return [] if is_old else ["what stands here about Alice counts as read today"]


def a_word_is_unknown(stage: Stage) -> list[str]:
    stage.open()
    stage.shows("Alice", status="Aktiv")
    stage.sync()
    return stage.judge()


def an_order_is_looked_at_again(stage: Stage) -> list[str]:
    stage.open()
    stage.shows("Alice", status="Pending")
    stage.sync()
    return stage.judge()


def an_order_is_not_paid(stage: Stage) -> list[str]:
    stage.open()
    stage.shop.buy("Zoe", "Smith", "zoe@example.com", plan="Team", paid=False)
    stage.sync()
    return stage.judge()


def one_is_held_open_and_one_is_locked(stage: Stage) -> list[str]:
    stage.open()
    now, far = timezone.now(), date(2030, 1, 1)
    lifecycle.hold_open(stage.company("Alice"), until=far, reason="A promise", actor=SOMEBODY, at=now)
    lifecycle.lock(stage.company("Bob"), reason="Abuse", actor=SOMEBODY, at=now)
    stage.shop.suspend(stage.ids["Alice"])
    stage.shop.change_plan(stage.ids["Bob"], "Business")
    stage.sync()
    wrong = [] if stage.company("Alice").hold_until == far else ["Alice is no longer held open"]
    return wrong + ([] if stage.company("Bob").locked_at else ["Bob is no longer locked"])


def whole_rows(update: Callable[..., int]) -> Callable[..., int]:
    """What saving a whole record does that was loaded before: columns that nobody meant are written too."""

    def update_whole(model: Any, columns: Any, keys: Any, *rows: Any, **more: Any) -> int:
        if model is Company:
            Company.objects.filter(pk__in=keys).update(hold_until=None, locked_at=None)
        return update(model, columns, keys, *rows, **more)

    return update_whole


class _AllWords(dict[str, Any]):
    """What is not known is over."""

    def get(self, word: str, default: Any = None) -> Any:
        return super().get(word, (Standing.ENDED, Status.TERMINATED))


LOCKED = "Alice has paid and is locked out"
WORDS = "billing.reconcile.status:_WORDS"
GUARDS = (
    Guard("stale evidence locks nobody", "companies.standings.facts:_evidence_at",
          lambda _: lambda row, source, now: now, dates_pass_in_an_outage, LOCKED),
    Guard("a reading from the future is none", "companies.standings.facts:CLOCKS_MAY_DIFFER",
          becomes(timedelta(days=9999)), a_run_had_a_wrong_clock, LOCKED),
    Guard("clocks that differ prove no date", "billing.sync:ensure_clocks_agree", says(None),
          our_clock_is_wrong, LOCKED),
    Guard("an unreadable record is not fresh", "companies.lifecycle:mark_unreadable", says(None),
          a_record_is_unreadable_for_a_month, "counts as read today"),
    Guard("an unknown word changes nothing", WORDS, _AllWords, a_word_is_unknown, LOCKED),
    Guard("Pending never takes away", WORDS, lambda words: words | {"Pending": words["Suspended"]},
          an_order_is_looked_at_again, LOCKED),
    Guard("Pending opens nothing", WORDS, lambda words: words | {"Pending": words["Active"]},
          an_order_is_not_paid, "Zoe has not paid for a company and has one"),
    Guard("holds and locks survive", "companies.lifecycle:update_moved", whole_rows,
          one_is_held_open_and_one_is_locked, "is no longer"),
)  # fmt: skip
