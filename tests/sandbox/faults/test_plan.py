"""When faults happen: how often, to which calls, and that they are recorded."""

import pytest

from sandbox import SandboxServer, faults
from sandbox.faults.weather import WEATHER
from sandbox.interference import Interference
from tests.sandbox.caller import Caller


def test_a_plan_counts_per_action(caller: Caller, server: SandboxServer) -> None:
    rule = server.faults.times(2, faults.server_error(502), "GetClientsProducts", first=2)
    pattern = [caller.api().status for _ in range(4)]

    assert pattern == [200, 502, 502, 200]
    assert caller.api("GetClientsDetails", clientid=1).status == 200
    assert (rule.seen, rule.happened) == (4, 2)


def test_a_plan_may_look_at_the_call_and_be_ended(caller: Caller, server: SandboxServer) -> None:
    rule = server.faults.when(lambda call: call.params.get("clientid") == "3", faults.empty_body(500))
    assert caller.api("GetClientsDetails", clientid=3).status == 500
    assert caller.api("GetClientsDetails", clientid=1).status == 200
    server.faults.remove(rule)
    assert caller.api("GetClientsDetails", clientid=3).status == 200
    server.faults.always(faults.maintenance())
    server.faults.clear()
    assert caller.api().json["result"] == "success"


def test_disturbed_requests_are_recorded_too(caller: Caller, server: SandboxServer) -> None:
    server.faults.once(faults.maintenance())
    caller.api()

    assert [request.action for request in server.requests] == ["getclientsproducts"]


@pytest.mark.parametrize("name", WEATHER)
def test_every_kind_of_weather_can_be_made(name: str) -> None:
    assert isinstance(WEATHER[name][1](), Interference)
