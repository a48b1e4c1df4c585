"""The secret of the hook: made here, shown once, in no other place, and renewed under a new key."""

import base64
import json
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from billing.hooks import secrets as hook_secrets
from billing.models import GatewayHook, WhmcsGateway
from companies.models import AuditEntry
from tests.billing.hooks.conftest import Teller, changed
from tests.proofs import places
from tests.proofs.leaks import Hunt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]

MEANT = {"is_meant": "on"}


def page(gateway: WhmcsGateway, button: str = "hook") -> str:
    return f"/admin/billing/whmcsgateway/{gateway.pk}/{button}/"


def drop_older(operator: Client, gateway: WhmcsGateway) -> None:
    """Press the button, and answer the question."""
    mark = operator.post(page(gateway, "hook_drop_old")).context["mark"]
    operator.post(page(gateway, "hook_drop_old"), {"mark": mark})


def shown_secret(text: str) -> str:
    (secret,) = [word for word in text.replace("&#x27;", "'").split("'") if word.startswith("whsec_")]
    return secret


def command(*arguments: str) -> tuple[int, str]:
    printed, status = StringIO(), 0
    try:
        call_command("hook_secret", *arguments, stdout=printed, stderr=StringIO())
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, printed.getvalue()


def make_one(operator: Client, gateway: WhmcsGateway) -> Any:
    """Press the button of the page as it is now."""
    mark = operator.get(page(gateway)).context["mark"]
    return operator.post(page(gateway, "hook_new"), {"mark": mark})


class TestPage:
    def test_shows_the_secret_once_with_the_whole_file_to_copy(self, operator: Client, gateway: WhmcsGateway) -> None:
        assert "nobody is listened to" in operator.get(page(gateway)).content.decode()
        answer = make_one(operator, gateway)
        text = answer.content.decode()
        secret = shown_secret(text)
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
        assert f"/hooks/whmcs/{gateway.uid}/" in text
        assert "array(7)" in text
        assert "no-store" in answer["Cache-Control"]
        assert Teller(gateway, secret).tell(12) == 202
        assert "whsec_" not in operator.get(page(gateway)).content.decode()

    def test_a_second_press_on_the_same_page_makes_no_second_secret(
        self, operator: Client, gateway: WhmcsGateway
    ) -> None:
        for number in (1, 2):
            mark = operator.get(page(gateway)).context["mark"]
            secret = shown_secret(operator.post(page(gateway, "hook_new"), {"mark": mark}).content.decode())
            again = operator.post(page(gateway, "hook_new"), {"mark": mark}, follow=True).content.decode()
            assert "no other was made now" in again
            good = [good.reveal() for good in hook_secrets.secrets_of(GatewayHook.objects.get())]
            assert (good[0], len(good)) == (secret, number)
        assert AuditEntry.objects.filter(code="hook_secret_made").count() == 2

    def test_says_what_was_heard_and_what_was_refused(self, operator: Client, teller: Teller) -> None:
        teller.post(b"{}", {})
        text = operator.get(page(teller.gateway)).content.decode()
        assert "not signed with the secret" in text
        assert "1 since it was heard" in text

    def test_drops_older_secrets_and_switches_off(self, operator: Client, teller: Teller) -> None:
        new = shown_secret(make_one(operator, teller.gateway).content.decode())
        assert "1 older secret is still good" in operator.get(page(teller.gateway)).content.decode()
        drop_older(operator, teller.gateway)
        assert [teller.tell(12), teller.tell(12, secret=new)] == [401, 202]
        operator.post(page(teller.gateway, "hook_off"), MEANT)
        assert teller.tell(12, secret=new) == 401
        assert "nothing to do" in operator.post(page(teller.gateway, "hook_off"), follow=True).content.decode()

    def test_forgets_no_secret_before_it_has_asked(self, operator: Client, teller: Teller) -> None:
        question = operator.post(page(teller.gateway, "hook_off")).content.decode()
        assert "Switch off the instant updates of Shop?" in question
        assert 'name="is_meant" value="on"' in question
        assert f'href="{page(teller.gateway)}">Leave it as it is' in question
        assert teller.tell(12) == 202
        assert not AuditEntry.objects.filter(code="hook_switched_off").exists()

    def test_drops_no_secret_before_it_has_asked(self, operator: Client, teller: Teller) -> None:
        make_one(operator, teller.gateway)
        question = operator.post(page(teller.gateway, "hook_drop_old")).content.decode()
        assert "Drop the older secrets of Shop?" in question
        assert "WHMCS was never heard." in question
        assert 'name="is_meant" value="on"' in question
        assert teller.tell(12) == 202
        assert "WHMCS was last heard" in operator.post(page(teller.gateway, "hook_drop_old")).content.decode()
        assert not AuditEntry.objects.filter(code="hook_secrets_dropped").exists()

    def test_asks_again_before_it_drops_those_beside_a_secret_that_nobody_was_asked_about(
        self, operator: Client, teller: Teller
    ) -> None:
        make_one(operator, teller.gateway)
        mark = operator.post(page(teller.gateway, "hook_drop_old")).context["mark"]
        make_one(operator, teller.gateway)
        again = operator.post(page(teller.gateway, "hook_drop_old"), {"mark": mark})
        assert "A secret was made after you were asked" in again.content.decode()
        assert "Drop the older secrets of Shop?" in again.content.decode()
        assert teller.tell(12) == 202
        operator.post(page(teller.gateway, "hook_drop_old"), {"mark": again.context["mark"]})
        assert teller.tell(12) == 401

    def test_what_was_done_is_in_the_audit_log(self, operator: Client, gateway: WhmcsGateway) -> None:
        secret = shown_secret(make_one(operator, gateway).content.decode())
        make_one(operator, gateway)
        drop_older(operator, gateway)
        operator.post(page(gateway, "hook_off"), MEANT)
        hooks = AuditEntry.objects.filter(code__startswith="hook_").order_by("pk")
        entries = list(hooks.values_list("code", "details"))
        codes = [code for code, _ in entries]
        assert codes == ["hook_secret_made", "hook_secret_made", "hook_secrets_dropped", "hook_switched_off"]
        assert secret not in json.dumps([details for _, details in entries])

    def test_that_a_gateway_s_page_leads_there(self, operator: Client, gateway: WhmcsGateway) -> None:
        assert page(gateway) in operator.get(f"/admin/billing/whmcsgateway/{gateway.pk}/change/").content.decode()


class TestCommand:
    def test_does_what_the_page_does(self, gateway: WhmcsGateway) -> None:
        status, text = command("Shop", "--new")
        secret = shown_secret(text)
        assert (status, text.startswith("<?php")) == (0, True)
        assert Teller(gateway, secret).tell(12) == 202
        status, text = command("Shop", "--json")
        facts = json.loads(text)
        assert (status, facts["is_on"], facts["secrets"], facts["refused_count"]) == (0, True, 1, 0)
        assert command("Shop", "--drop-old")[0] == 1
        assert "whsec_" in json.loads(command("Shop", "--new", "--json")[1])["config"]
        assert command("Shop", "--drop-old")[0] == 0
        assert Teller(gateway, secret).tell(12) == 401
        assert command("Shop", "--off")[0] == 0
        assert json.loads(command("Shop", "--json")[1])["is_on"] is False

    def test_an_unknown_gateway_is_named(self, gateway: WhmcsGateway) -> None:
        with pytest.raises(CommandError, match="There is no gateway named Nowhere"):
            command("Nowhere", "--new")


def test_three_secrets_are_good_at_most(gateway: WhmcsGateway) -> None:
    made = [hook_secrets.make(gateway) for _ in range(4)]
    good = [secret.reveal() for secret in hook_secrets.secrets_of(GatewayHook.objects.get())]
    assert good == [*reversed(made[1:])]


def test_it_is_encrypted_in_the_database_and_renewed_with_the_others(
    teller: Teller, settings: Settings, client: Client
) -> None:
    new = hook_secrets.make(teller.gateway)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM billing_gatewayhook")
        (before,) = cursor.fetchone()
    assert before.startswith("gAAAA")
    assert "whsec" not in before
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    call_command("renew_encryption", stdout=StringIO())
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    assert [teller.tell(12), teller.tell(12, secret=new)] == [202, 202]


def test_neither_the_secret_nor_what_was_sent_is_anywhere_afterwards(operator: Client, teller: Teller) -> None:
    """Also what is rightly signed is not kept, but for the numbers of services."""
    sent = "K4n4ry-of-a-body-5513"
    hunt = Hunt({"secret": teller.secret.removeprefix("whsec_"), "what was sent": sent})
    with places.listening(hunt):
        signed = json.dumps({"type": "service.changed", "data": {"services": [12], "password": sent}}).encode()
        for headers in (teller.sign(signed), {}, teller.sign(signed, secret="whsec_" + "C" * 44)):
            teller.post(signed, headers | {"x-canary": sent})
        teller.post(sent.encode(), teller.sign(sent.encode()))
        teller.post(changed(12), {"webhook-signature": sent, "webhook-id": sent, "webhook-timestamp": sent})
        hook_secrets.make(teller.gateway)
        call_command("renew_encryption", stdout=StringIO())
        assert places.add_pages(hunt, operator, page(teller.gateway), "/admin/") > 20
    places.add_database(hunt)
    places.add_dumpdata(hunt)
    places.add_broker(hunt)
    assert hunt.finds() == []
