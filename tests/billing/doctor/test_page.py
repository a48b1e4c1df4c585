"""The page of the connection test: a line for each finding, as text, and only for who may change gateways."""

import dataclasses
import re

import pytest
from django.test import Client
from django.urls import reverse

from billing.doctor import Check
from billing.models import WhmcsGateway
from sandbox import SandboxServer, faults
from sandbox.catalogue import TICKETZ_PID

pytestmark = pytest.mark.django_db


def page_for(client: Client, gateway: WhmcsGateway) -> str:
    answer = client.post(reverse("admin:billing_whmcsgateway_test", args=[gateway.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_line_for_each_check_with_its_result_in_words(
    operator: Client, gateway: WhmcsGateway, customers: None
) -> None:
    page = page_for(operator, gateway)
    assert re.findall(r'<span class="badge badge-ok">(\w+)</span>', page) == ["OK"] * len(Check)
    assert "The connection is as it should be." in page
    assert "1. Base URL: OK. Calls go to" in page


def test_what_whmcs_calls_things_is_text(
    operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer, customers: None
) -> None:
    product = dataclasses.replace(whmcs.shop.catalogue[TICKETZ_PID], option="<script>alert(1)</script>")
    whmcs.shop.catalogue = {TICKETZ_PID: product}
    page = page_for(operator, gateway)
    assert "WHMCS sends no option named “Plan”." in page
    assert "<script>alert" not in page


def test_what_is_no_whmcs_is_not_quoted(operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    whmcs.faults.always(faults.html(200, "INTERNAL-BANNER-xyz"))
    page = page_for(operator, gateway)
    assert "What answers there is not the API of WHMCS" in page
    assert "INTERNAL-BANNER" not in page


def test_only_what_is_stored_is_tested(operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer) -> None:
    with SandboxServer() as elsewhere:
        url = reverse("admin:billing_whmcsgateway_test", args=[gateway.pk])
        operator.post(url, {"base_url": elsewhere.url, "api_secret": "another"})
        assert (elsewhere.requests, whmcs.requests[0].secret_was_right) == ([], True)


def test_a_plan_that_nobody_has_leads_to_the_plans_in_whmcs(
    operator: Client, gateway: WhmcsGateway, whmcs: SandboxServer
) -> None:
    whmcs.shop.buy("Alice", "Smith", "alice@example.com", plan="Titanic", password="a good first one")
    page = page_for(operator, gateway)
    assert reverse("admin:billing_whmcsgateway_coverage", args=[gateway.pk]) in page
    assert "Sync now" not in page
