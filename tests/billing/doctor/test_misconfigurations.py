"""Everything that is often set up wrong, over real HTTP: the doctor names it, and the remedy is the right one."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from billing.doctor import Check, Result
from billing.models import Subscription, WhmcsGateway
from plans.models import Plan
from sandbox import SandboxServer, faults
from sandbox.catalogue import TICKETZ_PID
from sandbox.interference import Interference
from tests.billing.doctor.conftest import Examine
from tests.companies.factories import make_company

pytestmark = pytest.mark.django_db

Setup = Callable[[SandboxServer], object]
CIPHERTEXT = "vNRQzRPKQA6obJpHMHCBivS0D9+vNRQzRPKQA6obJpHMHCBivS0D9/8="


def answers(fault: Interference, action: str | None = None) -> Setup:
    return lambda whmcs: whmcs.faults.always(fault, action)


def gateway_has(**columns: object) -> Setup:
    return lambda whmcs: WhmcsGateway.objects.update(**columns)


def base_url(change: Callable[[str], str]) -> Setup:
    return lambda whmcs: WhmcsGateway.objects.update(base_url=change(whmcs.url))


def secret_is_wrong(whmcs: SandboxServer) -> None:
    gateway = WhmcsGateway.objects.get()
    gateway.api_secret = "another secret"
    gateway.save()


def product_has(**columns: Any) -> Setup:
    def change(whmcs: SandboxServer) -> None:
        shop = whmcs.shop
        product = dataclasses.replace(shop.catalogue[TICKETZ_PID], **columns)
        shop.catalogue = {**shop.catalogue, TICKETZ_PID: product}

    return change


def rows_have(**values: object) -> Setup:
    def change(whmcs: SandboxServer) -> None:
        for service_id in whmcs.shop.services:
            whmcs.faults.override_row(service_id, {name.replace("__", "."): value for name, value in values.items()})

    return change


def all_is_gone(whmcs: SandboxServer) -> None:
    """A company lives by a service of which WHMCS knows nothing any more."""
    Subscription.objects.create(
        gateway=WhmcsGateway.objects.get(),
        service_id=1,
        client_id=1,
        product_id=7,
        company=make_company(),
        status="Active",
    )
    nothing_was_sold(whmcs)


def nothing_was_sold(whmcs: SandboxServer) -> None:
    whmcs.faults.always(faults.Hidden())


def stops_listening(whmcs: SandboxServer) -> None:
    whmcs.stop()


def spelled(plan: str) -> Setup:
    return lambda whmcs: [whmcs.shop.change_plan(number, plan) for number in list(whmcs.shop.services)]


PRODUCTS, DETAILS = "getclientsproducts", "getclientsdetails"
LISTED = [
    ("http to a host that nobody trusts", gateway_has(base_url="http://billing.example.com"),
     Check.BASE_URL, "url_refused", "begins with https://"),
    ("a private name", gateway_has(base_url="https://whmcs.local"),
     Check.BASE_URL, "url_refused", "WHMCS_TRUSTED_HOSTS"),
    ("a name that does not exist", gateway_has(base_url="https://whmcs.no-such-host.example"),
     Check.NAME, "name_not_resolved", "typing mistakes"),
    ("nothing listens", stops_listening, Check.CONNECTION, "connection", "WHMCS server runs"),
    ("http where https is", base_url(lambda url: url.replace("http:", "https:")),
     Check.CERTIFICATE, "no_tls", "Switch https on"),
    ("a folder that is not there", base_url(lambda url: f"{url}/clients"),
     Check.WHMCS, "not_there", "the folder belongs to it"),
    ("a redirect to www", answers(faults.redirect("https://www.example.com/includes/api.php?x=1", 301)),
     Check.WHMCS, "redirected", "enter it as base URL"),
    ("a web page", answers(faults.html(200, "Welcome")), Check.WHMCS, "not_whmcs", "address of the client area"),
    ("a sign-in page", answers(faults.login_page()), Check.WHMCS, "not_whmcs", "base URL"),
    ("a password of the web server", answers(faults.http_login()), Check.WHMCS, "http_auth", "Exempt"),
    ("a firewall", answers(faults.server_error(403)), Check.WHMCS, "edge_blocked", "ModSecurity"),
    ("Cloudflare", answers(faults.cloudflare()), Check.WHMCS, "bot_protection", "bot protection"),
    ("Imunify360", answers(faults.imunify()), Check.WHMCS, "bot_protection", "bot protection"),
    ("maintenance", answers(faults.maintenance()), Check.WHMCS, "maintenance", "next run"),
    ("a PHP error", answers(faults.php_fatal()), Check.WHMCS, "php_error", "error log"),
    ("a PHP warning", answers(faults.php_notice()), Check.WHMCS, "php_warnings", "Display Errors"),
    ("junk after the JSON", answers(faults.trailing_html()), Check.WHMCS, "malformed", "Display Errors"),
    ("another program", answers(faults.other_software()), Check.WHMCS, "no_result", "base URL"),
    ("XML", answers(faults.xml()), Check.WHMCS, "xml_answer", "on the way"),
    ("nothing", answers(faults.empty_body()), Check.WHMCS, "empty_answer", "error log"),
    ("a server error", answers(faults.server_error(500)), Check.WHMCS, "server_error", "error log"),
    ("too many calls", answers(faults.too_many_requests()), Check.WHMCS, "rate_limited", "exempt"),
    ("no answer", answers(faults.hang()), Check.WHMCS, "timeout", "load"),
    ("a form that is lost", answers(faults.empty_action()), Check.WHMCS, "form_lost", "final address"),
    ("an address that is not allowed", answers(faults.invalid_ip("192.0.2.7")),
     Check.ALLOW_LIST, "ip_not_allowed", "API IP Access Restriction"),
    ("a wrong secret", secret_is_wrong, Check.CREDENTIALS, "credentials_refused", "both of its parts"),
    ("a wrong identifier", gateway_has(api_identifier="somebody"), Check.CREDENTIALS, "credentials_refused", "both"),
    ("no GetClientsProducts", answers(faults.no_permission(PRODUCTS), PRODUCTS),
     Check.PRODUCTS, "action_not_allowed", "Tick GetClientsProducts"),
    ("no GetClientsDetails", answers(faults.no_permission(DETAILS), DETAILS),
     Check.DETAILS, "action_not_allowed", "Tick GetClientsDetails"),
    ("a role that may read all clients", answers(faults.granted(), "getclients"),
     Check.ROLE, "role_too_wide", "Leave only"),
    ("a clock that is ahead", answers(faults.clock_off(days=0.25)), Check.CLOCK, "clock_ahead", "NTP"),
    ("a clock that is behind", answers(faults.clock_off(days=-3)), Check.CLOCK, "clock_behind", "NTP"),
    ("another product's code", gateway_has(product_code=8), Check.SERVICES, "other_products", "&pid="),
    ("another database", all_is_gone, Check.SERVICES, "services_hidden", "right database"),
    ("nothing sold yet", nothing_was_sold, Check.SERVICES, "no_services", "Buy the product once"),
    ("an odd date in each row", rows_have(nextduedate="31/12/2026"),
     Check.SERVICES, "services_unreadable", "31/12/2026"),
    ("a renamed option", product_has(option="Tarif"), Check.PLAN_OPTION, "plan_option_missing", "rename it in WHMCS"),
    ("no option", product_has(option=""), Check.PLAN_OPTION, "plan_option_none", "Configurable Options"),
    ("an option without a value", rows_have(configoption__Plan=""), Check.PLAN_OPTION, "plan_option_empty", "entry"),
    ("a renamed field", product_has(password_field="Senha"),
     Check.PASSWORD_FIELD, "password_field_missing", "field that holds the first password"),
    ("no field", product_has(password_field=""), Check.PASSWORD_FIELD, "password_field_none", "Custom Fields"),
    ("an empty field", rows_have(customfield__Password=""), Check.PASSWORD_FIELD, "password_field_empty", "Required"),
    ("an encrypted field", rows_have(customfield__Password=CIPHERTEXT),
     Check.PASSWORD_FIELD, "password_field_encrypted", "Text Box"),
    ("a plan with a space behind it", spelled("Team "), Check.PLANS, "plans_unknown", "Make both spellings equal"),
    ("no plan here", lambda whmcs: Plan.objects.all().delete(), Check.PLANS, "no_plans", "Create a plan"),
    ("the same page again and again", answers(faults.StartIgnored()), Check.PAGING, "page_repeated", "cache"),
    ("a total that is too high", answers(faults.WrongTotal(by=40)), Check.PAGING, "total_too_high", "hook"),
    ("a total that is too low", answers(faults.WrongTotal(total=1)), Check.PAGING, "total_too_low", "hook"),
]  # fmt: skip


@pytest.mark.parametrize(("setup", "check", "code", "remedy"), [row[1:] for row in LISTED], ids=[r[0] for r in LISTED])
def test_it_is_named_with_its_remedy(
    doctor: Examine, whmcs: SandboxServer, setup: Setup, check: Check, code: str, remedy: str
) -> None:
    setup(whmcs)
    findings = doctor(seconds=2.0)
    finding = findings[check]
    assert finding.code == code, findings
    assert finding.result in {Result.PROBLEM, Result.WARNING}
    assert remedy in finding.remedy
    assert finding.cause
    others = [f.check for f in findings.values() if f.result is Result.PROBLEM and f.check is not check]
    assert not others, findings
    assert [f.check for f in findings.values()] == list(Check)
