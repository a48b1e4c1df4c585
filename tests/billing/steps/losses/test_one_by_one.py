"""Companies that lose access by one message after the other are no smaller a change than all of them on one list."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from billing.models import AttentionItem, HeldChanges, Kind, WhmcsGateway
from billing.previews import preview_gateway
from billing.wording.attention import explain, question
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import Service, Shop
from tests.billing.conftest import Approve, Sync
from tests.billing.shopping import buy, counts

BEFORE = "Others have lost access since the last complete reading, as WHMCS told of one after the other: 2."
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(shop: Shop, gateway: WhmcsGateway, run: Sync) -> list[Service]:
    """Ten, of which WHMCS has suspended five; two companies may lose access at once."""
    WhmcsGateway.objects.update(mass_change_count=2)
    services = [buy(shop, f"Name{number}") for number in range(10)]
    run()
    for service in services[:5]:
        shop.suspend(service.id)
    return services


def count_open() -> int:
    return sum(access_of(company).is_open for company in Company.objects.select_related("source"))


def test_the_first_few_companies_lose_access_and_the_others_wait_for_approval(
    services: list[Service], run: Sync, approve: Approve
) -> None:
    outcomes = [run(service_id=service.id).outcome for service in services[:5]]
    assert outcomes == ["complete", "complete", "held", "held", "held"]
    assert counts(run()) == {"seen": 10, "unchanged": 7, "held": 3}
    assert counts(run()) == {"seen": 10, "unchanged": 7, "held": 3}  # and go on waiting
    assert count_open() == 8
    assert approve() == 1
    assert counts(run()) == {"seen": 10, "unchanged": 7, "changed": 3}
    assert count_open() == 5


def test_the_question_also_counts_the_companies_that_were_closed_before(services: list[Service], run: Sync) -> None:
    for service in services[:3]:
        run(service_id=service.id)
    assert question(HeldChanges.objects.get()).splitlines()[0].endswith(BEFORE)
    assert explain(AttentionItem.objects.get(kind=Kind.LOSSES_HELD)).endswith(BEFORE)


def test_a_preview_also_counts_the_companies_that_were_closed_before(
    shop: Shop, services: list[Service], run: Sync
) -> None:
    for service in services[3:5]:
        shop.unsuspend(service.id)
    for service in services[:2]:
        run(service_id=service.id)
    preview = preview_gateway(WhmcsGateway.objects.get())
    assert [(error.code, error.params["lost"]) for error in preview.questions] == [("unsafe_change_set", "2")]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("language", "words"), [("en", BEFORE), ("es", "según WHMCS avisó de una tras otra: 2.")])
def test_a_preview_uses_the_words_of_the_question_for_companies_closed_before(
    services: list[Service], run: Sync, gateway: WhmcsGateway, operator: Client, language: str, words: str
) -> None:
    for service in services[:2]:
        run(service_id=service.id)
    answer = operator.post(reverse("admin:billing_whmcsgateway_make_preview", args=[gateway.pk]))
    page = operator.get(answer["Location"], headers={"Accept-Language": language}).content.decode()
    assert words in page


@pytest.mark.parametrize("how", ["--preview", "--save-preview"])
def test_the_command_line_also_counts_the_companies_that_were_closed_before(
    services: list[Service], run: Sync, how: str
) -> None:
    for service in services[:2]:
        run(service_id=service.id)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("sync_gateway", how, stdout=out)
    assert "would ask first: One run would take access from 3 of 8 companies." in out.getvalue()
    assert BEFORE in out.getvalue()


def test_the_count_starts_again_after_a_complete_reading_that_asks_nothing(
    shop: Shop, services: list[Service], run: Sync
) -> None:
    for service in services[2:5]:
        shop.unsuspend(service.id)
    for service in services[:2]:
        run(service_id=service.id)
    assert run().outcome == "complete"
    shop.suspend(services[2].id)
    assert run(service_id=services[2].id).outcome == "complete"
    assert count_open() == 7


def test_approved_closings_do_not_count(shop: Shop, services: list[Service], run: Sync, approve: Approve) -> None:
    run()
    approve()
    for service in services[:5]:
        assert run(service_id=service.id).outcome == "complete"
    shop.suspend(services[5].id)
    assert run(service_id=services[5].id).outcome == "complete"
    assert count_open() == 4
