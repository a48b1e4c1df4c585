"""The gateway's form: what it teaches beside its fields, what may be pasted into them, and what comes after saving."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.admin.gateway.product_code import find_product_code
from billing.models import Subscription, SyncRun, WhmcsGateway
from companies.models import User
from plans.models import Plan
from tests.billing.factories import make_gateway
from tests.billing.gateway_page import form_of, save
from tests.companies.factories import make_company

pytestmark = pytest.mark.django_db
ADD = "admin:billing_whmcsgateway_add"


def page(operator: Client, gateway: WhmcsGateway | None = None) -> str:
    url = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk]) if gateway else reverse(ADD)
    return operator.get(url).content.decode()


@pytest.mark.parametrize(
    ("pasted", "code"),
    [
        ("7", "7"),
        ("https://billing.example.com/cart.php?a=add&pid=7", "7"),
        (" https://billing.example.com/cart.php?a=add&pid=7&carttpl=standard#x ", "7"),
        ("https://billing.example.com/admin/configproducts.php?action=edit&id=12#tab=3", "12"),
        ("cart.php?gid=3&pid=12", "12"),
        ("https://billing.example.com/store/ticketz", "https://billing.example.com/store/ticketz"),
        ("https://x.example/cart.php?pid=7&id=8", "https://x.example/cart.php?pid=7&id=8"),
        ("https://[broken?pid=7", "https://[broken?pid=7"),
        ("?pid=seven", "?pid=seven"),
    ],
)
def test_the_number_is_taken_out_of_a_pasted_address(pasted: str, code: str) -> None:
    assert find_product_code(pasted) == code


def test_an_empty_form_asks_for_each_field_once(operator: Client) -> None:
    errors = operator.post(reverse(ADD), {}).context["adminform"].form.errors
    assert {"name", "base_url", "api_identifier", "api_secret", "product_code"} <= errors.keys()
    assert [field for field, messages in errors.items() if len(messages) > 1] == []


def test_the_page_of_a_gateway_that_was_switched_off_says_so_and_how_it_is_switched_on(
    operator: Client, gateway: WhmcsGateway
) -> None:
    for columns in ({"confirmed_at": timezone.now()}, {"is_enabled": False, "confirmed_at": None}):
        WhmcsGateway.objects.update(**columns)
        assert "Switched off: nothing is read by itself." not in page(operator, gateway)
    WhmcsGateway.objects.update(confirmed_at=timezone.now())
    assert "Switched off: nothing is read by itself." in page(operator, gateway)


class TestSaving:
    def test_a_pasted_address_becomes_the_number(self, operator: Client, gateway: WhmcsGateway) -> None:
        save(operator, gateway, product_code="https://billing.example.com/cart.php?a=add&pid=12")
        gateway.refresh_from_db()
        assert gateway.product_code == 12

    def test_another_product_than_that_of_known_companies_is_told_of(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        Subscription.objects.create(
            gateway=gateway, service_id=1, client_id=1, product_id=7, company=make_company(), status="Active"
        )
        url = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])
        words = "are not found any more. If that is a slip, enter the previous code again: 7."
        assert words in operator.post(url, form_of(gateway, product_code=8), follow=True).content.decode()
        gateway.refresh_from_db()
        assert words not in operator.post(url, form_of(gateway, product_code=7), follow=True).content.decode()

    def test_another_product_than_that_of_purchases_that_wait_is_told_of(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        Subscription.objects.create(
            gateway=gateway, service_id=1, client_id=1, product_id=7, status="Active", is_settled=False
        )
        url = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])
        words = "1 purchase of another product than 8 waits for its company, and is left alone from now on."
        assert words in operator.post(url, form_of(gateway, product_code=8), follow=True).content.decode()
        gateway.refresh_from_db()
        assert "left alone" not in operator.post(url, form_of(gateway, product_code=7), follow=True).content.decode()

    @pytest.mark.parametrize("typed", ["https://x.example/store/ticketz", "0", "-7", "7.0", "٧", "", "9" * 30])
    def test_what_is_no_product_code_is_refused(self, operator: Client, gateway: WhmcsGateway, typed: str) -> None:
        assert save(operator, gateway, product_code=typed).status_code == 200
        gateway.refresh_from_db()
        assert gateway.product_code == 7

    def test_a_secret_typed_beside_a_mistake_is_asked_for_again_and_never_quietly_lost(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        shown = save(operator, gateway, api_secret="a new one", product_code="abc").content.decode()
        assert "Type the API secret once more" in shown
        assert "a new one" not in shown
        assert "Type the API secret once more" not in save(operator, gateway, product_code="x").content.decode()

    def test_a_new_secret_has_its_day_and_nothing_else_moves_it(self, operator: Client, gateway: WhmcsGateway) -> None:
        save(operator, gateway, grace_days=4)
        gateway.refresh_from_db()
        assert gateway.api_secret_set_at is None
        assert "A secret is set and is shown to nobody." in page(operator, gateway)
        save(operator, gateway, api_secret="another one")
        gateway.refresh_from_db()
        assert gateway.api_secret_set_at is not None
        shown = page(operator, gateway)
        assert "A secret is set since" in shown
        assert "another one" not in shown
        first = gateway.api_secret_set_at
        save(operator, gateway, grace_days=5)
        gateway.refresh_from_db()
        assert gateway.api_secret_set_at == first

    def test_a_new_gateway_leads_to_its_next_steps(self, operator: Client, gateway: WhmcsGateway) -> None:
        typed = form_of(gateway, name="Second", api_secret="a secret", product_code="cart.php?a=add&pid=8")
        answer = operator.post(reverse(ADD), typed, follow=True)
        shown = answer.content.decode()
        second = WhmcsGateway.objects.get(name="Second")
        assert answer.redirect_chain[-1][0] == reverse("admin:billing_whmcsgateway_change", args=[second.pk])
        assert second.api_secret_set_at is not None
        assert "Test its connection next." in shown
        places = [shown.index(f"{words}</") for words in ("Next steps", "Test connection", "Preview", "Sync now")]
        assert places == sorted(places)

    def test_a_new_gateway_is_not_read_before_somebody_has_looked(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        WhmcsGateway.objects.update(confirmed_at=timezone.now(), is_enabled=False)
        assert operator.get(reverse(ADD)).context["adminform"].form["is_enabled"].value() is False
        operator.post(
            reverse(ADD), form_of(gateway, name="Second", api_secret="a secret", product_code=8, is_enabled="")
        )
        second = WhmcsGateway.objects.get(name="Second")
        assert not second.is_enabled
        for pk in (gateway.pk, second.pk):
            operator.post(reverse("admin:billing_whmcsgateway_sync", args=[pk]))
        assert list(WhmcsGateway.objects.filter(is_enabled=True)) == [second]

    @pytest.mark.parametrize("ending", ["", "/", "/includes/api.php"])
    def test_a_second_gateway_to_the_same_product_is_refused(
        self, operator: Client, gateway: WhmcsGateway, ending: str
    ) -> None:
        typed = form_of(gateway, name="Second", api_secret="a secret", base_url=gateway.base_url + ending)
        shown = operator.post(reverse(ADD), typed).content.decode()
        assert "reads this product already: each purchase would become two companies." in shown
        elsewhere = {**typed, "base_url": "https://other.example"}
        operator.post(reverse(ADD), elsewhere)
        second = WhmcsGateway.objects.get(name="Second")
        assert (
            "each purchase would become two companies"
            in save(operator, second, base_url=gateway.base_url, api_secret="a secret").content.decode()
        )

    def test_two_that_read_the_same_product_already_can_be_edited(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        twin = make_gateway("Twin", base_url=gateway.base_url, product_code=gateway.product_code)
        save(operator, twin, grace_days=9)
        twin.refresh_from_db()
        assert twin.grace_days == 9

    def test_who_mends_a_gateway_that_was_never_read_can_try_it_at_once(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        own_page = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])
        assert save(operator, gateway, grace_days=4).url == own_page
        WhmcsGateway.objects.update(confirmed_at=timezone.now())
        assert save(operator, gateway, grace_days=5).url != own_page

    def test_without_a_secret_there_is_no_new_gateway(self, operator: Client, gateway: WhmcsGateway) -> None:
        answer = operator.post(reverse(ADD), form_of(gateway, name="Second"))
        assert "Type the API secret that WHMCS showed" in answer.content.decode()
        assert WhmcsGateway.objects.count() == 1


class TestLessons:
    def test_the_plans_are_there_to_copy_with_odd_characters_made_visible(self, operator: Client) -> None:
        Plan.objects.create(name="Pro\u00a0Max")
        shown = page(operator)
        assert '<code class="copy">Pro\u00a0Max</code>' in shown
        assert "made visible: Pro[U+00A0]Max" in shown

    def test_names_of_plans_are_text(self, operator: Client) -> None:
        Plan.objects.create(name="<script>alert(1)</script>")
        assert "<script>alert" not in page(operator)

    def test_without_plans_it_leads_to_them(self, operator: Client) -> None:
        shown = page(operator)
        assert "There are no plans here yet." in shown
        assert reverse("admin:plans_plan_add") in shown

    def test_the_address_that_whmcs_refused_last_is_shown_until_it_is_not(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        assert "WHMCS names the address that it sees." in page(operator, gateway)
        refused = SyncRun(gateway=gateway, trigger="schedule", finished_at=timezone.now(), outcome="failed")
        refused.error_code, refused.error_params = "ip_not_allowed", {"address": "192.0.2.7"}
        refused.save()
        assert '<code class="copy">192.0.2.7</code>' in page(operator, gateway)
        SyncRun.objects.create(gateway=gateway, trigger="schedule", finished_at=timezone.now(), outcome="complete")
        assert "192.0.2.7" not in page(operator, gateway)

    def test_a_gateway_that_was_read_shows_no_first_steps(self, operator: Client, gateway: WhmcsGateway) -> None:
        assert "Next steps" in page(operator, gateway)
        WhmcsGateway.objects.update(confirmed_at=timezone.now())
        shown = page(operator, gateway)
        assert "Next steps" not in shown
        assert "Test connection" in shown

    def test_who_may_only_look_gets_no_buttons(self, client: Client, gateway: WhmcsGateway) -> None:
        viewer = User.objects.create_user("viewer@example.com", "viewer's password", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_whmcsgateway"))
        client.force_login(viewer)
        shown = page(client, gateway)
        assert "Test connection" not in shown
        assert client.post(reverse("admin:billing_whmcsgateway_test", args=[gateway.pk])).status_code == 403
