"""The API secret: encrypted at rest, shown to nobody, bound to the server it was typed for."""

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from billing.errors import SecretUnreadable
from billing.models import SyncRun, WhmcsGateway
from companies.models import User
from sandbox import SandboxServer
from tests.billing.conftest import Sync
from tests.billing.gateway_page import save

pytestmark = pytest.mark.django_db(transaction=True)


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_secret FROM billing_whmcsgateway")
        return str(cursor.fetchone()[0])


def test_the_column_holds_ciphertext(gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    assert whmcs.secret not in stored()
    assert WhmcsGateway.objects.get().api_secret.reveal().reveal() == whmcs.secret


def test_equal_secrets_have_different_ciphertexts(gateway: WhmcsGateway) -> None:
    first = stored()
    gateway.api_secret = gateway.api_secret.reveal().reveal()
    gateway.save()
    assert stored() != first


def test_nothing_prints_the_secret(gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    fresh = WhmcsGateway.objects.get()
    dumped = StringIO()
    call_command("dumpdata", "billing", stdout=dumped)
    assert stored() not in dumped.getvalue()
    assert whmcs.secret not in f"{gateway.__dict__}{fresh.api_secret!r}{fresh.api_secret}{dumped.getvalue()}"


def test_the_form_never_shows_it(operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    page = operator.get(reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])).content.decode()
    assert whmcs.secret not in page
    assert stored() not in page


def test_an_empty_field_keeps_it(operator: Client, gateway: WhmcsGateway, run: Sync) -> None:
    assert save(operator, gateway, grace_days=9).status_code == 302
    assert WhmcsGateway.objects.get().grace_days == 9
    assert run().outcome == "complete"


@pytest.mark.parametrize("url", ["http://localhost:1/", "http://127.0.0.1:1"])
def test_another_origin_asks_for_it_again(operator: Client, gateway: WhmcsGateway, url: str) -> None:
    before = gateway.base_url
    answer = save(operator, gateway, base_url=url)
    assert answer.status_code == 200
    assert "api_secret" in answer.context["adminform"].errors
    assert WhmcsGateway.objects.get().base_url == before
    assert save(operator, gateway, base_url=url, api_secret="typed again").status_code == 302


def test_a_path_on_the_same_server_does_not(operator: Client, gateway: WhmcsGateway) -> None:
    assert save(operator, gateway, base_url=f"{gateway.base_url}/clients/").status_code == 302


def test_after_a_new_key_the_old_one_still_reads(
    gateway: WhmcsGateway, whmcs: SandboxServer, settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert WhmcsGateway.objects.get().api_secret.reveal().reveal() == whmcs.secret


def test_without_the_key_a_run_fails_with_a_remedy_and_the_form_opens(
    operator: Client, gateway: WhmcsGateway, run: Sync, settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SecretUnreadable):
        WhmcsGateway.objects.get().api_secret.reveal()
    finished = run()
    assert (finished.outcome, finished.error_code) == (SyncRun.Outcome.FAILED, "secret_unreadable")
    assert operator.get(reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])).status_code == 200


class TestButtons:
    def test_are_for_posts_of_operators_only(self, client: Client, operator: Client, gateway: WhmcsGateway) -> None:
        for name in ("sync", "test"):
            url = reverse(f"admin:billing_whmcsgateway_{name}", args=[gateway.pk])
            assert operator.get(url).status_code == 405
        clerk = User.objects.create_user("clerk@example.com", "clerk's password", is_staff=True)
        client.force_login(clerk)
        assert client.post(reverse("admin:billing_whmcsgateway_sync", args=[gateway.pk])).status_code == 403

    def test_the_connection_test_says_what_it_found(self, operator: Client, gateway: WhmcsGateway) -> None:
        url = reverse("admin:billing_whmcsgateway_test", args=[gateway.pk])
        page = operator.post(url, follow=True).content.decode()
        assert "WHMCS knows the API identifier and the secret." in page

    def test_pressed_too_often_they_ask_for_patience(self, operator: Client, gateway: WhmcsGateway) -> None:
        url = reverse("admin:billing_whmcsgateway_test", args=[gateway.pk])
        answer = [operator.post(url) for _ in range(12)][-1]
        assert answer.status_code == 429
        assert f'href="{reverse("admin:index")}"' in answer.content.decode()


def test_the_command_prints_no_secret(gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    printed = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sync_gateway", "--json", stdout=printed)
    assert ended.value.code == 0
    assert json.loads(printed.getvalue())["outcome"] == "complete"
    assert whmcs.secret not in printed.getvalue()
