"""What the examination may do and may not do, and what it still tells where something is wrong."""

import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import Promise
from django.utils.translation import override

from billing.doctor import Check, Result, examine
from billing.doctor.texts import TEXTS, TITLES
from billing.models import WhmcsGateway
from billing.whmcs import PROBES
from sandbox import SandboxServer, faults
from tests.billing.doctor.conftest import Examine

pytestmark = pytest.mark.django_db

READ_ONLY = {"GetClients", "GetInvoices", "GetOrders", "GetAdminDetails", "WhmcsDetails"}


def test_where_all_is_well_each_thing_that_was_tried_is_ok(doctor: Examine) -> None:
    findings = doctor()
    assert {finding.result for finding in findings.values()} == {Result.OK}
    assert list(findings) == list(Check)


def test_the_services_are_told_with_product_and_counts(doctor: Examine) -> None:
    assert doctor()[Check.SERVICES].cause == "Product 7 (Ticketz). Services by WHMCS's count: 3; looked at: 3."


def test_the_examination_writes_nothing(doctor: Examine, gateway: WhmcsGateway) -> None:
    with CaptureQueriesContext(connection) as queries:
        doctor()
    assert [query for query in queries.captured_queries if not query["sql"].startswith("SELECT")] == []


def test_it_asks_for_two_actions_and_a_closed_list_that_only_reads(doctor: Examine, whmcs: SandboxServer) -> None:
    doctor()
    assert set(PROBES) == READ_ONLY
    known = {action.lower() for action in READ_ONLY} | {"getclientsproducts", "getclientsdetails"}
    assert {request.action for request in whmcs.requests} <= known
    assert all(request.method == "POST" and not request.secret_in_url for request in whmcs.requests)


def test_it_makes_few_calls(doctor: Examine, whmcs: SandboxServer) -> None:
    doctor()
    assert len(whmcs.requests) <= 10


def test_what_a_wide_role_lets_through_is_read_by_nobody(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.faults.always(faults.granted(), "getclients")
    whmcs.faults.always(faults.granted(), "whmcsdetails")
    findings = doctor()
    assert "GetClients, WhmcsDetails" in findings[Check.ROLE].cause
    assert "never show this" not in repr(findings)


def test_an_action_that_an_old_whmcs_does_not_know_is_not_allowed_either(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.faults.always(faults.invalid_action("whmcsdetails"), "whmcsdetails")
    assert doctor()[Check.ROLE].result is Result.OK


def test_the_second_permission_is_tried_though_the_first_one_lacks(doctor: Examine, whmcs: SandboxServer) -> None:
    for action in ("getclientsproducts", "getclientsdetails"):
        whmcs.faults.always(faults.no_permission(action), action)
    findings = doctor()
    assert [findings[check].code for check in (Check.PRODUCTS, Check.DETAILS)] == ["action_not_allowed"] * 2
    assert "Tick GetClientsProducts" in findings[Check.PRODUCTS].remedy
    assert "Tick GetClientsDetails" in findings[Check.DETAILS].remedy
    assert findings[Check.CREDENTIALS].result is Result.OK


def test_the_address_that_whmcs_saw_is_printed(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.api.access = type(whmcs.api.access)(whmcs.shop.credentials, allowed_ips=["192.0.2.1"])
    finding = doctor()[Check.ALLOW_LIST]
    assert "does not accept calls from 127.0.0.1." in finding.cause
    assert "API IP Access Restriction" in finding.remedy


def test_a_refusal_tells_the_time_as_well(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.faults.always(faults.clock_off(days=-0.5))
    WhmcsGateway.objects.update(api_identifier="somebody")
    findings = doctor()
    assert findings[Check.CLOCK].code == "clock_behind"
    assert "12:00" in findings[Check.CLOCK].cause


def test_a_redirect_is_shown_and_not_followed(doctor: Examine, whmcs: SandboxServer) -> None:
    with SandboxServer() as elsewhere:
        whmcs.faults.always(faults.redirect(f"{elsewhere.url}/includes/api.php?secret=1", 308))
        finding = doctor()[Check.WHMCS]
        assert elsewhere.url in finding.cause
        assert "secret=1" not in finding.text
        assert elsewhere.requests == []


def test_what_comes_first_is_named_where_something_was_not_tried(doctor: Examine) -> None:
    WhmcsGateway.objects.update(api_identifier="somebody")
    findings = doctor()
    assert findings[Check.PLANS].result is Result.NOT_TRIED
    assert findings[Check.PLANS].cause == "“Identifier and secret” has to be fixed first."


def test_it_ends_in_time_whatever_hangs(doctor: Examine, whmcs: SandboxServer) -> None:
    whmcs.faults.always(faults.hang(), first=3)
    began = time.monotonic()
    findings = doctor(seconds=3.0)
    assert time.monotonic() - began < 60
    assert findings[Check.SERVICES].result is Result.OK
    assert findings[Check.PAGING].code == "timeout"


def test_no_finding_holds_a_secret_or_a_password(doctor: Examine, whmcs: SandboxServer) -> None:
    echo = f"A hook failed {whmcs.identifier} {whmcs.secret}"
    whmcs.faults.always(faults.api_error(echo))
    told = repr(doctor())
    assert "A hook failed" in told
    assert whmcs.secret not in told
    assert whmcs.identifier not in told
    whmcs.faults.clear()
    assert "a good first one" not in repr(doctor())


def test_a_secret_that_can_not_be_decrypted_is_named(doctor: Examine, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = ["NmRhYzY0ZDA2ZDQ4YzQ3ZGE4YmY5ZWJjMzE2NDE2YzI="]
    assert doctor()[Check.CREDENTIALS].code == "secret_unreadable"


def test_odd_characters_of_a_plan_are_made_visible(doctor: Examine, whmcs: SandboxServer) -> None:
    for number in list(whmcs.shop.services):
        whmcs.shop.change_plan(number, "Te\u00a0am ")
    assert "“Te[U+00A0]am␣”" in doctor()[Check.PLANS].cause


@pytest.mark.parametrize("language", ["pt-br", "es"])
def test_each_sentence_is_translated(language: str) -> None:
    def texts() -> list[str]:
        parts = [*TITLES.values(), *(part for pair in TEXTS.values() for part in pair)]
        return [str(part) for part in parts if isinstance(part, Promise)]

    with override("en"):
        english = texts()
    with override(language):
        same = [text for text, other in zip(english, texts(), strict=True) if text == other]
    assert same == ["API IP Access Restriction"]


def test_findings_are_told_in_the_readers_language(gateway: WhmcsGateway, customers: None) -> None:
    with override("pt-br"):
        findings = {finding.check: finding for finding in examine(gateway)}
    assert findings[Check.CLOCK].cause == "Os relógios do WHMCS e deste servidor coincidem."
