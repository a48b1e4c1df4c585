"""A company whose subscription has ended: what its people read, and that buying again opens it again."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import WhmcsGateway
from billing.recovery import pauses
from companies.models import Company, Role, User
from sandbox import SandboxServer, Service, Shop
from tests.billing.conftest import Sync
from tests.companies.factories import make_person, sign_in

pytestmark = pytest.mark.django_db
AGAIN = {
    "en": "There is no payment to check any more. Buy it again in the shop",
    "es": "Ya no hay ningún pago que comprobar. Vuelva a contratarlo en la tienda",
    "pt-br": "Não há mais nenhum pagamento a verificar. Compre de novo na loja",
}
NOT_OFFERED = ("I have paid, check now", "Go to your invoices", "After you paid")


@pytest.fixture
def bought(shop: Shop, run: Sync) -> Service:
    """Alice's service, set up here, with somebody in her team."""
    service = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    run()
    make_person("carol@example.com", company=Company.objects.get(), role=Role.MEMBER)
    return service


@pytest.fixture
def owner(bought: Service) -> Client:
    return sign_in(User.objects.get(email="alice@example.com"))


def read(client: Client) -> str:
    return client.get("/").content.decode()


@pytest.mark.parametrize("how", ["terminate", "cancel"])
def test_the_owner_reads_that_a_new_purchase_opens_it_again_and_finds_the_shop(
    owner: Client, bought: Service, shop: Shop, run: Sync, whmcs: SandboxServer, how: str
) -> None:
    getattr(shop, how)(bought.id)
    run()
    WhmcsGateway.objects.update(next_sync_at=timezone.now())
    page = read(owner)
    assert AGAIN["en"] in page
    assert "The next look is within 1 minute." in page
    assert f'href="{whmcs.url}/cart.php?a=add&amp;pid=7"' in page
    assert not [words for words in NOT_OFFERED if words in page]


@pytest.mark.parametrize("language", AGAIN)
def test_the_owner_reads_it_in_their_language(
    owner: Client, bought: Service, shop: Shop, run: Sync, language: str
) -> None:
    shop.terminate(bought.id)
    run()
    User.objects.update(language=language)
    assert AGAIN[language] in read(owner)


def test_buying_again_in_that_shop_opens_the_same_company_for_the_same_people(
    owner: Client, bought: Service, shop: Shop, run: Sync
) -> None:
    shop.terminate(bought.id)
    run()
    member = sign_in(User.objects.get(email="carol@example.com"))
    assert [client.get("/").status_code for client in (owner, member)] == [403, 403]
    shop.buy(client_id=bought.client_id, plan="Team", password="another one, never used")
    run()
    assert [client.get("/").status_code for client in (owner, member)] == [200, 200]
    assert Company.objects.count() == 1


def test_others_read_who_can_see_to_it_and_nothing_of_the_shop(
    owner: Client, bought: Service, shop: Shop, run: Sync
) -> None:
    shop.terminate(bought.id)
    run()
    page = read(sign_in(User.objects.get(email="carol@example.com")))
    assert "<li>Alice Smith</li>" in page
    assert not [words for words in (*NOT_OFFERED, AGAIN["en"], "cart.php") if words in page]


def test_where_nobody_looks_for_purchases_nobody_is_told_to_wait(
    owner: Client, bought: Service, shop: Shop, run: Sync
) -> None:
    shop.terminate(bought.id)
    run()
    pauses.pause_all(pauses.RESTORED)
    assert re.search("Purchases are not being read at the moment", read(owner))


def test_who_is_marked_as_fraud_is_offered_nothing_that_would_not_help(
    owner: Client, bought: Service, shop: Shop, run: Sync
) -> None:
    shop.mark_fraud(bought.id)
    run()
    page = read(owner)
    assert "Ask whoever sold you the access." in page
    assert not [words for words in (*NOT_OFFERED, AGAIN["en"], "cart.php") if words in page]
