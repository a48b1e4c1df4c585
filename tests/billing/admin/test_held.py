"""The list of questions that wait for a yes or a no, or did."""

import pytest
from django.test import Client
from django.utils import timezone

from billing.models import HeldChanges, WhmcsGateway
from tests.billing.factories import make_gateway

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(db: None) -> WhmcsGateway:
    return make_gateway()


def test_a_question_that_went_away_does_not_read_as_if_it_waited(operator: Client, gateway: WhmcsGateway) -> None:
    held = HeldChanges.objects.create(gateway=gateway, kind=HeldChanges.Kind.ABSENT)
    pages = {"/admin/billing/heldchanges/": "td", f"/admin/billing/heldchanges/{held.pk}/change/": "div"}
    assert not any(f">none was needed</{tag}" in operator.get(page).content.decode() for page, tag in pages.items())
    HeldChanges.objects.update(closed_at=timezone.now())
    assert all(f">none was needed</{tag}" in operator.get(page).content.decode() for page, tag in pages.items())


def test_questions_are_found_by_the_words_that_stand_there(operator: Client, gateway: WhmcsGateway) -> None:
    verdicts = [("waiting", None), ("waiting", timezone.now()), ("approved", None), ("rejected", timezone.now())]
    for kind, (verdict, closed_at) in zip(HeldChanges.Kind, verdicts, strict=True):
        HeldChanges.objects.create(gateway=gateway, kind=kind, verdict=verdict, closed_at=closed_at)
    for value, kind in zip(("waiting", "none", "approved", "rejected"), HeldChanges.Kind, strict=True):
        listed = operator.get(f"/admin/billing/heldchanges/?verdict__exact={value}").context["cl"].result_list
        assert [held.kind for held in listed] == [kind], value
