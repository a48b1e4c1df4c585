"""People and clients who are here already, buy again, move, or come back."""

import pytest
from django.contrib.auth import authenticate

from billing.models import Kind, Subscription
from companies.access import State
from companies.models import Company, Invitation, Membership, User
from companies.standings.facts import access_of
from sandbox import Shop
from tests.billing.conftest import Sync
from tests.billing.shopping import PASSWORD, buy, counts, open_kinds

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_client_buying_again_owns_both_companies(shop: Shop, run: Sync) -> None:
    first = buy(shop)
    run()
    buy(shop, client_id=first.client_id, password="a different password")
    run()
    assert Membership.objects.filter(user=User.objects.get(), role="owner").count() == 2
    assert authenticate(username="alice@example.com", password=PASSWORD) is not None


def test_another_client_with_that_address_leads_to_an_invitation(shop: Shop, run: Sync) -> None:
    buy(shop)
    run()
    buy(shop, email="Alice@Example.com", password="the attacker's password")
    run()
    assert Invitation.objects.get().email == "alice@example.com"
    assert open_kinds() == {Kind.OWNER_INVITED}
    assert authenticate(username="alice@example.com", password="the attacker's password") is None


def test_an_operators_account_is_never_touched(shop: Shop, run: Sync) -> None:
    root = User.objects.create_superuser("alice@example.com", "operator's password")
    buy(shop)
    assert run().created == 1
    assert not Membership.objects.filter(user=root).exists()
    assert not Invitation.objects.exists()
    assert open_kinds() == {Kind.OWNER_IS_OPERATOR}


def test_a_new_purchase_reopens_the_company_of_a_client_whose_services_have_ended(shop: Shop, run: Sync) -> None:
    first = buy(shop)
    run()
    shop.terminate(first.id)
    run()
    buy(shop, client_id=first.client_id, plan="Business", password="another password")
    assert counts(run()) == {"seen": 2, "changed": 1, "unchanged": 1}
    company = Company.objects.get()
    assert (company.plan.name, access_of(company).state) == ("Business", State.OPEN)
    assert authenticate(username="alice@example.com", password=PASSWORD) is not None


def test_a_purchase_in_the_moment_in_which_the_old_service_comes_back_is_a_company_of_its_own(
    shop: Shop, run: Sync
) -> None:
    first = buy(shop)
    run()
    shop.terminate(first.id)
    run()
    shop.activate(first.id)
    second = buy(shop, client_id=first.client_id, plan="Business")
    run()
    plans = dict(Subscription.objects.values_list("service_id", "company__plan__name"))
    assert plans == {first.id: "Team", second.id: "Business"}


def test_a_new_purchase_reopens_a_company_whose_service_went_from_fraud_back_to_pending(shop: Shop, run: Sync) -> None:
    first = buy(shop)
    run()
    shop.mark_fraud(first.id)
    run()
    shop.set_back_to_pending(first.id)
    run()
    assert access_of(Company.objects.get()).state is State.BLOCKED
    buy(shop, client_id=first.client_id)
    run()
    assert access_of(Company.objects.get()).state is State.OPEN


def test_the_suspected_service_itself_opens_its_company_when_it_is_cleared(shop: Shop, run: Sync) -> None:
    first = buy(shop)
    run()
    shop.mark_fraud(first.id)
    run()
    shop.set_back_to_pending(first.id)
    run()
    shop.activate(first.id)
    run()
    assert access_of(Company.objects.get()).state is State.OPEN
    assert authenticate(username="alice@example.com", password=PASSWORD) is not None


def test_merged_clients_keep_both_companies_and_both_owners(shop: Shop, run: Sync) -> None:
    alice, bob = buy(shop, "Alice"), buy(shop, "Bob")
    run()
    owners = set(Membership.objects.values_list("company_id", "user_id"))
    shop.merge_clients(alice.client_id, bob.client_id)
    run()
    assert open_kinds() == {Kind.CLIENT_CHANGED}
    assert set(Membership.objects.values_list("company_id", "user_id")) == owners
    assert all(access_of(company).is_open for company in Company.objects.all())
    assert run().outcome == "complete"
