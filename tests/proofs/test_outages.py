"""While WHMCS answers nonsense, or not at all: a clear line, a status that is not zero, and nobody loses anything."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from billing.models import AttentionItem, HeldChanges, Subscription, SyncRun, WhmcsGateway
from companies.models import Company, Event
from sandbox import SandboxServer, faults
from sandbox.interference import Interference
from tests.proofs.state import BUSINESS, difference, load_rows
from tests.proofs.story import buy, make_gateway, sync_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]

# What is listed, and what is asked, is no change.
TABLES = tuple(model for model in BUSINESS if model not in {AttentionItem, HeldChanges})
BAD_ANSWERS: dict[str, Callable[[], Interference]] = {
    "address not allowed": faults.invalid_ip,
    "secret refused": faults.authentication_failed,
    "identifier refused": faults.invalid_credentials,
    "old login refused": faults.old_login_refused,
    "role lacks the action": lambda: faults.no_permission("getclientsproducts"),
    "unknown action": faults.invalid_action,
    "form lost": faults.empty_action,
    "wrong path": faults.admin_user_required,
    "unknown error": lambda: faults.api_error("Something is odd"),
    "bare string": faults.bare_string,
    "maintenance": faults.maintenance,
    "login page": faults.login_page,
    "Cloudflare": faults.cloudflare,
    "Imunify360": faults.imunify,
    "500": faults.server_error,
    "503": lambda: faults.server_error(503),
    "404": lambda: faults.server_error(404),
    "429": lambda: faults.too_many_requests("1000000"),
    "nothing at all": faults.empty_body,
    "XML": faults.xml,
    "redirect": lambda: faults.redirect("https://sink.example/"),
    "permanent redirect": lambda: faults.redirect("//sink.example/", 308),
    "bomb": faults.gzip_bomb,
    "half of it": faults.truncated,
    "Latin-1": faults.latin_1,
    "connection reset": faults.reset,
    "hung up in the middle": lambda: faults.hang_up(40),
    "empty list": faults.Hidden,
}


@pytest.fixture
def customers(whmcs: SandboxServer, transactional_db: None) -> SandboxServer:
    for name in ("Alice", "Bob", "Charlie", "Dora"):
        buy(whmcs.shop, name)
    make_gateway(whmcs)
    sync_now()
    return whmcs


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_ends_with_a_line_and_changes_nothing(
    customers: SandboxServer, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    rows = load_rows(TABLES)
    customers.shop.suspend(1)
    customers.faults.always(BAD_ANSWERS[name]())
    result, status = command("sync_gateway")
    assert status != 0
    assert result["outcome"] != "complete"
    assert "Traceback" not in "".join(capfd.readouterr())
    assert difference(rows, load_rows(TABLES)) == ""

    customers.faults.clear()
    assert command("sync_gateway")[1] == 0
    assert Company.objects.filter(status="suspended").count() == 1


def test_a_due_date_that_passes_during_an_outage_takes_nothing_away(customers: SandboxServer) -> None:
    """A month later nobody could be read for two weeks; then one has paid in between and another has not."""
    move_time_on(customers, days=35)
    WhmcsGateway.objects.update(unconfirmed_days=30)
    customers.faults.always(faults.server_error())
    command("sync_gateway")
    assert {(row["state"], row["reason"]) for row in report()} == {("grace", "unconfirmed")}

    customers.faults.clear()
    for service in (1, 2, 3):
        customers.shop.renew(service, 2)
    assert command("sync_gateway")[1] == 0
    states = {row["name"]: (row["state"], row["reason"]) for row in report()}
    assert states.pop("Dora Smith") == ("blocked", "overdue")
    assert set(states.values()) == {("open", "paid")}


def test_an_outage_that_lasts_too_long_ends_as_the_operator_set_it(customers: SandboxServer) -> None:
    move_time_on(customers, days=80)
    customers.faults.always(faults.server_error())
    command("sync_gateway")
    assert {(row["state"], row["reason"]) for row in report()} == {("blocked", "unconfirmed_too_long")}


def command(name: str) -> tuple[dict[str, object], int]:
    """What a command prints as JSON, and its exit status."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(name, "--json", stdout=out)
    return json.loads(out.getvalue()), int(ended.value.code or 0)


def report() -> list[dict[str, str]]:
    out = StringIO()
    call_command("access_report", "--json", stdout=out)
    rows: list[dict[str, str]] = json.loads(out.getvalue())
    return rows


def move_time_on(whmcs: SandboxServer, days: int) -> None:
    """Everything that has happened happened so many days earlier."""
    earlier = timedelta(days=days)
    for company in Company.objects.all():
        assert company.due_date
        Company.objects.filter(pk=company.pk).update(due_date=company.due_date - earlier)
    for service in list(whmcs.shop.services.values()):
        assert service.next_due_date
        whmcs.shop.edit_service(service.id, next_due_date=service.next_due_date - earlier)
    for row in Subscription.objects.all():
        assert row.due_date
        Subscription.objects.filter(pk=row.pk).update(due_date=row.due_date - earlier)
    WhmcsGateway.objects.update(confirmed_at=timezone.now() - earlier)
    SyncRun.objects.update(started_at=timezone.now() - earlier)
    assert Event.objects.exists()
