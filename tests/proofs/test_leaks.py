"""The API secret and the cart's passwords are nowhere afterwards, whatever happened."""

import html
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import StringIO
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client, override_settings

from billing import tasks
from billing.models import SyncRun, WhmcsGateway
from billing.whmcs import Limits, WhmcsClient
from companies.mail.outbox import send_due_mails
from companies.models import Company, User
from sandbox import DEFAULT_CATALOGUE, GENERATIONS, TICKETZ_PID, Credentials, SandboxServer, Shop, faults
from tests.proofs import places
from tests.proofs.leaks import Hunt
from tests.proofs.story import buy, make_gateway, sync_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_pauses")]

SECRET = 'Se&cret"<é>-K4n4ry-7d1f93'
CART_PASSWORD = 'Ca&rt"<é>-K4n4ry-2b8e64'
CANARIES = {
    "API secret": SECRET,
    "cart password": CART_PASSWORD,
    "service password": "svc-K4n4ry-51c0aa",
    "notes of the service": "K4n4ry note about the service 8841",
    "notes of the client": "K4n4ry note about the client 1177",
    "another custom field": "K4n4ry tax number 66120",
    "hash of the client's password": "$2y$10$K4n4ryK4n4ryK4n4ryK4n4ry",
    "key of the database": str(settings.FIELD_ENCRYPTION_KEYS[0]),
}


@pytest.fixture
def hunt() -> Iterator[Hunt]:
    hunt = Hunt(CANARIES)
    with places.listening(hunt):
        yield hunt


@pytest.fixture
def planted(transactional_db: None) -> Iterator[SandboxServer]:
    """A WHMCS full of canaries, of the generation that sends the most that nobody needs."""
    product = DEFAULT_CATALOGUE[TICKETZ_PID]
    catalogue = {
        **DEFAULT_CATALOGUE,
        TICKETZ_PID: replace(product, text_fields=((12, "Tax number", CANARIES["another custom field"]),)),
    }
    shop = Shop(catalogue, credentials=Credentials(identifier="an-identifier", secret=SECRET))
    for name in ("Alice", "Bob"):
        bought = buy(shop, name, password=CART_PASSWORD)
        shop.edit_service(bought.id, password=CANARIES["service password"], notes=CANARIES["notes of the service"])
        shop.edit_client(bought.client_id, notes=CANARIES["notes of the client"])
        shop.clients[bought.client_id] = replace(
            shop.clients[bought.client_id], password_hash=CANARIES["hash of the client's password"]
        )
    buy(shop, "Held", password=CART_PASSWORD, plan="team")
    buy(shop, "Weak", password="short")
    User.objects.create_superuser("root@example.com", "the operator's password")
    with SandboxServer(shop, GENERATIONS["7"]) as server:
        make_gateway(server)
        yield server


def test_after_a_run_in_every_way_that_there_is(planted: SandboxServer, hunt: Hunt) -> None:
    assert places.run_manage(hunt, "check_gateway") in {0, 1}
    assert places.run_manage(hunt, "sync_gateway", "--preview", "--json", debug=True) == 0
    assert places.run_manage(hunt, "sync_gateway", "--json", debug=True) == 1
    buy(planted.shop, "Late", password=CART_PASSWORD)
    places.forget_messages()
    assert tasks.request_sync(WhmcsGateway.objects.get())
    places.add_broker(hunt)
    places.run_worker_until(hunt, lambda: SyncRun.objects.filter(trigger="operator", created=1).exists())
    assert (
        Client().post("/accounts/login/", {"login": "late@example.com", "password": CART_PASSWORD}).status_code == 302
    )
    assert search_everywhere(hunt) == []


def break_nothing(server: SandboxServer) -> None:
    """For what goes wrong here and not there."""


def echo(server: SandboxServer) -> None:
    secret = f"{SECRET} {html.escape(SECRET)} {quote(SECRET)} {quote_plus(SECRET)}"
    server.faults.always(faults.api_error(f"No such secret: {secret}, nor for {{'Password': '{CART_PASSWORD}'}}"))


def typed(server: SandboxServer, password: object) -> None:
    server.faults.override_row(1, {"customfield.Password": password})


TROUBLES: dict[str, Callable[[SandboxServer], object]] = {
    "nothing": break_nothing,
    "credentials refused": lambda server: server.faults.always(faults.authentication_failed()),
    "the role lacks the details": lambda server: server.faults.always(faults.no_permission(), "GetClientsDetails"),
    "500": lambda server: server.faults.always(faults.server_error()),
    "500 for the details": lambda server: server.faults.always(faults.server_error(), "GetClientsDetails"),
    "hung up in the middle": lambda server: server.faults.always(faults.hang_up(400)),
    "half of the rows": lambda server: server.faults.always(faults.truncated(0.8)),
    "invalid JSON": lambda server: server.faults.always(faults.with_body(lambda body: body.replace(b":", b"=", 40))),
    "redirected": lambda server: server.faults.always(faults.redirect(f"https://sink.example/?{SECRET[-6:]}", 307)),
    "the secret in an error": echo,
    "a bad row": lambda server: server.faults.override_row(1, {"nextduedate": CART_PASSWORD[:4], "status": None}),
    "the password in odd forms": lambda server: typed(server, [CART_PASSWORD, {"a": CART_PASSWORD}]),
    "the password too long": lambda server: typed(server, CART_PASSWORD * 900),
    "the password with NUL": lambda server: typed(server, CART_PASSWORD + "\0"),
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
def test_after_trouble_with_whmcs(planted: SandboxServer, hunt: Hunt, trouble: str) -> None:
    TROUBLES[trouble](planted)
    use_everything(hunt)
    assert search_everywhere(hunt) == []


def test_after_a_call_whose_time_was_over(planted: SandboxServer, hunt: Hunt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WhmcsClient.__init__.__kwdefaults__ or {}, "limits", Limits(seconds=0.1))
    planted.faults.always(faults.drip(50, 0.05))
    use_everything(hunt)
    assert SyncRun.objects.filter(error_code="timeout").exists()
    assert search_everywhere(hunt) == []


@pytest.mark.parametrize("table", ["companies_user", "companies_company", "billing_syncrun", "billing_subscription"])
@pytest.mark.parametrize("error", [IntegrityError, RuntimeError])
def test_after_the_database_refused_a_row(
    planted: SandboxServer, hunt: Hunt, table: str, error: type[Exception]
) -> None:
    with refusing(table, error):
        use_everything(hunt)
    assert search_everywhere(hunt) == []


def test_with_a_key_that_fits_no_more(planted: SandboxServer, hunt: Hunt) -> None:
    with override_settings(FIELD_ENCRYPTION_KEYS=[Fernet.generate_key().decode()]):
        use_everything(hunt)
    assert SyncRun.objects.filter(error_code="secret_unreadable").exists()
    assert search_everywhere(hunt) == []


@pytest.mark.parametrize("debug", [False, True])
def test_on_error_pages(planted: SandboxServer, hunt: Hunt, debug: bool) -> None:
    """What somebody typed into a form is not shown to whoever reads the page or the log of its error."""
    sync_now()
    root = operator()
    form = {
        "name": "Shop", "base_url": planted.url, "api_identifier": "an-identifier", "api_secret": SECRET,
        "product_code": 7, "plan_option": "Plan", "password_field": "Password", "grace_days": 3,
        "unconfirmed_days": 14, "mass_change_count": 10, "mass_change_percent": 10, "interval_seconds": 300,
    }  # fmt: skip
    owner = Client(raise_request_exception=False)
    owner.force_login(User.objects.get(email="alice@example.com"))
    person = {"email": "new@example.com", "name": "New", "role": "member", "password": CART_PASSWORD}
    address = f"/admin/billing/whmcsgateway/{WhmcsGateway.objects.get().pk}/change/"
    with override_settings(DEBUG=debug):
        with refusing("billing_whmcsgateway", RuntimeError):
            hunt.add("error page", root.post(address, form).content)
        with refusing("companies_user", RuntimeError):
            hunt.add("error page", owner.post("/team/", person).content)
        with refusing("companies_user", RuntimeError, verb="SELECT"):
            form = {"login": "alice@example.com", "password": CART_PASSWORD}
            hunt.add("error page", Client(raise_request_exception=False).post("/accounts/login/", form).content)
    assert search_everywhere(hunt) == []


def test_what_is_planted_in_a_row_is_found_in_many_places(planted: SandboxServer, hunt: Hunt) -> None:
    """The proof of the proof."""
    sync_now()
    Company.objects.filter(name="Alice Smith").update(name=CART_PASSWORD)
    finds = " ".join(search_everywhere(hunt))
    assert [
        place for place in ("database", "dumpdata", "pages", "logs") if f"cart password in {place} " not in finds
    ] == []


def test_a_gateway_is_not_printed_with_its_secret(planted: SandboxServer) -> None:
    gateway = WhmcsGateway.objects.get()
    with gateway.client() as client:
        shown = [repr(thing) for thing in (gateway, gateway.__dict__, client, vars(client), gateway.api_secret)]
    assert not any("K4n4ry" in text for text in shown)


@contextmanager
def refusing(table: str, error: type[Exception], verb: str = "") -> Iterator[None]:
    """Let every change of a table (or `verb`) fail with an error that quotes the values, as PostgreSQL's do."""
    verbs = (verb,) if verb else ("INSERT", "UPDATE")

    def refuse(execute: Callable[..., Any], sql: str, params: object, *details: Any) -> Any:
        if sql.startswith(verbs) and f'"{table}"' in sql:
            raise error(f"Failing row contains ({params})")
        return execute(sql, params, *details)

    with connection.execute_wrapper(refuse):
        yield


def use_everything(hunt: Hunt) -> None:
    """Every command and the task, in this process; what they print is looked at too."""
    calls: tuple[tuple[str, ...], ...] = (
        ("check_gateway",), ("check_gateway", "--json"), ("sync_gateway", "--preview"), ("sync_gateway",),
        ("sync_gateway", "--json"), ("sync_gateway", "--service", "1"),
        ("sync_gateway", "--save-preview"),
    )  # fmt: skip
    for arguments in calls:
        out, err = StringIO(), StringIO()
        try:
            call_command(*arguments, stdout=out, stderr=err)
        except (SystemExit, DatabaseError, RuntimeError) as error:
            # What ends a process is printed by Python with its causes. Ours may say that something was refused.
            hunt.add("exception", json.dumps([str(error.__cause__ or ""), str(error.__context__ or "")]))
        hunt.add(f"output of {arguments[0]}", out.getvalue() + err.getvalue())
    with suppress(DatabaseError, RuntimeError):
        tasks.sync_gateway.apply((WhmcsGateway.objects.get().pk, "schedule"), throw=False)


def operator() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email="root@example.com"))
    return client


def search_everywhere(hunt: Hunt) -> list[str]:
    send_due_mails()
    assert places.add_pages(hunt, operator(), "/admin/", "/") > 20
    places.add_database(hunt)
    places.add_dumpdata(hunt)
    places.add_mails(hunt)
    places.add_broker(hunt)
    return hunt.finds()
