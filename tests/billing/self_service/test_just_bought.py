"""Between a purchase and the first reading: what a visitor is told, and that it tells nothing else."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.recovery import pauses
from companies.models import Company, Role, User
from sandbox import SandboxServer, Shop
from tests.billing.conftest import Sync
from tests.billing.factories import gateway_for
from tests.companies.factories import make_person, sign_in, type_password

pytestmark = pytest.mark.django_db


def plan_next(gateway: WhmcsGateway, **away: int) -> None:
    WhmcsGateway.objects.filter(pk=gateway.pk).update(next_sync_at=timezone.now() + timedelta(**away))


def told() -> str:
    found = re.search(r"<strong>([^<]*)</strong>", Client().get("/just-bought/").content.decode())
    return found[1] if found else ""


def test_the_page_says_when_purchases_are_looked_for_next(gateway: WhmcsGateway) -> None:
    plan_next(gateway, minutes=4)
    assert told() == "The next look is within 4 minutes."
    plan_next(gateway, minutes=-4)
    assert told() == "The next look is within 1 minute."


def test_of_several_gateways_the_first_that_is_read_counts(gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    other = gateway_for(whmcs, "Other")
    plan_next(gateway, minutes=9)
    plan_next(other, minutes=3)
    assert "3 minutes" in told()
    WhmcsGateway.objects.filter(pk=other.pk).update(is_enabled=False)
    assert "9 minutes" in told()
    pauses.pause_all(pauses.RESTORED)
    assert "not being read" in told()


def test_a_failed_sign_in_says_the_same_to_known_and_unknown_addresses(gateway: WhmcsGateway) -> None:
    plan_next(gateway, minutes=4)
    make_person("known@example.com")
    pages = []
    for email in ("known@example.com", "other@example.com"):
        page = type_password(Client(), email, "not the password").content.decode()
        assert "may still be on its way. The next look is within 4 minutes." in page
        pages.append(re.sub(r'value="[\w-]{64}"', "", page).replace(email, ""))
    assert pages[0] == pages[1]


def test_the_sign_in_page_itself_leads_there(gateway: WhmcsGateway) -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert '"/just-bought/"' in page
    assert "on its way" not in page


def test_owners_have_a_link_to_their_service_in_the_shop_and_members_have_not(
    gateway: WhmcsGateway, shop: Shop, run: Sync
) -> None:
    service = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    run()
    link = f"{gateway.customer_url}?action=productdetails&amp;id={service.id}"
    assert link in sign_in(User.objects.get(email="alice@example.com")).get("/").content.decode()
    member = make_person("carol@example.com", company=Company.objects.get(), role=Role.MEMBER)
    assert "clientarea" not in sign_in(member).get("/").content.decode()
