"""The same little story, told by every generation of WHMCS, ends in the same companies and working sign-ins."""

from collections import Counter

import pytest
from django.core.cache import cache
from django.test import Client

from billing.models import SyncRun
from companies.models import Company
from companies.standings.facts import access_of
from sandbox import GENERATIONS, SandboxServer
from sandbox.encoding import escape_html
from tests.proofs.story import buy, make_gateway, sync_now

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORDS = {
    "Spaces": "  two  spaces around  ",
    "Quotes": 'it\'s "quoted" twice',
    "Ampersand": "salt & pepper & more",
    "Angles": "<b>bold</b> & <proud>",
    "Emoji": "🔑 opens 🚪 and 🪟",
    "Accents": "pässwört çà ñandú",
    "Entity": "&amp;amp; is no typo",
    "Percent": "100%41 \\u0041 + plus",
    "Long": "x" * 200 + "&",
}
SHARED: dict[str, object] = {}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_generation_tells_the_same_story(whmcs: SandboxServer, generation: str) -> None:
    whmcs.generation = GENERATIONS[generation]
    bought = {name: buy(whmcs.shop, name, password=password) for name, password in PASSWORDS.items()}
    waiting = whmcs.shop.buy("Later", "Smith", "later@example.com", plan="Starter", password="to be paid", paid=False)
    make_gateway(whmcs)
    assert finish() == ("complete", {"seen": 10, "created": 9, "unchanged": 1})

    whmcs.shop.pay(waiting.id)
    whmcs.shop.change_plan(bought["Emoji"].id, "Business")
    whmcs.shop.renew(bought["Quotes"].id)
    whmcs.shop.suspend(bought["Angles"].id)
    assert finish() == ("complete", {"seen": 10, "created": 1, "changed": 3, "unchanged": 6})
    assert finish() == ("complete", {"seen": 10, "unchanged": 10})

    ensure_doors_open()
    ensure_same_as_the_others()
    ensure_only_what_is_allowed_was_asked(whmcs)


def finish() -> tuple[str, dict[str, int]]:
    run: SyncRun = sync_now()
    counts = {name: getattr(run, name) for name in ("seen", "created", "changed", "unchanged", "held", "failed")}
    return str(run.outcome), {name: count for name, count in counts.items() if count}


def ensure_doors_open() -> None:
    """Through the real page: what was typed opens the door, near misses do not."""
    for name, password in PASSWORDS.items():
        email = f"{name.upper()}@example.com"
        assert not signs_in(email, password + " ")
        assert not signs_in(email, password[:-1])
        assert signs_in(email, password)
        # From now on only what was typed: the other reading of it is forgotten.
        assert escape_html(password) == password or not signs_in(email, escape_html(password))
        assert signs_in(email, password)


def signs_in(email: str, password: str) -> bool:
    # Nobody is throttled here for the mistakes that this test makes on purpose.
    cache.clear()
    client = Client()
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def ensure_same_as_the_others() -> None:
    companies = Company.objects.select_related("plan", "source").order_by("name")
    found = [(c.name, c.email, c.plan.name, c.due_date, access_of(c).state.value) for c in companies]
    assert Counter(row[4] for row in found) == {"open": 9, "blocked": 1}
    assert found == SHARED.setdefault("companies", found)


def ensure_only_what_is_allowed_was_asked(whmcs: SandboxServer) -> None:
    assert {request.action for request in whmcs.requests} == {"getclientsproducts", "getclientsdetails"}
    for request in whmcs.requests:
        assert (request.method, request.query_string, request.secret_in_url) == ("POST", "", False)
        assert request.secret_was_right
        if request.action == "getclientsproducts" and "serviceid" not in request.params:
            assert {"limitstart", "limitnum"} <= set(request.params)
            assert request.params["pid"] == "7"
