"""What operators do to gateways is in the audit log, and no secret with it."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from billing.models import WhmcsGateway
from companies.audit.log import AuditCode
from companies.models import AuditEntry
from sandbox import SandboxServer

pytestmark = pytest.mark.django_db

NAMES = (
    "name", "base_url", "api_identifier", "product_code", "plan_option", "password_field", "grace_days",
    "unconfirmed_days", "mass_change_count", "mass_change_percent", "interval_seconds", "admin_folder",
)  # fmt: skip


def written(*codes: AuditCode) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(code__in=codes).order_by("pk"))


def form_of(gateway: WhmcsGateway, **changes: str) -> dict[str, object]:
    return {**{name: getattr(gateway, name) for name in NAMES}, "is_enabled": "on", **changes}


def test_a_gateway_that_was_changed_leaves_what_changed_but_no_secret_and_no_identifier(
    operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer
) -> None:
    url = reverse("admin:billing_whmcsgateway_change", args=[gateway.pk])
    assert operator.post(url, form_of(gateway, grace_days="9")).status_code == 302
    typed = form_of(gateway, grace_days="9", api_secret="n3w-s3cret", api_identifier="n3w-identifier")
    assert operator.post(url, typed).status_code == 302
    changed, secret = written(AuditCode.GATEWAY_CHANGED, AuditCode.GATEWAY_SECRET_CHANGED)
    assert (changed.about, changed.details) == ("Shop", {"grace_days": "3 \u2192 9"})
    assert secret.details == {"api_secret": "changed", "api_identifier": "changed"}
    text = json.dumps(list(AuditEntry.objects.values()), default=str)
    text += json.dumps(list(LogEntry.objects.values()), default=str)
    text += operator.get(reverse("admin:billing_whmcsgateway_history", args=[gateway.pk])).content.decode()
    for hidden in ("n3w-s3cret", "n3w-identifier", whmcs.secret, whmcs.identifier):
        assert hidden not in text


def test_a_gateway_that_is_added_and_deleted_leaves_no_secret(operator: Client, gateway: WhmcsGateway) -> None:
    typed = form_of(gateway, name="Second", product_code="8", api_secret="n3w-s3cret")
    assert operator.post(reverse("admin:billing_whmcsgateway_add"), typed).status_code == 302
    second = WhmcsGateway.objects.get(name="Second")
    url = reverse("admin:billing_whmcsgateway_delete", args=[second.pk])
    assert operator.post(url, {"post": "yes"}).status_code == 302
    found = written(AuditCode.GATEWAY_ADDED, AuditCode.GATEWAY_DELETED)
    assert [(entry.about, entry.actor_label) for entry in found] == [("Second", "op@example.com")] * 2
    assert "n3w-s3cret" not in json.dumps([entry.details for entry in found])


@pytest.mark.parametrize(("button", "code"), [("sync", AuditCode.SYNC_ASKED_FOR), ("test", AuditCode.GATEWAY_TESTED)])
def test_each_press_of_a_button_is_written_down(
    operator: Client, gateway: WhmcsGateway, button: str, code: AuditCode
) -> None:
    operator.post(reverse(f"admin:billing_whmcsgateway_{button}", args=[gateway.pk]))
    assert [entry.about for entry in written(code)] == ["Shop"]


def test_a_yes_on_the_command_line_is_written_down(gateway: WhmcsGateway) -> None:
    gateway.held_changes.create(kind="first_import", figures={"new": 60, "seen": 60, "plans": {}})
    with pytest.raises(SystemExit):
        call_command("sync_gateway", "--approve", "--reason", "checked")
    (entry,) = written(AuditCode.CHANGES_APPROVED)
    assert (entry.actor_label, entry.about, entry.details["reason"]) == ("command line", "Shop", "checked")
