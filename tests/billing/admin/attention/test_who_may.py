"""Who sees which button of an item, and that forged requests change nothing."""

import pytest
from django.test import Client

from billing.models import AttentionItem, Kind, WhmcsGateway
from tests.billing.admin.attention.items import LIST, asked, item, listed, service, url
from tests.companies.factories import helper, make_company, make_person

pytestmark = pytest.mark.django_db


BUTTONS = {"read_again": "change_company", "dismiss": "change_attentionitem"}


class TestWhoMay:
    @pytest.fixture
    def everything(self, gateway: WhmcsGateway) -> AttentionItem:
        service(gateway)
        person = make_person(password=None, company=make_company())
        item(gateway, Kind.PASSWORD_NEEDED, "6", user_id=str(person.pk), email="x", reason="missing")
        item(gateway, Kind.GATEWAY_ERROR, code="timeout")
        return item(gateway, Kind.PLAN_UNKNOWN, "5", value="x")

    def test_a_viewer_sees_no_buttons(self, everything: AttentionItem) -> None:
        viewer = helper("view_attentionitem")
        for page in (listed(viewer), viewer.get(url(everything)).content.decode()):
            assert "formaction" not in page
            assert "/dismiss/" not in page

    @pytest.mark.parametrize("name", BUTTONS)
    def test_forged_posts_change_nothing(self, everything: AttentionItem, name: str) -> None:
        others = {*BUTTONS.values(), "view_attentionitem", "change_user"} - {BUTTONS[name]}
        client = helper(*others)
        assert client.post(url(everything, name), {"reason": "x"}).status_code == 403
        client.post(LIST, {"action": "dismiss_selected", "_selected_action": [everything.pk], "reason": "x"})
        assert asked() == []
        assert AttentionItem.objects.waiting().count() == (3 if name == "dismiss" else 2)

    def test_each_right_shows_its_button(self, everything: AttentionItem) -> None:
        client = helper("view_attentionitem", "change_company")
        page = listed(client)
        assert url(everything, "read_again") in page
        assert "set-password-link" not in page

    def test_nobody_changes_adds_or_deletes_an_item(self, operator: Client, everything: AttentionItem) -> None:
        assert operator.post(url(everything), {"kind": "paused"}).status_code == 403
        assert operator.post(url(everything, "delete"), {"post": "yes"}).status_code == 403
        assert operator.get(LIST + "add/").status_code == 403
