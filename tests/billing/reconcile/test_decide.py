"""What is done about one service, as tables of facts: no database, no clock."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.facts import ServiceFacts
from billing.reconcile import Action, Decision, Observed, ObservedCompany, Policy, decide
from companies.access import BillingState, Facts, Status

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
DUE, LATER, LONG_PAST = date(2026, 7, 1), date(2026, 8, 1), date(2026, 1, 1)
STARTER, PRO = 1, 2
POLICY = Policy(plans={"Starter": STARTER, "Pro": PRO}, fallback_plan_id=None, began_at=NOW, zone=UTC)
PAID = ServiceFacts(41, 7, 5, "Active", DUE, "Pro", None)
OPEN_STATE = BillingState("active", DUE, PRO, None)


def company(state: BillingState = OPEN_STATE, **changes: Any) -> ObservedCompany:
    access = Facts(
        status=Status(state.status), status_since=NOW, due_date=state.due_date, grace_days=3, unconfirmed_days=14,
        read_at=NOW, override_until=state.override_until,
    )  # fmt: skip
    return ObservedCompany(company_id=9, state=state, access_facts=access)._replace(**changes)


def observed(facts: ServiceFacts = PAID, of: ObservedCompany | None = None, **changes: Any) -> Observed:
    return Observed(subscription_id=3, facts=facts, is_settled=True, company=of)._replace(**changes)


def known(**said: Any) -> Decision:
    """Alice's service is active on Pro until DUE; then WHMCS says something else about it."""
    return decide(PAID._replace(**said), observed(of=company()), POLICY)


class TestAServiceWithoutACompany:
    @pytest.mark.parametrize("word", ["Active", "Completed"])
    def test_a_paid_one_becomes_a_company_on_its_plan_until_its_due_date(self, word: str) -> None:
        decision = decide(PAID._replace(status=word), None, POLICY)
        assert (decision.action, decision.after) == (Action.PROVISION, OPEN_STATE)

    @pytest.mark.parametrize("word", ["Pending", "Suspended", "Terminated", "Cancelled", "Fraud"])
    def test_one_that_is_not_paid_is_only_remembered(self, word: str) -> None:
        decision = decide(PAID._replace(status=word), None, POLICY)
        assert (decision.action, decision.is_held, decision.is_settled) == (Action.REMEMBER, False, True)

    def test_one_that_waited_becomes_a_company_when_it_is_paid(self) -> None:
        waiting = observed(PAID._replace(status="Pending"))
        assert decide(PAID, waiting, POLICY).action is Action.PROVISION

    def test_a_plan_spelled_like_none_waits_for_the_operator_with_both_spellings(self) -> None:
        decision = decide(PAID._replace(plan_value="Pro "), None, POLICY)
        assert (decision.action, decision.is_held, decision.is_settled) == (Action.REMEMBER, True, False)
        [note] = decision.notes
        assert (note.kind, note.params["value"], note.params["nearest"]) == ("plan_unknown", "Pro␣", "Pro")

    def test_it_is_looked_at_again_though_whmcs_says_nothing_new(self) -> None:
        odd = PAID._replace(plan_value="Pro ")
        waiting = observed(odd, is_settled=False)
        assert decide(odd, waiting, POLICY).action is Action.NOTHING
        assert decide(odd, waiting, replace(POLICY, plans={"Pro ": 7})).action is Action.PROVISION

    def test_a_fallback_plan_catches_what_is_spelled_like_none(self) -> None:
        decision = decide(PAID._replace(plan_value=None), None, replace(POLICY, fallback_plan_id=STARTER))
        assert decision.after == OPEN_STATE._replace(plan_id=STARTER)

    def test_an_unknown_word_changes_nothing_and_is_listed(self) -> None:
        decision = decide(PAID._replace(status="active "), None, POLICY)
        assert (decision.action, decision.is_held) == (Action.REMEMBER, True)
        assert decision.notes[0].kind == "status_unknown"

    def test_it_reopens_the_ended_company_of_the_same_client(self) -> None:
        ended = company(BillingState("terminated", LONG_PAST, STARTER, None))
        decision = decide(PAID, None, POLICY, ended_company=ended)
        assert (decision.action, decision.company_id, decision.after) == (Action.REOPEN, 9, OPEN_STATE)


class TestAServiceWithACompany:
    def test_nothing_new_is_nothing_to_do(self) -> None:
        assert known().action is Action.NOTHING

    def test_a_renewal_moves_the_due_date(self) -> None:
        decision = known(due_date=LATER)
        assert (decision.action, decision.after) == (Action.UPDATE, OPEN_STATE._replace(due_date=LATER))

    def test_another_plan_is_applied_at_first_sight(self) -> None:
        assert known(plan_value="Starter").after == OPEN_STATE._replace(plan_id=STARTER)

    def test_an_unknown_plan_keeps_the_plan_and_lets_the_rest_follow(self) -> None:
        decision = known(plan_value="Gone", due_date=LATER)
        assert (decision.action, decision.after) == (Action.UPDATE, OPEN_STATE._replace(due_date=LATER))
        assert (decision.is_held, decision.is_settled) == (True, False)

    @pytest.mark.parametrize("word", ["Suspended", "Terminated", "Cancelled", "Fraud"])
    def test_a_status_that_takes_access_away_is_a_loss(self, word: str) -> None:
        decision = known(status=word)
        assert (decision.action, decision.after) == (Action.LOSE, OPEN_STATE._replace(status=word.lower()))

    def test_a_due_date_that_moves_into_the_past_is_a_loss(self) -> None:
        assert known(due_date=LONG_PAST).action is Action.LOSE

    def test_a_due_date_that_moves_back_but_stays_in_grace_is_not(self) -> None:
        assert known(due_date=date(2026, 6, 13)).action is Action.UPDATE

    @pytest.mark.parametrize("by_operator", [{"hold_until": LATER}, {"locked_at": NOW}])
    def test_what_an_operator_keeps_open_or_locks_is_lost_by_billing_all_the_same(
        self, by_operator: dict[str, Any]
    ) -> None:
        kept = company()
        kept = kept._replace(access_facts=kept.access_facts._replace(**by_operator))
        assert decide(PAID._replace(status="Suspended"), observed(of=kept), POLICY).action is Action.LOSE

    def test_a_suspension_is_a_loss_also_where_only_missing_evidence_keeps_the_company_open(self) -> None:
        overdue = OPEN_STATE._replace(due_date=date(2026, 6, 1))
        unconfirmed = company(overdue)
        unconfirmed = unconfirmed._replace(access_facts=unconfirmed.access_facts._replace(read_at=None))
        said = PAID._replace(due_date=overdue.due_date)
        decision = decide(said._replace(status="Suspended"), observed(said, of=unconfirmed), POLICY)
        assert decision.action is Action.LOSE

    def test_pending_never_takes_away(self) -> None:
        decision = known(status="Pending", due_date=LONG_PAST)
        assert (decision.action, decision.after) == (Action.REMEMBER, OPEN_STATE)

    def test_an_unknown_word_changes_nothing_and_is_listed(self) -> None:
        decision = known(status="АКТИВЕН", due_date=LONG_PAST)
        assert (decision.action, decision.after, decision.facts) == (Action.REMEMBER, None, PAID)

    def test_paid_again_it_is_open_at_first_sight(self) -> None:
        suspended = PAID._replace(status="Suspended")
        locked = company(OPEN_STATE._replace(status="suspended"))
        decision = decide(PAID, observed(suspended, of=locked), POLICY)
        assert (decision.action, decision.after) == (Action.UPDATE, OPEN_STATE)

    def test_another_client_is_followed_and_listed(self) -> None:
        decision = known(client_id=8)
        assert (decision.action, decision.notes[0].kind) == (Action.REMEMBER, "client_changed")

    def test_one_that_had_vanished_and_is_back_is_remembered(self) -> None:
        back = observed(of=company(), is_vanished=True)
        assert decide(PAID, back, POLICY).action is Action.REMEMBER

    def test_one_that_can_be_read_again_is_written_even_if_nothing_changed(self) -> None:
        unreadable = observed(of=company(is_unreadable=True), is_settled=False)
        assert decide(PAID, unreadable, POLICY).action is Action.UPDATE


class TestACompanyWithSeveralServices:
    def test_a_suspended_one_does_not_lock_the_paid_one(self) -> None:
        both = company(siblings=(PAID._replace(service_id=40),))
        decision = decide(PAID._replace(status="Suspended"), observed(of=both), POLICY)
        assert (decision.action, decision.after) == (Action.REMEMBER, OPEN_STATE)

    @pytest.mark.parametrize(
        ("due", "speaks_until"), [(date(2026, 6, 12), date(2026, 6, 12)), (date(2026, 6, 11), LATER)]
    )
    def test_the_newer_speaks_for_it_until_its_grace_is_over_and_then_the_one_that_is_paid(
        self, due: date, speaks_until: date
    ) -> None:
        older, newer = PAID._replace(service_id=40, due_date=LATER), PAID._replace(due_date=due)
        stands = company(OPEN_STATE._replace(due_date=due), siblings=(older,))
        decision = decide(newer, observed(newer, of=stands), POLICY)
        assert decision.after == OPEN_STATE._replace(due_date=speaks_until)

    def test_what_speaks_for_it_does_not_depend_on_the_order_of_reading(self) -> None:
        newer = ServiceFacts(50, 7, 5, "Active", LATER, "Starter", None)
        state = BillingState("active", LATER, STARTER, None)
        first = decide(PAID, observed(of=company(state, siblings=(newer,))), POLICY)
        second = decide(newer, observed(newer, of=company(state, siblings=(PAID,))), POLICY)
        assert first.after == second.after == state

    def test_when_both_end_in_one_run_the_next_looks_again_and_closes_it(self) -> None:
        ended = PAID._replace(status="Terminated")
        other = PAID._replace(service_id=40)
        first = decide(ended, observed(of=company(siblings=(other,))), POLICY)
        assert (first.action, first.is_settled) == (Action.REMEMBER, False)
        both_ended = company(siblings=(other._replace(status="Terminated"),))
        assert decide(ended, observed(ended, of=both_ended, is_settled=False), POLICY).action is Action.LOSE

    def test_one_with_a_word_that_nobody_knows_speaks_as_it_did_for_the_others(self) -> None:
        """Also where both are read on one page, so that the unknown word is known of already."""
        newer = ServiceFacts(50, 7, 5, "Active", LATER, "Starter", None)
        state = BillingState("active", LATER, STARTER, None)
        odd = newer._replace(status="active ", due_date=DUE)
        stands = observed(of=company(state, siblings=(newer,)))
        decision = decide(PAID._replace(plan_value="Starter"), stands, POLICY, together={50: odd})
        assert (decision.action, decision.after, decision.is_settled) == (Action.REMEMBER, state, False)
