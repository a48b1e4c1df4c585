"""One poisoned record among fifty: the others are right, and the one is listed in words an operator understands."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from billing.models import AttentionItem, Kind, RunRecord, Subscription
from billing.steps.finish.refresh import AT_MOST
from billing.wording.attention import explain
from companies.models import Company, Membership, User
from sandbox import SandboxServer
from sandbox.faults import MISSING, Unencodable, with_body
from tests.proofs.state import difference, load_rows
from tests.proofs.story import PASSWORD, buy, make_gateway, sync_now

pytestmark = pytest.mark.django_db(transaction=True)

FIFTY = 50
POISONED = 17
Poison = Callable[[SandboxServer], None]


def in_row(**values: object) -> Poison:
    """Values in the service's row; a double underscore stands for the dot of `customfield.Password`."""
    dotted = {key.replace("__", "."): value for key, value in values.items()}
    return lambda whmcs: void(whmcs.faults.override_row(POISONED, dotted))


def in_client(**values: object) -> Poison:
    return lambda whmcs: void(whmcs.faults.override_client(POISONED, values))


def void(_: object) -> None:
    """For a lambda whose value nobody wants."""


def as_text(body: bytes) -> bytes:
    """A listing whose poisoned row is a JSON string instead of an object."""
    answer = json.loads(body)
    rows = answer.get("products", {}).get("product", [])
    answer["products"] = {"product": ["broken" if row["id"] == str(POISONED) else row for row in rows]}
    return json.dumps(answer).encode()


REFUSED: dict[str, tuple[Poison, Kind]] = {
    "NUL in the e-mail": (in_client(email="a\0b@example.com"), Kind.BAD_CLIENT),
    "lone surrogate in the e-mail": (in_client(email="a\udfff@example.com"), Kind.BAD_CLIENT),
    "e-mail without @": (in_client(email="nobody.example.com"), Kind.BAD_CLIENT),
    "10,000 letters in the e-mail": (in_client(email="x" * 10_000 + "@example.com"), Kind.BAD_CLIENT),
    "client without an e-mail": (in_client(email=MISSING), Kind.BAD_CLIENT),
    "due on 31 February": (in_row(nextduedate="31/02/2026"), Kind.BAD_ROW),
    "due on 2026-02-31": (in_row(nextduedate="2026-02-31"), Kind.BAD_ROW),
    "client id 2**70": (in_row(clientid=2**70), Kind.BAD_ROW),
    "service id 2**70": (in_row(id=2**70), Kind.BAD_ROW),
    "status null": (in_row(status=None), Kind.BAD_ROW),
    "NUL in the status": (in_row(status="Act\0ive"), Kind.BAD_ROW),
    "no status": (in_row(status=MISSING), Kind.BAD_ROW),
    "no due date": (in_row(nextduedate=MISSING), Kind.BAD_ROW),
    "no client id": (in_row(clientid=MISSING), Kind.BAD_ROW),
    "no id": (in_row(id=MISSING), Kind.BAD_ROW),
    "NUL in the plan": (in_row(configoption__Plan="Te\0am"), Kind.BAD_ROW),
    "lone surrogate in the plan": (in_row(configoption__Plan="Te\ud800am"), Kind.BAD_ROW),
    "broken bytes": (lambda whmcs: void(whmcs.faults.always(Unencodable(POISONED))), Kind.BAD_ROW),
}
"""What can't become a company, and what is listed about it."""

BROKEN_NAMES: dict[str, dict[str, object]] = {
    "NUL": {"firstname": "A\0b"},
    "lone surrogate": {"lastname": "Sm\ud800th"},
    "a list": {"lastname": ["Smith"]},
}
"""Names that no database takes: they bar nobody from their company either."""

UNUSABLE_PASSWORDS: dict[str, object] = {
    "NUL": "cor\0rect horse",
    "lone surrogate": "cor\ud800rect horse",
    "10,000 letters": "x" * 10_000,
    "null": None,
    "a number": 123456789,
    "missing": MISSING,
}
"""First passwords that nobody can sign in with: they bar nobody from their company."""


@pytest.fixture
def fifty(whmcs: SandboxServer, transactional_db: None) -> SandboxServer:
    for number in range(1, FIFTY + 1):
        buy(whmcs.shop, f"Person{number}")
    make_gateway(whmcs)
    return whmcs


@pytest.mark.parametrize("name", REFUSED)
def test_of_fifty_one_is_listed_and_the_others_are_right(fifty: SandboxServer, name: str) -> None:
    poison, kind = REFUSED[name]
    poison(fifty)
    run = sync_now()
    assert (run.outcome, run.created, run.failed, run.seen) == ("partial", FIFTY - 1, 1, FIFTY)
    ensure_right(FIFTY - 1)
    item = AttentionItem.objects.get()
    assert (item.kind, item.closed_at) == (kind, None)
    ensure_readable(explain(item))
    ensure_readable(RunRecord.objects.get(run=run, result="failed").reason)

    rows = load_rows()
    assert sync_now().outcome == "partial"
    assert difference(rows, load_rows()) == ""

    fifty.faults.clear()
    assert sync_now().outcome == "complete"
    ensure_right(FIFTY)
    assert not AttentionItem.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("name", BROKEN_NAMES)
def test_of_fifty_one_is_called_by_what_can_be_read_until_the_name_is_mended(fifty: SandboxServer, name: str) -> None:
    fifty.faults.override_client(POISONED, BROKEN_NAMES[name])
    run = sync_now()
    assert (run.outcome, run.created, run.failed) == ("complete", FIFTY, 0)
    ensure_right(FIFTY)
    item = AttentionItem.objects.get()
    assert (item.kind, item.subject) == (Kind.NAME_BROKEN, str(POISONED))
    ensure_readable(explain(item))

    rows = load_rows()
    assert sync_now().outcome == "complete"
    assert difference(rows, load_rows()) == ""

    fifty.faults.clear()
    Subscription.objects.update(details_read_at=timezone.now() - timedelta(days=2))
    for _ in range(FIFTY // AT_MOST + 1):
        sync_now()
    assert Company.objects.filter(name=f"Person{POISONED} Smith").exists()
    assert not AttentionItem.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("name", UNUSABLE_PASSWORDS)
def test_of_fifty_one_waits_for_a_password_and_all_are_right(fifty: SandboxServer, name: str) -> None:
    fifty.faults.override_row(POISONED, {"customfield.Password": UNUSABLE_PASSWORDS[name]})
    run = sync_now()
    assert (run.outcome, run.created, run.failed) == ("complete", FIFTY, 0)
    ensure_right(FIFTY, with_password=FIFTY - 1)
    item = AttentionItem.objects.get()
    assert (item.kind, item.subject) == (Kind.PASSWORD_NEEDED, str(POISONED))
    ensure_readable(explain(item))


def test_a_row_that_is_no_object_is_listed_by_its_position(fifty: SandboxServer) -> None:
    fifty.faults.always(with_body(as_text), "GetClientsProducts")
    run = sync_now()
    assert (run.outcome, run.created, run.failed) == ("partial", FIFTY - 1, 1)
    ensure_right(FIFTY - 1)
    fifty.faults.clear()
    assert (sync_now().outcome, Company.objects.count()) == ("complete", FIFTY)
    assert not AttentionItem.objects.filter(closed_at=None).exists()


def test_a_known_record_gone_bad_takes_nothing_and_is_listed_once(fifty: SandboxServer) -> None:
    sync_now()
    fifty.faults.override_row(POISONED, {"nextduedate": "soon", "status": "Terminated"})
    assert sync_now().outcome == "partial"
    assert Subscription.objects.get(service_id=POISONED).status == "Active"
    rows = load_rows()
    sync_now()
    assert difference(rows, load_rows()) == ""
    assert AttentionItem.objects.get().kind == Kind.BAD_ROW


@pytest.mark.parametrize("broken", [BROKEN_NAMES["lone surrogate"], {"email": "nobody.example.com"}])
def test_a_client_gone_bad_bars_nobody_else_from_a_new_name(fifty: SandboxServer, broken: dict[str, object]) -> None:
    sync_now()
    fifty.faults.override_client(POISONED, broken)
    fifty.shop.edit_client(40, last_name="Miller")
    Subscription.objects.update(details_read_at=timezone.now() - timedelta(days=2))
    Subscription.objects.filter(service_id=POISONED).update(details_read_at=timezone.now() - timedelta(days=3))
    for _ in range(FIFTY // AT_MOST + 1):
        assert sync_now().outcome == "complete"
    names = Company.objects.values_list("name", flat=True)
    assert {"Person40 Miller", f"Person{POISONED} Smith"} <= set(names)


def ensure_right(companies: int, with_password: int | None = None) -> None:
    """So many companies are there, each with its owner, who signs in through the page with what they typed."""
    assert Company.objects.count() == Membership.objects.filter(role="owner").count() == companies
    opening = [user for user in User.objects.all() if user.check_password(PASSWORD)]
    assert len(opening) == (companies if with_password is None else with_password)
    cache.clear()
    assert Client().post("/accounts/login/", {"login": "PERSON3@example.com", "password": PASSWORD}).status_code == 302


def ensure_readable(sentence: str) -> None:
    """Words with a full stop, without anything that breaks a page or a terminal."""
    assert sentence.isprintable()
    assert len(sentence) > 20
    assert not any(word in sentence for word in ("Error", "Traceback", "None", "%(", "x" * 200))
