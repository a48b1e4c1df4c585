"""Guards on what takes access away: a second reading, a yes, and exactly what the yes was for."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from billing.models import HeldChanges, WhmcsGateway
from billing.steps.safeguards.holding import Verdicts
from companies.models import Company
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import NAMES, Stage


def a_listing_is_wrong(stage: Stage) -> list[str]:
    """A cache answers listings; the one service is read as it is."""
    stage.open()
    stage.shows("Alice", only_in_listings=True, status="Suspended")
    stage.sync()
    return stage.judge()


def everybody_is_suspended_by_mistake(stage: Stage) -> list[str]:
    stage.open()
    stage.shows(*NAMES, status="Suspended")
    stage.sync()
    return stage.judge()


def everybody_is_overdue_by_mistake(stage: Stage) -> list[str]:
    """WHMCS says what it said before, and the dates have passed meanwhile."""
    stage.open()
    for name in NAMES:
        stage.shows(name, nextduedate=str(stage.shop.services[stage.ids[name]].next_due_date))
        stage.shop.renew(stage.ids[name])
    stage.days_pass(40)
    stage.sync()
    return stage.judge()


def two_are_approved_and_two_are_a_mistake(stage: Stage) -> list[str]:
    stage.open("Erik", "Fay", "Alice", "Bob")
    WhmcsGateway.objects.update(mass_change_count=1)
    stage.shop.suspend(stage.ids["Erik"])
    stage.shop.suspend(stage.ids["Fay"])
    stage.sync()
    stage.approve()
    stage.shows("Alice", "Bob", status="Suspended")
    stage.sync()
    return stage.judge()


def a_third_joins_after_two_were_shown(stage: Stage) -> list[str]:
    stage.open("Erik", "Fay", "Alice", "Bob")
    WhmcsGateway.objects.update(mass_change_count=1)
    stage.shop.suspend(stage.ids["Erik"])
    stage.shop.suspend(stage.ids["Fay"])
    stage.sync()
    seen = stage.waiting().version
    stage.shows("Alice", status="Suspended")
    stage.sync()
    stage.approve(seen)
    stage.sync()
    return stage.judge()


def a_yes_is_two_days_old(stage: Stage) -> list[str]:
    everybody_is_suspended_by_mistake(stage)
    stage.approve()
    stage.days_pass(2)
    stage.sync()
    return stage.judge()


def somebody_pays_after_the_yes(stage: Stage) -> list[str]:
    """And the listing, from a cache, does not know it yet."""
    stage.open()
    stage.shows(*NAMES, only_in_listings=True, status="Suspended")
    stage.sync()
    stage.approve()
    stage.sync()
    return stage.judge()


def an_operator_said_no(stage: Stage) -> list[str]:
    """Everybody has a hold, and the no is remembered besides."""
    stage.open()
    stage.shows(*NAMES, status="Suspended")
    stage.sync()
    stage.reject()
    stage.sync()
    return [f"{name} was kept open and is suspended" for name in NAMES if stage.company(name).status != "active"]


def a_yes_for_all(load: Callable[..., Verdicts]) -> Callable[..., Verdicts]:
    def load_generously(*args: Any) -> Verdicts:
        verdicts = load(*args)
        everybody = frozenset(Company.objects.values_list("pk", flat=True))
        return verdicts._replace(approved=everybody) if verdicts.approved else verdicts

    return load_generously


def no_no(load: Callable[..., Verdicts]) -> Callable[..., Verdicts]:
    """A no is taken for a yes by whoever only asks whether something was said."""

    def load_carelessly(*args: Any) -> Verdicts:
        verdicts = load(*args)
        return verdicts._replace(approved=verdicts.approved | verdicts.kept, kept=frozenset())

    return load_carelessly


def whatever_waits_now(decide: Callable[..., None]) -> Callable[..., None]:
    def decide_blindly(held: HeldChanges, version: int, *args: Any, **columns: Any) -> None:
        decide(held, HeldChanges.objects.get(pk=held.pk).version, *args, **columns)

    return decide_blindly


LOCKED = "Alice has paid and is locked out"
SECOND_READING = "billing.steps.losses.confirming:read_second_time"
UNREAD = becomes(lambda gateway, client, loss, policy: (loss, []))
GUARDS = (
    Guard("a loss is read twice", SECOND_READING, UNREAD, a_listing_is_wrong, LOCKED),
    Guard("what a yes is for is read again", SECOND_READING, UNREAD, somebody_pays_after_the_yes, LOCKED),
    Guard("many losses wait for a yes", "billing.steps.losses.counting:is_mass_change", says(False),
          everybody_is_suspended_by_mistake, LOCKED),
    Guard("dates that pass for many wait as well", "billing.steps.losses.counting:is_mass_change", says(False),
          everybody_is_overdue_by_mistake, LOCKED),
    Guard("what waits for a yes is no evidence", "companies.lifecycle:hold_closings", says(None),
          everybody_is_overdue_by_mistake, LOCKED),
    Guard("a yes is for the held companies", "billing.steps.safeguards.holding:load_verdicts", a_yes_for_all,
          two_are_approved_and_two_are_a_mistake, LOCKED),
    Guard("a yes is for what was seen", "billing.decisions.approvals:_decide", whatever_waits_now,
          a_third_joins_after_two_were_shown, LOCKED),
    Guard("a yes is given for a day", "billing.decisions.approvals:YES_IS_GOOD_FOR", lambda day: 100 * day,
          a_yes_is_two_days_old, LOCKED),
    Guard("a yes that expired is none", "billing.steps.safeguards.holding:is_over", says(Q(pk__in=[])),
          a_yes_is_two_days_old, LOCKED),
    Guard("a no is remembered", "billing.steps.safeguards.holding:load_verdicts", no_no,
          an_operator_said_no, "and is suspended"),
)  # fmt: skip
