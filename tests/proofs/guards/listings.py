"""Guards on what a listing proves: whether it was all of it, and what it means that somebody is missing."""

from collections.abc import Callable
from typing import Any

from billing.models import AttentionItem, Kind, WhmcsGateway
from plans.models import Plan
from sandbox import OTHER_PID
from sandbox.faults import (
    Hidden,
    LimitCapped,
    Meanwhile,
    PidFilterIgnored,
    StartIgnored,
    WrongTotal,
    authentication_failed,
    with_body,
)
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import Stage, is_listing

PATIENCE = 60


def the_list_is_empty(stage: Stage) -> list[str]:
    """A WHMCS without its data knows nobody, whoever is asked for."""
    stage.open()
    stage.alice_pays_in_an_outage()
    stage.faults.always(Hidden())
    stage.sync()
    return stage.judge()


def half_of_the_list_is_gone(stage: Stage) -> list[str]:
    stage.open()
    stage.alice_pays_in_an_outage()
    WhmcsGateway.objects.update(mass_change_count=1)
    stage.faults.always(Hidden(stage.ids["Alice"], stage.ids["Bob"]))
    stage.sync()
    return stage.judge()


def an_answer_holds_no_list(stage: Stage) -> list[str]:
    """Asked for Alice, who is missing, WHMCS says "success" and nothing else."""
    stage.open()
    stage.alice_pays_in_an_outage()
    stage.faults.when(is_listing, Hidden(stage.ids["Alice"]))
    stage.faults.when(lambda call: not is_listing(call), with_body(lambda body: b'{"result":"success"}'))
    stage.sync()
    return stage.judge()


def a_row_is_missing_and_the_total_says_so(stage: Stage) -> list[str]:
    stage.open()
    stage.alice_pays_in_an_outage()
    stage.faults.always(Hidden(stage.ids["Alice"]))
    stage.faults.always(WrongTotal(by=1))
    stage.sync()
    return stage.judge()


def the_product_filter_is_ignored(stage: Stage) -> list[str]:
    """And who knows what else of the call."""
    stage.open()
    stage.buy_something_else("Zoe")
    stage.alice_pays_in_an_outage()
    stage.faults.always(PidFilterIgnored())
    stage.faults.always(Hidden(stage.ids["Alice"]))
    stage.sync()
    return stage.judge()


def somebody_bought_another_product(stage: Stage) -> list[str]:
    stage.open()
    WhmcsGateway.objects.update(fallback_plan=Plan.objects.get(name="Team"))
    stage.buy_something_else("Zoe")
    stage.faults.always(PidFilterIgnored())
    stage.sync()
    return stage.judge()


def every_page_is_the_first(stage: Stage) -> list[str]:
    for name in ("Alice", "Bob", "Charlie", "Dora", "Eve"):
        stage.buy(name)
    stage.faults.always(authentication_failed(), first=PATIENCE)
    stage.faults.always(StartIgnored())
    stage.faults.always(LimitCapped(2))
    stage.sync()
    asked = len(stage.whmcs.requests)
    return [f"the same page was asked for {asked} times"] if asked >= PATIENCE else []


def a_row_is_deleted_between_two_pages(stage: Stage) -> list[str]:
    for name in ("Zoe", "Bob", "Charlie", "Alice", "Dora", "Eve", "Fay"):
        stage.buy(name)
    stage.faults.always(LimitCapped(3))
    stage.faults.once(Meanwhile(lambda: stage.shop.delete_service(stage.ids["Zoe"])), "GetClientsProducts", nth=2)
    return stage.judge() if stage.sync() == "complete" else []


def a_service_moved_to_another_product(stage: Stage) -> list[str]:
    stage.open()
    stage.shop.edit_service(stage.ids["Alice"], pid=OTHER_PID)
    stage.sync()
    lost = AttentionItem.objects.filter(kind=Kind.VANISHED, subject=str(stage.ids["Alice"]))
    return ["Alice is listed as gone, and she is there"] if lost.exists() else []


def most_rows_have_another_form(stage: Stage) -> list[str]:
    """The few that can still be read need not mean what they meant either."""
    stage.open()
    shown = str(stage.shop.services[stage.ids["Alice"]].next_due_date)
    stage.alice_pays_in_an_outage()
    stage.shows("Bob", "Charlie", "Dora", nextduedate="soon")
    stage.shows("Alice", nextduedate=shown)
    stage.sync()
    return stage.judge()


def a_record_is_nonsense(stage: Stage) -> list[str]:
    stage.open()
    stage.shows("Alice", nextduedate="soon", status="Terminated")
    stage.sync()
    return stage.judge()


def nobody_asks(_: object) -> Callable[..., list[Any]]:
    return lambda search, rows: list(rows)


LOCKED = "Alice has paid and is locked out"
GUARDS = (
    Guard("an empty list waits for a yes", "billing.steps.pages.absence:_ask", says(None), the_list_is_empty, LOCKED),
    Guard("many who are missing wait for a yes", "billing.steps.pages.missing:is_mass_absence", says(False),
          half_of_the_list_is_gone, LOCKED),
    Guard("an answer without a list is no empty list", "billing.whmcs.reader:_ensure_plausible", says(None),
          an_answer_holds_no_list, LOCKED),
    Guard("distinct services equal the total", "billing.whmcs.listing:Listing._adds_up", says(True),
          a_row_is_missing_and_the_total_says_so, LOCKED),
    Guard("an ignored filter proves nothing", "billing.whmcs.listing:Listing.foreign", becomes(0),
          the_product_filter_is_ignored, LOCKED),
    Guard("rows of other products are not ours", "billing.whmcs.reader:Asked.covers", says(True),
          somebody_bought_another_product, "Zoe has not paid for a company and has one"),
    Guard("a page that repeats ends the reading", "billing.whmcs.listing:_REPETITIONS", becomes(10**9),
          every_page_is_the_first, "the same page was asked for"),
    Guard("windows overlap", "billing.whmcs.window:OVERLAP", becomes(0),
          a_row_is_deleted_between_two_pages, "Alice has paid and has no company"),
    Guard("who is absent is asked for", "billing.steps.pages.missing:Search._look_up", nobody_asks,
          a_service_moved_to_another_product, "Alice is listed as gone"),
    Guard("mostly bad rows prove nothing", "billing.sync:ensure_readable", says(None),
          most_rows_have_another_form, LOCKED),
    Guard("an impossible date spoils its record", "billing.whmcs.rows:parse_date", says(None),
          a_record_is_nonsense, LOCKED),
)  # fmt: skip
