"""The command line: what it prints and with which status it ends."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from billing.models import WhmcsGateway
from companies.models import Company
from sandbox import Shop

pytestmark = pytest.mark.django_db(transaction=True)


def call(name: str, *arguments: str) -> tuple[int, Any]:
    """The exit status of a command, and the JSON that it printed."""
    printed = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(name, *arguments, "--json", stdout=printed)
    assert isinstance(ended.value.code, int)
    return ended.value.code, json.loads(printed.getvalue())


def test_a_complete_run_ends_with_0_and_its_figures(gateway: WhmcsGateway, shop: Shop) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    status, printed = call("sync_gateway")
    names = ("outcome", "seen", "created", "changed", "unchanged", "held", "failed", "attention")
    assert (status, [printed[name] for name in names]) == (0, ["complete", 1, 1, 0, 0, 0, 0, 0])
    assert printed["api_calls"] == 3
    assert printed["seconds"]["fetch"] >= 0


def test_a_run_that_left_something_waiting_ends_with_1(gateway: WhmcsGateway, shop: Shop) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", plan="starter", password="a good first one")
    status, printed = call("sync_gateway")
    assert (status, printed["outcome"], printed["held"], printed["attention"]) == (1, "held", 1, 1)


def test_a_whmcs_that_can_not_be_read_ends_with_2_and_the_remedy(gateway: WhmcsGateway) -> None:
    WhmcsGateway.objects.update(api_identifier="somebody else")
    status, printed = call("sync_gateway")
    assert (status, printed["outcome"], printed["error"]["code"]) == (2, "failed", "credentials_refused")


def test_a_database_that_can_not_be_read_ends_with_2_and_one_line() -> None:
    def refuse(*arguments: object) -> None:
        raise OperationalError("connection failed: Connection refused\n\tIs the server running on that host?")

    refused = pytest.raises(CommandError, match=r"^The database can't be read: connection failed: Connection refused$")
    with connection.execute_wrapper(refuse), refused as ended:
        call_command("sync_gateway", "Shop")
    assert ended.value.returncode == 2


def test_a_preview_writes_nothing(gateway: WhmcsGateway, shop: Shop) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    status, printed = call("sync_gateway", "--preview")
    assert (status, printed["outcome"], printed["created"]) == (0, "preview", 1)
    assert not Company.objects.exists()
    assert not gateway.runs.exists()


def test_one_service_is_enough(gateway: WhmcsGateway, shop: Shop) -> None:
    wanted = shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    shop.buy("Bob", "Jones", "bob@example.com", password="a good first one")
    status, printed = call("sync_gateway", "--service", str(wanted.id))
    assert (status, printed["seen"]) == (0, 1)
    assert Company.objects.get().name == "Alice Smith"


def test_a_database_that_fails_ends_with_2_and_one_sentence(gateway: WhmcsGateway) -> None:
    def refuse(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "billing_syncrun" in sql:
            raise OperationalError("a value of somebody")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        status, printed = call("sync_gateway")
    assert (status, printed["error"]["code"]) == (2, "database")
    assert "somebody" not in printed["error"]["text"]


def test_an_unknown_name_is_named(gateway: WhmcsGateway) -> None:
    with pytest.raises(CommandError, match="Shopp") as ended:
        call_command("sync_gateway", "Shopp")
    assert ended.value.returncode == 2


def test_the_doctor_ends_with_1_where_something_is_wrong(gateway: WhmcsGateway, shop: Shop) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", plan="starter", password="a good first one")
    status, printed = call("check_gateway")
    problems = [finding for finding in printed["Shop"] if finding["result"] == "problem"]
    assert (status, [finding["code"] for finding in problems]) == (1, ["plans_unknown"])
    assert "“starter”" in problems[0]["cause"]
    assert "“Starter”" in problems[0]["remedy"]


def test_the_doctor_ends_with_0_where_all_is_well(gateway: WhmcsGateway, shop: Shop) -> None:
    shop.buy("Alice", "Smith", "alice@example.com", password="a good first one")
    status, printed = call("check_gateway", "Shop")
    assert (status, {finding["result"] for finding in printed["Shop"]}) == (0, {"ok"})


@pytest.mark.parametrize("words", [(), ("--preview",)])
def test_a_service_that_whmcs_does_not_have_is_told_and_is_no_success(
    gateway: WhmcsGateway, words: tuple[str, ...]
) -> None:
    assert "has no service 4711 of this gateway's product" in _complaint("--service", "4711", *words, status=2)


def test_a_yes_a_no_or_a_go_that_nothing_waits_for_is_told(gateway: WhmcsGateway) -> None:
    assert "nothing waits for a yes or a no" in _complaint("--approve")
    assert "nothing waits for a yes or a no" in _complaint("--reject")
    assert "it is not paused" in _complaint("--resume")


@pytest.mark.parametrize(
    "words",
    [
        ("--preview", "--approve"),
        ("--preview", "--resume"),
        ("--save-preview", "--service=3"),
        ("--apply=1", "--reject"),
        ("--apply=1", "--service=3"),
        ("--approve", "--until=2030-01-01"),
    ],
)
def test_options_of_which_one_would_be_left_undone_are_refused(gateway: WhmcsGateway, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="does not go with") as refused:
        call_command("sync_gateway", *words)
    assert refused.value.returncode == 2
    assert not gateway.runs.exists()


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        (("--until=2030-01-01",), "--until needs --reject."),
        (("--reason=A restored copy",), "--reason needs --approve or --reject."),
        (("--preview", "--until=2030-01-01"), "--until needs --reject."),
    ],
)
def test_an_answer_without_its_yes_or_no_is_refused(gateway: WhmcsGateway, words: tuple[str, ...], needed: str) -> None:
    with pytest.raises(CommandError, match=needed) as refused:
        call_command("sync_gateway", *words)
    assert refused.value.returncode == 2
    assert not gateway.runs.exists()


def _complaint(*words: str, status: int = 0) -> str:
    complaint = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("sync_gateway", *words, stdout=StringIO(), stderr=complaint)
    assert ended.value.code == status
    return complaint.getvalue()
