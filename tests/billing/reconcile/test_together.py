"""Several services decided on together, as tables of facts: no database, no clock."""

from datetime import UTC, date, datetime

from billing.facts import ServiceFacts
from billing.reconcile import Action, Decision, Observed, ObservedCompany, Policy, decide_together
from companies.access import BillingState, Facts, Status

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
DUE = date(2026, 7, 1)
POLICY = Policy(plans={"Pro": 2}, fallback_plan_id=None, began_at=NOW, zone=UTC)
ALICE, BOB = 7, 8
OLD = ServiceFacts(40, ALICE, 5, "Terminated", DUE, "Pro", None)
PURCHASE = OLD._replace(service_id=41, status="Active")
STATE = BillingState("terminated", DUE, 2, None)
ENDED = ObservedCompany(
    company_id=9,
    state=STATE,
    access_facts=Facts(
        status=Status.TERMINATED, status_since=NOW, due_date=DUE, grace_days=3, unconfirmed_days=14, read_at=NOW
    ),
    siblings=(OLD,),
)


def fates(decisions: list[Decision]) -> list[tuple[int, Action, int | None]]:
    return [(one.facts.service_id, one.action, one.company_id) for one in decisions]


def test_a_purchase_reopens_the_ended_company_of_its_client_and_of_nobody_else() -> None:
    theirs = PURCHASE._replace(service_id=50, client_id=BOB)
    decisions = decide_together([theirs, PURCHASE], {}, {ALICE: ENDED}, POLICY)
    assert fates(decisions) == [(41, Action.REOPEN, 9), (50, Action.PROVISION, None)]


def test_a_second_purchase_of_the_client_becomes_a_company_of_its_own() -> None:
    second = PURCHASE._replace(service_id=42)
    decisions = decide_together([second, PURCHASE], {}, {ALICE: ENDED}, POLICY)
    assert fates(decisions) == [(41, Action.REOPEN, 9), (42, Action.PROVISION, None)]


def test_a_company_whose_own_service_is_paid_again_is_not_reopened_by_a_purchase() -> None:
    back = OLD._replace(status="Active")
    observed = {40: Observed(3, OLD, is_settled=True, company=ENDED._replace(siblings=()))}
    decisions = decide_together([back, PURCHASE], observed, {ALICE: ENDED}, POLICY)
    assert fates(decisions) == [(40, Action.UPDATE, 9), (41, Action.PROVISION, None)]


def test_the_other_services_of_a_reopened_company_are_decided_on_beside_the_purchase() -> None:
    """Alone, the cancelled service would write its own word into the company that the purchase has just opened."""
    cancelled = OLD._replace(status="Cancelled")
    observed = {40: Observed(3, OLD, is_settled=True, company=ENDED._replace(siblings=()))}
    decisions = decide_together([cancelled, PURCHASE], observed, {ALICE: ENDED}, POLICY)
    assert fates(decisions) == [(40, Action.REMEMBER, 9), (41, Action.REOPEN, 9)]
