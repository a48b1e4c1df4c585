"""The stand-in tells Ticketz of what has changed, as the hook file does."""

import time

from sandbox import Shop
from sandbox.hook import Hook
from tests.integrations.whmcs import SECRET, Heard, listening


def until_heard(heard: Heard, services: set[int]) -> None:
    ends = time.monotonic() + 120
    while {number for told in heard.services() for number in told} < services and time.monotonic() < ends:
        time.sleep(0.02)


def test_every_change_of_a_service_is_told_and_nothing_else() -> None:
    shop = Shop()
    before = shop.buy("Ana", "Souza", "ana@example.com")
    with listening() as heard:
        shop.on_change = Hook(heard.url, SECRET).tell
        shop.edit_client(before.client_id, first_name="Anna")
        bought = shop.buy("Bob", "Jones", "bob@example.com")
        until_heard(heard, {bought.id})
        shop.suspend(bought.id)
        until_heard(heard, {bought.id})
        shop.delete_service(before.id)
        until_heard(heard, {before.id, bought.id})
    assert {number for told in heard.services() for number in told} == {before.id, bought.id}


def test_what_is_done_as_one_change_is_told_when_it_is_done() -> None:
    shop, told = Shop(), []
    shop.on_change = lambda services: told.append((list(services), len(shop.services)))
    with shop.change():
        for number in range(3):
            shop.buy("Client", str(number), f"client{number}@example.com")
        assert told == []
    assert told == [([1, 2, 3], 3)]


def test_where_nobody_listens_the_shop_goes_on() -> None:
    shop = Shop()
    shop.on_change = Hook("http://127.0.0.1:9/", SECRET).tell
    assert shop.buy("Ana", "Souza", "ana@example.com").status == "Active"
