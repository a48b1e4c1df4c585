"""A company of several services, all of which have run out: the one that kept it open longest speaks for it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from billing.models import Subscription, WhmcsGateway
from companies.access import Reason
from companies.events import Code
from companies.models import Company, Event
from companies.standings.facts import access_of
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import buy_two_of_one_company, company_of, counts, overdue, standing

pytestmark = pytest.mark.django_db(transaction=True)
RAN_OUT = timezone.localdate() - timedelta(days=5)


@pytest.fixture
def older(shop: Shop, run: Sync) -> int:
    """The older speaks for the company, for the newer ran out long ago; then the date of the older passes, too."""
    first, second = buy_two_of_one_company(shop, run)
    overdue(shop, second)
    run()
    assert standing() == ("Team", True)
    pass_date(shop, first, RAN_OUT)
    return first


def pass_date(shop: Shop, service: int, day: date) -> None:
    shop.move_due_date(service, day)
    Subscription.objects.filter(service_id=service).update(due_date=day)
    Company.objects.update(due_date=day)
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - timedelta(days=4))


def test_it_is_closed_since_the_later_date_and_keeps_its_plan(run: Sync, older: int) -> None:
    """It was open until then, and its people are told so."""
    told = Event.objects.count()
    assert counts(run())["changed"] == 1
    access = access_of(company_of(older))
    grace = WhmcsGateway.objects.get().grace_days
    assert (access.reason, access.since) == (Reason.OVERDUE, RAN_OUT + timedelta(days=grace + 1))
    assert standing() == ("Team", False)
    assert [event.code for event in Event.objects.order_by("pk")[told:]] == [Code.CLOSED_OVERDUE]
    assert counts(run()) == {"seen": 2, "unchanged": 2}


def test_it_comes_to_the_same_where_it_was_closed_before_anybody_read_it(run: Sync, older: int) -> None:
    long_ago = timezone.now() - timedelta(days=60)
    WhmcsGateway.objects.update(confirmed_at=long_ago, unconfirmed_days=0)
    assert standing() == ("Team", False)
    run()
    assert standing() == ("Team", False)
    assert Company.objects.get().due_date == RAN_OUT
