"""Lists that leave out, repeat, or count wrongly."""

import pytest

from sandbox import SandboxServer, faults
from tests.sandbox.caller import Caller


def ids(caller: Caller, **asked: object) -> list[int]:
    return [int(row["id"]) for row in caller.rows(**asked)]


def test_listings_that_answer_something_else(caller: Caller, server: SandboxServer) -> None:
    server.shop.buy("Dee", "Other", "dee@example.com", pid=3)
    plan = server.faults

    plan.once(faults.PidFilterIgnored())
    assert ids(caller, pid=7) == [1, 2, 3, 4]
    plan.once(faults.LimitCapped(2))
    assert ids(caller, pid=7) == [1, 2]
    plan.once(faults.LimitCapped(None))
    assert ids(caller, pid=7, limitnum=1) == [1, 2, 3]
    plan.once(faults.StartIgnored())
    assert ids(caller, pid=7, limitstart=2) == [1, 2, 3]
    plan.once(faults.Ordered("descending"))
    assert ids(caller, pid=7) == [3, 2, 1]
    plan.once(faults.Ordered("random", seed=1))
    assert sorted(ids(caller, pid=7)) == [1, 2, 3]
    plan.once(faults.Hidden(2))
    assert ids(caller, pid=7) == [1, 3]
    plan.once(faults.Hidden())
    assert ids(caller, pid=7) == []


def test_an_order_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="sideways"):
        faults.Ordered("sideways")


def test_totals_may_be_wrong(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.WrongTotal(+20))
    server.faults.once(faults.WrongTotal(total=0), nth=2)

    assert [caller.api().json["totalresults"] for _ in range(3)] == ["23", "0", "3"]


def test_a_row_may_come_twice_and_contradict_itself(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.Repeated(server.shop.services[1], status="Suspended"))

    assert [(row["id"], row["status"]) for row in caller.rows(limitnum=1)] == [("1", "Active"), ("1", "Suspended")]


def test_a_row_may_be_deleted_between_two_pages(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.Meanwhile(lambda: server.shop.delete_service(1)), nth=2)

    assert ids(caller, limitnum=2) == [1, 2]
    assert ids(caller, limitnum=2, limitstart=2) == []


def test_a_poisoned_row_spoils_every_page_that_has_it(caller: Caller, server: SandboxServer) -> None:
    server.faults.poison(2)

    assert "Malformed UTF-8" in caller.api().json["message"]
    assert "Malformed UTF-8" in caller.api(serviceid=2).json["message"]
    assert ids(caller, limitnum=1) == [1]
    assert ids(caller, limitnum=1, limitstart=2) == [3]
