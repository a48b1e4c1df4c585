"""An operator decides on changes that wait: in the administration and on the command line."""

import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from billing.decisions import approvals
from billing.models import HeldChanges, SyncRun, WhmcsGateway
from billing.wording.attention import question
from billing.wording.moments import moment
from companies.access import Reason
from companies.models import Company, User
from companies.standings.facts import access_of
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(shop: Shop, run: Sync) -> HeldChanges:
    ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
    run()
    for service_id in ids:
        shop.suspend(service_id)
    run()
    return HeldChanges.objects.get()


def is_open() -> list[bool]:
    return [access_of(company).is_open for company in Company.objects.select_related("source").order_by("pk")]


def url(held: HeldChanges, name: str = "change") -> str:
    return reverse(f"admin:billing_heldchanges_{name}", args=[held.pk])


def sync_gateway(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sync_gateway", *arguments, "--json", stdout=out)
    return int(str(ended.value.code)), json.loads(out.getvalue())


class TestInTheAdministration:
    def test_the_page_shows_figures_and_companies(self, held: HeldChanges, operator: Client) -> None:
        page = operator.get(url(held)).content.decode()
        for text in ("3 of 3 companies", "People: 3", "Alice Smith", "suspended", "Approve", "Reject"):
            assert text in page, text

    def test_days_stand_there_as_the_reader_writes_them(self, held: HeldChanges, operator: Client) -> None:
        assert date_format(timezone.localdate(), "DATE_FORMAT") in operator.get(url(held)).content.decode()
        assert f", {timezone.localdate().isoformat()}" not in operator.get(url(held)).content.decode()

    @pytest.mark.parametrize("language", ["en", "es", "pt-br"])
    def test_the_day_of_a_no_is_filled_in_as_a_browser_takes_it(
        self, held: HeldChanges, operator: Client, language: str
    ) -> None:
        """Else the field is empty, and where it is hidden the button does nothing."""
        page = operator.get(url(held), headers={"accept-language": language}).content.decode()
        assert f'value="{approvals.default_keep_until().isoformat()}"' in page

    def test_each_of_the_two_forms_has_fields_of_its_own(self, held: HeldChanges, operator: Client) -> None:
        ids = re.findall(r' id="([^"]+)"', operator.get(url(held)).content.decode())
        assert [one for one in ids if ids.count(one) > 1] == []

    def test_what_needs_attention_leads_there(self, held: HeldChanges, operator: Client) -> None:
        assert url(held) in operator.get(reverse("admin:billing_attentionitem_changelist")).content.decode()

    def test_a_yes_is_acted_upon_by_the_next_run(self, held: HeldChanges, operator: Client, run: Sync) -> None:
        answer = operator.post(url(held, "approve"), {"version": held.version}, follow=True)
        assert "Noted." in answer.content.decode()
        held.refresh_from_db()
        assert (held.verdict, held.decided_by and held.decided_by.email) == ("approved", "op@example.com")
        run()
        assert not any(is_open())

    def test_what_was_decided_stands_there_once_it_was_and_in_words(self, held: HeldChanges, operator: Client) -> None:
        assert "Decided by" not in operator.get(url(held)).content.decode()
        operator.post(url(held, "approve"), {"version": held.version, "reason": "I asked them"})
        page = operator.get(url(held)).content.decode()
        held.refresh_from_db()
        assert "Decided by" in page
        assert held.expires_at is not None
        assert moment(held.expires_at.isoformat()) in page

    def test_what_was_answered_is_not_told_as_if_it_were_still_asked(
        self, held: HeldChanges, operator: Client, run: Sync
    ) -> None:
        assert "approve or reject it" in operator.get(url(held)).content.decode()
        operator.post(url(held, "approve"), {"version": held.version})
        for _ in range(2):
            page = operator.get(url(held)).content.decode()
            assert "would have taken access from 3 of 3 companies" in page
            assert "approve or reject it" not in page
            assert "Nothing was taken" not in page
            run()

    @pytest.mark.parametrize("kind", HeldChanges.Kind)
    def test_a_question_that_went_away_is_told_with_its_figures(self, held: HeldChanges, kind: str) -> None:
        figures = ("losing", "open", "new", "seen", "missing", "known", "different", "compared")
        gone = HeldChanges(kind=kind, closed_at=timezone.now(), figures=dict.fromkeys(figures, 4711))
        assert question(gone).count("4711") == 2

    def test_a_no_keeps_the_companies_open_until_its_day(self, held: HeldChanges, operator: Client, run: Sync) -> None:
        until = timezone.localdate() + timedelta(days=3)
        operator.post(url(held, "reject"), {"version": held.version, "until": until, "reason": "A restored copy"})
        run()
        companies = Company.objects.select_related("source")
        assert {(access_of(c).reason, access_of(c).until) for c in companies} == {(Reason.HELD_OPEN, until)}

    @pytest.mark.parametrize(
        "typed",
        [{}, {"until": "2020-01-01", "reason": "x"}, {"until": "soon", "reason": "x"}, {"until": "2999-01-01"}],
    )
    def test_a_no_needs_a_day_to_come_and_a_reason(
        self, held: HeldChanges, operator: Client, typed: dict[str, str]
    ) -> None:
        answer = operator.post(url(held, "reject"), {"version": held.version, **typed})
        held.refresh_from_db()
        assert (answer.status_code, held.verdict) == (200, "waiting")
        assert "errorlist" in answer.content.decode()

    def test_a_no_that_is_refused_keeps_what_was_typed_and_says_which_field_is_wrong(
        self, held: HeldChanges, operator: Client
    ) -> None:
        typed = {"version": held.version, "until": "2020-01-01", "reason": "The copy of <Monday>"}
        page = operator.post(url(held, "reject"), typed).content.decode()
        assert 'value="The copy of &lt;Monday&gt;"' in page
        assert 'value="2020-01-01"' in page
        assert "This day has passed already." in page.partition('id="reject_until"')[0].rpartition("form-row")[2]
        field = re.search(r'<input[^>]*id="reject_until"[^>]*>', page)
        assert field is not None
        assert "autofocus" in field[0]

    def test_a_no_to_what_changed_since_is_refused_and_needs_not_be_typed_again(
        self, held: HeldChanges, operator: Client
    ) -> None:
        HeldChanges.objects.update(version=held.version + 1)
        typed = {"version": held.version, "until": "2999-01-01", "reason": "A restored copy"}
        page = operator.post(url(held, "reject"), typed).content.decode()
        assert "has changed since you looked" in page
        assert 'value="A restored copy"' in page
        assert f'name="version" value="{held.version + 1}"' in page

    def test_a_bad_answer_to_what_was_decided_meanwhile_says_so(self, held: HeldChanges, operator: Client) -> None:
        operator.post(url(held, "approve"), {"version": held.version})
        page = operator.post(url(held, "reject"), {"version": held.version}).content.decode()
        assert "has changed since you looked, or was decided already" in page
        assert "No, this is a mistake" not in page

    def test_a_no_to_a_first_import_switches_the_gateway_off_and_asks_no_second_time(
        self, shop: Shop, gateway: WhmcsGateway, operator: Client, run: Sync, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing.steps.safeguards.first_import.UNASKED", 1)
        for name in ("Alice", "Bob"):
            buy(shop, name)
        assert run().outcome == "held"
        first = HeldChanges.objects.get()
        asked_for: list[object] = []
        monkeypatch.setattr("billing.tasks._send", lambda task, *arguments, **_: asked_for.append(arguments))
        answer = {"version": first.version, "until": timezone.localdate(), "reason": "The wrong product"}
        page = operator.post(url(first, "reject"), answer, follow=True).content.decode()
        assert "Noted. The gateway is switched off: put right what is wrong" in page
        assert asked_for == []
        assert not WhmcsGateway.objects.get().is_enabled

    def test_a_yes_to_an_older_version_is_refused_with_a_sentence(self, held: HeldChanges, operator: Client) -> None:
        answer = operator.post(url(held, "approve"), {"version": held.version - 1}, follow=True)
        held.refresh_from_db()
        assert held.verdict == "waiting"
        assert "has changed since you looked" in answer.content.decode()

    def test_looking_decides_nothing(self, held: HeldChanges, operator: Client) -> None:
        assert operator.get(url(held, "approve")).status_code == 405
        held.refresh_from_db()
        assert held.verdict == "waiting"

    def test_who_may_only_look_sees_no_buttons_and_is_refused(self, held: HeldChanges, operator: Client) -> None:
        viewer = User.objects.create_user("viewer@example.com", "x", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_heldchanges"))
        operator.force_login(viewer)
        assert url(held, "approve") not in operator.get(url(held)).content.decode()
        assert operator.post(url(held, "approve"), {"version": held.version}).status_code == 403
        held.refresh_from_db()
        assert held.verdict == "waiting"


class TestOnTheCommandLine:
    def test_what_waits_is_printed_with_its_figures(self, held: HeldChanges) -> None:
        status, printed = sync_gateway()
        assert status == 1
        (waiting,) = printed["waiting"]
        assert (waiting["kind"], waiting["figures"]["losing"], len(waiting["companies"])) == ("losses", "3", 3)
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("sync_gateway", stdout=out)
        assert "waits for --approve or --reject" in out.getvalue()

    def test_approve_says_yes_and_acts_on_it(self, held: HeldChanges) -> None:
        status, printed = sync_gateway("Shop", "--approve")
        assert (status, printed["outcome"], printed["changed"]) == (0, "complete", 3)
        assert [decided["verdict"] for decided in printed["decided"]] == ["approved"]
        assert not any(is_open())

    def test_approve_covers_nothing_that_was_not_held_before(self, shop: Shop, run: Sync) -> None:
        ids = [buy(shop, name).id for name in ("Alice", "Bob", "Charlie")]
        run()
        for service_id in ids:
            shop.suspend(service_id)
        status, printed = sync_gateway("--approve")
        assert (status, printed["decided"], len(printed["waiting"])) == (1, [], 1)
        assert all(is_open())

    def test_reject_keeps_the_companies_open(self, held: HeldChanges) -> None:
        status, printed = sync_gateway("--reject", "--reason", "A restored copy")
        assert (status, printed["outcome"]) == (1, "held")
        assert all(is_open())
        assert set(Company.objects.values_list("hold_reason", flat=True)) == {"A restored copy"}

    def test_reject_of_a_first_import_reads_nothing_that_would_ask_again(
        self, shop: Shop, gateway: WhmcsGateway, run: Sync, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing.steps.safeguards.first_import.UNASKED", 1)
        for name in ("Alice", "Bob"):
            buy(shop, name)
        asked = run()
        status, printed = sync_gateway("--reject")
        assert (status, printed["outcome"], printed["waiting"]) == (1, "held", [])
        assert [decided["verdict"] for decided in printed["decided"]] == ["rejected"]
        assert SyncRun.objects.latest("pk") == asked
        assert not HeldChanges.objects.waiting().exists()

    def test_reject_until_a_day_that_has_passed_is_refused(self, held: HeldChanges) -> None:
        with pytest.raises(CommandError, match="has passed already"):
            call_command("sync_gateway", "--reject", "--until", "2020-01-01")
        held.refresh_from_db()
        assert held.verdict == "waiting"

    def test_a_first_import_is_shown_and_done_after_a_yes(
        self, shop: Shop, gateway: WhmcsGateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("billing.steps.safeguards.first_import.UNASKED", 1)
        for name in ("Alice", "Bob"):
            buy(shop, name)
        status, printed = sync_gateway()
        assert (status, printed["waiting"][0]["figures"]["new"], Company.objects.count()) == (1, 2, 0)
        status, printed = sync_gateway("--approve")
        assert (status, Company.objects.count()) == (0, 2)
