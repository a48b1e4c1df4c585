"""The judge of companies of several services sees red, too: with one guard switched off, a short walk breaks what the
guard is there for."""

import pytest
from django.utils import timezone

from billing.reconcile import Action
from billing.steps.changes import deciding
from billing.steps.losses import second_reading
from billing.steps.pages import page, unreadable
from companies import lifecycle
from companies.events import Actor, Code
from companies.models import Company
from companies.standings import facts
from companies.story import new_event, tell
from tests.walk import stories
from tests.walk.several import Several

Patch = pytest.MonkeyPatch


def test_a_payment_for_another_service_that_is_not_read_would_be_missed(several: Several, monkeypatch: Patch) -> None:
    several.step("suspend", service=0)
    several.step("settle")
    several.step("unsuspend", service=0)
    several.step("suspend", service=1)
    monkeypatch.setattr(second_reading, "_read_others", lambda client, known: [])
    with pytest.raises(AssertionError, match="G1: company"):
        several.step("read_one", service=1)


def test_a_clock_that_opened_nobody_would_lock_out_who_is_known_to_pay(several: Several, monkeypatch: Patch) -> None:
    several.step("move_due_date", service=0, days=99)
    several.step("settle")
    monkeypatch.setattr("tests.walk.several.open_paid_companies", lambda now: None)
    with pytest.raises(AssertionError, match="is known to be paid and is"):
        several.step("leave_unread", days=60)


def test_a_story_that_says_closed_of_an_open_company_would_be_seen(several: Several) -> None:
    company = Company.objects.earliest("pk")
    after = stories.last_event()
    tell([new_event(company.pk, Code.CLOSED_OVERDUE, Actor("somebody"), timezone.now())])
    with pytest.raises(AssertionError, match="was told to be closed and is open"):
        stories.ensure_told(after)


def test_a_story_that_goes_on_from_what_nobody_told_would_be_seen(several: Several) -> None:
    after = stories.last_event()
    _tell_change({"plan": "Starter"}, {"plan": "Team"})
    _tell_change({"plan": "Starter"}, {"plan": "Business"})
    with pytest.raises(AssertionError, match=r"goes from {'plan': 'Team'} on with {'plan': 'Starter'}"):
        stories.ensure_told(after)


def test_a_story_that_takes_back_what_it_told_would_be_seen(several: Several) -> None:
    after = stories.last_event()
    _tell_change({"plan": "Business"}, {"plan": "Team"})
    _tell_change({"plan": "Team"}, {"plan": "Business"})
    with pytest.raises(AssertionError, match="and that it was so"):
        stories.ensure_told(after)


def test_a_story_that_ends_with_what_does_not_stand_here_would_be_seen(several: Several) -> None:
    after = stories.last_event()
    _tell_change({"plan": "Business"}, {"plan": "Team"})
    with pytest.raises(AssertionError, match=r"ends with {'plan': 'Team'}, and it is {'plan': 'Business'}"):
        stories.ensure_told(after)


def _tell_change(before: dict[str, str], after: dict[str, str]) -> None:
    company = Company.objects.earliest("pk")
    actor, now = Actor("somebody"), timezone.now()
    tell([new_event(company.pk, Code.BILLING_CHANGED, actor, now, before=before, after=after)])


def test_a_few_broken_records_that_stopped_the_reading_would_be_seen(several: Several, monkeypatch: Patch) -> None:
    for address in ("bob", "eva"):
        several.step("buy", address=address)
    several.step("sync")
    several.step("poison", service=2)
    monkeypatch.setattr(unreadable, "are_too_many", lambda bad, of: bad > 0)
    with pytest.raises(AssertionError, match="few rows are poisoned"):
        several.step("settle")


def test_a_company_that_stayed_unreadable_would_be_seen(several: Several, monkeypatch: Patch) -> None:
    several.step("poison", service=0)
    several.step("settle")
    several.step("heal_all")
    monkeypatch.setattr(lifecycle, "mark_readable", lambda ids, **details: None)
    with pytest.raises(AssertionError, match="can be read, and is unreadable"):
        several.step("settle")


def test_a_closing_that_waited_for_nothing_would_be_seen(several: Several, monkeypatch: Patch) -> None:
    several.step("move_due_date", service=0, days=-60)
    several.step("move_due_date", service=1, days=-60)
    several.step("trouble", kind="no lookups")
    several.step("sync")
    several.step("move_due_date", service=1, days=60)
    monkeypatch.setattr(lifecycle, "release_closings", lambda ids, **details: None)
    with pytest.raises(AssertionError, match="G4: the closing of company"):
        several.step("settle")


def test_a_broken_record_that_kept_who_does_not_pay_in_for_ever_would_be_seen(
    several: Several, monkeypatch: Patch
) -> None:
    several.step("poison", service=0)
    several.step("poison", service=1)
    several.step("settle")
    monkeypatch.setattr(facts, "_unconfirmed_days", lambda row, source: None)
    several.step("wait", hours=24 * 80)
    with pytest.raises(AssertionError, match="G4: company"):
        several.step("settle")


def test_good_news_that_waited_for_a_broken_record_would_be_seen(several: Several, monkeypatch: Patch) -> None:
    """As if all that WHMCS says of the company waited until each of its records can be read."""
    several.step("poison", service=0)
    several.step("settle")
    decide = deciding.observe_and_decide

    def wait(*args: object, **details: object) -> list[object]:
        return [one._replace(action=Action.NOTHING) for one in decide(*args, **details)]  # type: ignore[arg-type]

    monkeypatch.setattr(page, "observe_and_decide", wait)
    several.step("move_due_date", service=1, days=60)
    with pytest.raises(AssertionError, match="G4: service"):
        several.step("settle")
