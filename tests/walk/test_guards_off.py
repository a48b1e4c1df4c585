"""The judge sees red: with one guard switched off, a short walk breaks the invariant that the guard is there for."""

import logging
from collections.abc import Iterator

import pytest
from django.utils import timezone

from billing import sync
from billing.runs.lease import Lease
from billing.steps.changes import deciding
from billing.steps.clients import details
from billing.steps.losses import counting
from billing.steps.newcomers import provision
from billing.steps.run.context import Context
from billing.whmcs import SecretText
from companies.events import Code
from companies.models import Company
from companies.standings import facts
from companies.story import new_event, tell
from tests.walk.walk import Walk

Patch = pytest.MonkeyPatch


@pytest.fixture
def walk() -> Iterator[Walk]:
    """Three customers, all of them in."""
    walk = Walk(guard_count=2)
    for address in ("ana", "bob", "eva"):
        walk.step("buy", address=address)
    walk.step("sync")
    yield walk
    walk.close()


def test_an_outage_that_counted_as_evidence_would_lock_out_who_paid(walk: Walk, monkeypatch: Patch) -> None:
    monkeypatch.setattr(facts, "confirmed_by", lambda source, now: now)
    walk.step("trouble", kind="500")
    walk.step("pay")
    with pytest.raises(AssertionError, match="G1: company"):
        walk.step("wait", hours=24 * 35)


def test_a_purchase_whose_past_is_forgotten_would_become_a_second_company(walk: Walk, monkeypatch: Patch) -> None:
    """Once the company of a client has ended, the next purchase has to re-open it."""
    walk.step("end")
    walk.step("settle")
    monkeypatch.setattr(deciding, "load_ended_companies", lambda *_args: {})
    walk.step("buy_again")
    with pytest.raises(AssertionError, match="G2: service 4 did not re-open"):
        walk.step("sync")


def test_a_run_that_always_had_something_to_tell_would_not_be_quiet(walk: Walk, monkeypatch: Patch) -> None:
    def tell_something(context: Context) -> None:
        company = Company.objects.earliest("pk")
        tell([new_event(company.pk, Code.BILLING_CHANGED, context.actor, context.at)])

    monkeypatch.setattr(sync, "refresh_contacts", tell_something)
    with pytest.raises(AssertionError, match="G5: after"):
        walk.step("settle")


def test_without_the_fence_whoever_overslept_would_write(walk: Walk, monkeypatch: Patch) -> None:
    monkeypatch.setattr(Lease, "extend", lambda lease: None)

    def oversleep_again_and_again() -> None:
        for step in range(10, 40):
            walk.step("change_plan", plan=("Team", "Business")[step % 2])
            walk.step("oversleep", step=step)

    with pytest.raises(AssertionError, match=r"G\d+: "):
        oversleep_again_and_again()


def test_a_password_in_the_log_would_be_heard(walk: Walk, monkeypatch: Patch) -> None:
    quiet = details.hash_first_password

    def chatter(typed: SecretText | None, email: str, company: str) -> tuple[str | None, str]:
        logging.getLogger("billing").info("%s typed %s", email, typed.reveal() if typed else "")
        return quiet(typed, email, company)

    monkeypatch.setattr(details, "hash_first_password", chatter)
    walk.step("buy", address="gus")
    with pytest.raises(AssertionError, match="G7: a secret stands in"):
        walk.step("sync")


def test_an_address_that_counted_as_an_identity_would_give_a_company_away(walk: Walk, monkeypatch: Patch) -> None:
    monkeypatch.setattr(provision, "_owns_for_client", lambda user, gateway, client_id: True)
    walk.step("buy", address="capitals")
    with pytest.raises(AssertionError, match=r"G8: ana@example[.]com was given company"):
        walk.step("sync")


def test_forgotten_evidence_would_open_a_door_that_was_closed_for_cause(walk: Walk, monkeypatch: Patch) -> None:
    walk.step("wait", hours=24 * 35)
    walk.step("settle")
    monkeypatch.setattr(facts, "confirmed_by", lambda source, now: None)
    with pytest.raises(AssertionError, match="G9: company"):
        walk.step("calm")


def test_without_the_mass_guard_all_would_be_closed_at_once(walk: Walk, monkeypatch: Patch) -> None:
    monkeypatch.setattr(counting, "is_mass_change", lambda losing, **numbers: False)
    walk.step("suspend_all")
    with pytest.raises(AssertionError, match="G11: 3 of 3"):
        walk.step("sync")


def test_a_date_that_whmcs_never_said_would_be_seen(walk: Walk) -> None:
    company = Company.objects.latest("pk")
    Company.objects.filter(pk=company.pk).update(due_date=timezone.localdate().replace(year=2040))
    with pytest.raises(AssertionError, match="G6: company"):
        walk.step("sync")
