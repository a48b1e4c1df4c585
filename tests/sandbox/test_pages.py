"""The client area, the page to play the WHMCS administrator, and the command line, over HTTP."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from sandbox import SandboxServer, Service
from tests.sandbox.caller import Caller


@pytest.fixture
def sold(server: SandboxServer) -> Service:
    return server.shop.buy("Ana", "<b>Souza</b>", "ana@example.com", company="A & B", plan="Team", password="secret-x")


def press(caller: Caller, verb: str, path: str = "/admin/", **form: object) -> int:
    return caller.post(path, **{"service": 1, "verb": verb} | form).status


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/admin/", "Play the WHMCS admin"),
        ("/admin/?q=nobody", "No services."),
        ("/admin/?service=1", "Move due date"),
        ("/admin/?client=1", "Delete this client"),
        ("/admin/clientsservices.php?userid=1&id=1", "Move due date"),
        ("/admin/clientssummary.php?userid=1", "Delete this client"),
        ("/clientarea.php", "choose which customer"),
        ("/clientarea.php?client=1", "Pay 49.00 USD now"),
        ("/clientarea.php?action=productdetails&id=1", "Pay 49.00 USD now"),
    ],
)
def test_a_page_says_what_it_is_and_escapes_what_people_typed(
    caller: Caller, sold: Service, path: str, text: str
) -> None:
    page = caller.get(path)

    assert page.status == 200
    assert text in page.text
    assert "This is a stand-in" in page.text
    assert "<b>" not in page.text
    assert "A & B" not in page.text
    assert "secret-x" not in page.text
    assert "script" not in page.text


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("suspend", "Suspended"),
        ("terminate", "Terminated"),
        ("cancel", "Cancelled"),
        ("fraud", "Fraud"),
        ("pending", "Pending"),
        ("complete", "Completed"),
        ("unsuspend", "Active"),
        ("pay", "Active"),
    ],
)
def test_the_buttons_of_the_table(caller: Caller, server: SandboxServer, sold: Service, verb: str, status: str) -> None:
    assert press(caller, verb) == 303
    assert server.shop.services[1].status == status


def test_the_forms_of_a_service(caller: Caller, server: SandboxServer, sold: Service) -> None:
    other = server.shop.buy("Ben", "Braun", "ben@example.com")
    for verb, form in (
        ("suspend_because", {"reason": "Abuse"}),
        ("change_plan", {"plan": "Team "}),
        ("move_due_date", {"due": "2030-01-02"}),
        ("override", {"until": "2031-01-02"}),
        ("edit_password", {"password": "another"}),
        ("move_service", {"client_id": other.client_id}),
    ):
        assert press(caller, verb, **form) == 303

    service = server.shop.services[1]
    assert (service.status, service.suspension_reason, service.plan) == ("Suspended", "Abuse", "Team ")
    assert (str(service.next_due_date), str(service.override_suspend_until)) == ("2030-01-02", "2031-01-02")
    assert (service.first_password, service.client_id) == ("another", other.client_id)
    assert press(caller, "move_due_date", due="") == 303
    assert server.shop.services[1].next_due_date is None
    assert press(caller, "delete_service") == 303
    assert list(server.shop.services) == [other.id]


def test_the_forms_of_a_client(caller: Caller, server: SandboxServer, sold: Service) -> None:
    other = server.shop.buy("Ben", "Braun", "ben@example.com")
    form = {"client": 1, "verb": "edit_client", "first_name": "Eva", "last_name": "Neu", "email": "eva@example.com"}

    assert caller.post("/admin/", **form).status == 303
    assert server.shop.clients[1].email == "eva@example.com"
    assert caller.post("/admin/", client=1, verb="merge_clients", client_id=other.client_id).status == 303
    assert 1 not in server.shop.clients
    assert caller.post("/admin/", client=other.client_id, verb="delete_client").status == 303
    assert not server.shop.services


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"verb": "dance"}, "no such button"),
        ({"verb": "suspend", "service": 99}, "nothing with the number 99"),
        ({"verb": "move_due_date", "due": "tomorrow"}, "tomorrow is not a day"),
        ({"verb": "move_service", "client_id": "x"}, "Give a number"),
    ],
)
def test_what_cannot_be_done_is_said(caller: Caller, sold: Service, form: dict[str, object], sentence: str) -> None:
    answer = caller.post("/admin/", **{"service": 1} | form)

    assert answer.status == 422
    assert sentence in answer.text


def test_a_client_pays_and_changes_the_plan(caller: Caller, server: SandboxServer, sold: Service) -> None:
    assert press(caller, "order_plan", "/clientarea.php", plan="Business") == 303
    assert server.shop.services[1].plan == "Team"
    assert "Pay the change to Business" in caller.get("/clientarea.php?client=1").text
    assert press(caller, "pay", "/clientarea.php") == 303
    assert server.shop.services[1].plan == "Business"
    assert press(caller, "delete_service", "/clientarea.php") == 422


def test_the_weather_changes_what_the_api_answers(caller: Caller, sold: Service) -> None:
    assert caller.post("/admin/", verb="weather", weather="maintenance").status == 303
    assert "Down for Maintenance" in caller.api().text
    assert "selected" in caller.get("/admin/").text
    caller.post("/admin/", verb="weather", weather="")
    assert caller.api().json["result"] == "success"


def test_a_big_shop_is_shown_page_by_page(caller: Caller, server: SandboxServer) -> None:
    for number in range(60):
        server.shop.buy("Ana", f"Nr{number}", "ana@example.com")

    assert caller.get("/admin/").text.count("<tr") == 51
    assert caller.get("/admin/?start=50").text.count("<tr") == 11


def test_pages_below_a_prefix_link_below_it() -> None:
    with SandboxServer(prefix="/shop", ticketz_url="https://ticketz.example/") as server, Caller(server) as caller:
        server.shop.buy("Ana", "Souza", "ana@example.com")
        page = caller.get("/cart.php").text
        links = re.findall(r'(?:href|action)="(/[^"]*)"', page)

        assert links
        assert all(link.startswith("/shop/") for link in links)
        assert caller.get("/sandbox.css").status == 200
        confirmation = caller.get("/cart.php?a=complete&id=1").text
        assert 'href="https://ticketz.example/accounts/login/"' in confirmation


def test_an_unknown_page_is_not_found(caller: Caller) -> None:
    assert caller.get("/nothing.php").status == 404
    assert caller.get("/cart.php?pid=3").status == 404


def test_the_command_line_says_where_to_click_and_keeps_the_shop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(tmp_path / "shop.json"), "--seed-demo"]
    printed = []
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(7)]
            url = lines[3].split()[-1]
            with urlopen(url) as page:  # noqa: S310 - our own address
                assert page.read().count(b"<tr") == 15
            process.terminate()
        printed.append(lines)

    assert printed[0][4:] == printed[1][4:]
    assert "API secret" in printed[0][5]
