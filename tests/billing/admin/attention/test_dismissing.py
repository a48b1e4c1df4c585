"""Putting an item aside, on its page, in the list, and for many at once."""

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import AttentionItem, Kind, WhmcsGateway
from companies.models import AuditEntry, User
from tests.billing.admin.attention.items import LIST, item, listed, url

pytestmark = pytest.mark.django_db


class TestDismissing:
    def test_it_asks_why_and_keeps_the_answer(self, operator: Client, gateway: WhmcsGateway) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        assert "What is dismissed" in operator.get(url(one, "dismiss")).content.decode()
        assert operator.post(url(one, "dismiss"), {"reason": " "}).status_code == 200
        assert AttentionItem.objects.waiting().exists()
        operator.post(url(one, "dismiss"), {"reason": "sold by hand"})
        one.refresh_from_db()
        assert (one.dismiss_reason, one.dismissed_by, one.closed_at) == (
            "sold by hand", User.objects.get(email="op@example.com"), None,
        )  # fmt: skip
        assert "sold by hand" in operator.get(url(one)).content.decode()
        entry = AuditEntry.objects.get(code="attention_dismissed")
        assert entry.details == {"count": "1", "reason": "sold by hand"}

    def test_what_does_not_wait_any_more_is_told_and_nothing_is_done(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        one = item(gateway, Kind.VANISHED, "5")
        operator.post(url(one, "dismiss"), {"reason": "sold by hand"})
        for ask in (operator.get, operator.post):
            answer = ask(url(one, "dismiss"), {"reason": "again"}, follow=True)
            assert answer.redirect_chain == [(url(one), 302)]
            assert "Nothing was done: this is no longer waiting." in answer.content.decode()
        one.refresh_from_db()
        assert one.dismiss_reason == "sold by hand"
        assert operator.get(url(one, "dismiss").replace(f"/{one.pk}/", "/99999/")).status_code == 404

    @pytest.mark.parametrize(("state", "offered"), [("", True), ("all", True), ("closed", False), ("dismissed", False)])
    def test_it_is_offered_only_where_something_waits(
        self, state: str, offered: bool, operator: Client, gateway: WhmcsGateway
    ) -> None:
        item(gateway, Kind.VANISHED, "5")
        for columns in ({"closed_at": timezone.now()}, {"dismissed_at": timezone.now()}):
            AttentionItem.objects.filter(pk=item(gateway, Kind.VANISHED, f"6{columns.keys()}").pk).update(**columns)
        page = listed(operator, f"?state={state}" if state else "")
        assert ('value="dismiss_selected"' in page) is offered
        assert "Service vanished from WHMCS" in page

    def test_many_are_dismissed_for_one_reason(self, operator: Client, gateway: WhmcsGateway) -> None:
        picked = [item(gateway, Kind.VANISHED, str(n)).pk for n in range(3)]
        item(gateway, Kind.VANISHED, "9")
        form = {"action": "dismiss_selected", "_selected_action": picked}
        question = operator.post(LIST, form).content.decode()
        assert question.count('name="_selected_action"') == 3
        assert AttentionItem.objects.waiting().count() == 4
        operator.post(LIST, {**form, "reason": "all sold by hand"})
        assert AttentionItem.objects.waiting().get().subject == "9"

    def test_each_state_has_a_list(self, operator: Client, gateway: WhmcsGateway) -> None:
        for name in ("waits", "aside", "over"):
            item(gateway, Kind.STATUS_UNKNOWN, name, status=f"-{name}-")
        over = AttentionItem.objects.filter(subject="over")
        over.update(closed_at=over.get().opened_at)
        AttentionItem.objects.filter(subject="aside").update(dismissed_at=over.get().opened_at)
        for query, shown in {
            "": {"waits"}, "?state=dismissed": {"aside"}, "?state=closed": {"over"},
            "?state=all": {"waits", "aside", "over"},
        }.items():  # fmt: skip
            page = listed(operator, query)
            assert {name for name in ("waits", "aside", "over") if f"-{name}-" in page} == shown
