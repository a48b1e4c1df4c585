"""A long import: whoever buys while it goes on is in within seconds, and what is asked of WHMCS has bounds."""

import threading
import time
from collections.abc import Callable
from itertools import count
from types import SimpleNamespace

import pytest

from billing.models import WhmcsGateway
from billing.steps.clients.pace import FIRST_CALLS, MOST_CALLS, Pace
from billing.steps.newcomers import purchases
from billing.steps.run import out_of_turn
from companies.models import Company, User
from plans.models import Plan
from sandbox import SandboxServer, Service, Shop
from sandbox.faults.listings import LimitCapped
from tests.billing.conftest import Approve, Sync
from tests.proofs.points import calling

PASSWORD = "a good first one"


def buy(shop: Shop, number: int) -> Service:
    return shop.buy("Client", str(number), f"client{number}@example.com", plan="Team", password=PASSWORD)


@pytest.fixture
def long_import(whmcs: SandboxServer, plans: dict[str, Plan], monkeypatch: pytest.MonkeyPatch) -> Shop:
    """Forty purchases on pages of four; five are under way while the next page is read."""
    monkeypatch.setattr(out_of_turn, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr(purchases, "SECONDS_BETWEEN_LOOKS", 0)
    monkeypatch.setattr("billing.steps.newcomers.pipeline.MOST_UNDER_WAY", 5)
    monkeypatch.setattr("billing.steps.newcomers.pipeline.AT_A_TIME", 2)
    monkeypatch.setattr("billing.steps.run.batching.CHANGES_AT_A_TIME", 4)
    monkeypatch.setattr(purchases, "LATEST", 2)
    for number in range(40):
        buy(whmcs.shop, number)
    whmcs.faults.always(LimitCapped(4), "GetClientsProducts")
    return whmcs.shop


@pytest.mark.django_db(transaction=True)
class TestPayersFirst:
    def test_who_buys_while_it_goes_on_is_in_before_those_who_bought_earlier(
        self, long_import: Shop, gateway: WhmcsGateway, run: Sync
    ) -> None:
        def she_buys() -> None:
            buy(long_import, 99)

        with calling(she_buys, at=30):
            finished = run()
        order = list(Company.objects.order_by("pk").values_list("name", flat=True))
        assert order.index("Client 99") < order.index("Client 30")
        assert (finished.outcome, finished.created, finished.seen) == ("complete", 41, 41)
        assert run().unchanged == 41

    def test_the_latest_purchases_come_first(self, long_import: Shop, gateway: WhmcsGateway, run: Sync) -> None:
        run()
        first = list(Company.objects.order_by("pk").values_list("name", flat=True)[:8])
        assert "Client 39" in first

    def test_those_who_come_first_count_among_those_that_a_first_import_asks_about(
        self, long_import: Shop, gateway: WhmcsGateway, run: Sync, approve: Approve
    ) -> None:
        for number in range(100, 115):
            buy(long_import, number)
        assert run().outcome == "held"
        assert approve() == 1
        for number in range(200, 260):
            buy(long_import, number)
        assert run().outcome == "held"
        assert Company.objects.count() <= 55 + 50
        assert User.objects.count() == Company.objects.count()


def wait_until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)


def in_threads(pace: Pace, calls: int, seconds: float) -> int:
    """The most calls that were under way at once, each of which takes so long."""
    under_way, most, lock = 0, 0, threading.Lock()

    def fetch() -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(seconds)
        with lock:
            under_way -= 1
        return 1

    def work() -> None:
        pace.call(fetch, bool)
        pace.take_used()

    threads = [threading.Thread(target=work) for _ in range(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


def test_calls_under_way_never_exceed_what_one_whmcs_can_bear() -> None:
    assert in_threads(Pace(), 200, 0.01) <= MOST_CALLS
    assert in_threads(Pace(most=2), 20, 0.01) == 2


def test_a_call_that_waits_begins_before_one_that_is_asked_for_later() -> None:
    narrow, order = Pace(most=1), list[str]()
    waiter = threading.Thread(target=narrow.call, args=(lambda: order.append("waited"), bool))

    def first() -> None:
        order.append("first")
        waiter.start()
        wait_until(lambda: bool(narrow._waiting))

    narrow.call(first, bool)
    narrow.call(lambda: order.append("last"), bool)
    waiter.join()
    assert order == ["first", "waited", "last"]


def test_failing_calls_slow_the_import_down() -> None:
    slow = Pace()
    for _ in range(6):
        slow.call(lambda: 0, bool)
        slow.take_used()
    assert slow.allowed == 1


def test_the_import_soon_runs_as_fast_as_whmcs_and_carefully_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    each_takes_a_second = SimpleNamespace(monotonic=count().__next__)
    monkeypatch.setattr("billing.steps.clients.pace.time", each_takes_a_second)
    pace = Pace()
    for _ in range(MOST_CALLS - FIRST_CALLS):
        pace.call(lambda: 1, bool)
        pace.take_used()
    assert pace.allowed == MOST_CALLS
    for answer in (0, 1, 1, 1):
        pace.call(lambda answer=answer: answer, bool)  # type: ignore[misc]
        pace.take_used()
    assert pace.allowed == MOST_CALLS // 2


def test_no_more_calls_are_allowed_than_the_cores_need(monkeypatch: pytest.MonkeyPatch) -> None:
    each_takes_a_second = SimpleNamespace(monotonic=count().__next__)
    monkeypatch.setattr("billing.steps.clients.pace.time", each_takes_a_second)
    monkeypatch.setattr("billing.steps.clients.pace.ENOUGH_READY", 4)  # as with one core: eight would need all calls
    pace = Pace()
    for _ in range(4):
        pace.call(lambda: 1, bool)
    allowed = pace.allowed
    for _ in range(5):
        pace.call(lambda: 1, bool)
    assert pace.allowed == allowed < MOST_CALLS
    for _ in range(6):
        pace.take_used()
    pace.call(lambda: 1, bool)
    assert pace.allowed == allowed + 1


def test_nothing_is_fetched_far_ahead_of_what_is_used() -> None:
    eager = Pace(most_ahead=3)
    fetched: list[int] = []

    def fetch() -> int:
        fetched.append(1)
        return 1

    threads = [threading.Thread(target=eager.call, args=(fetch, bool)) for _ in range(9)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(fetched) == 3)
    time.sleep(0.1)  # a fourth would begin by now
    assert len(fetched) == 3
    eager.close()
    for thread in threads:
        thread.join()
    assert len(fetched) == 3


@pytest.mark.parametrize("used", [True, False])
def test_a_thread_that_may_begin_is_woken_though_not_all_are(used: bool) -> None:
    narrow = Pace(most=2, most_ahead=1 if used else 1000)

    def fetch() -> int:
        time.sleep(0.001)
        return 1

    def work() -> None:
        narrow.call(fetch, bool)
        if used:
            time.sleep(0.002)
            narrow.take_used()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(40)]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + 120
    for thread in threads:
        thread.join(max(0, ends - time.monotonic()))
    narrow.close()
    assert not any(thread.is_alive() for thread in threads)
