from collections.abc import Callable

import pytest

from billing.errors import BillingError, ErrorCode, GatewayDenied, GatewayProtocolError, GatewayUnavailable
from billing.whmcs import RetryPolicy


class Calls:
    """Fails with the given errors, one after the other, and then succeeds; records what was done meanwhile."""

    def __init__(self, *errors: BillingError) -> None:
        self.errors = list(errors)
        self.tries = 0
        self.slept: list[float] = []
        self.dropped = 0

    def attempt(self) -> str:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def drop(self) -> None:
        self.dropped += 1

    def run(self, jitter: Callable[[], float] = lambda: 0.5) -> str:
        return RetryPolicy(sleep=self.slept.append, jitter=jitter).call(self.attempt, self.drop)


def unavailable(code: ErrorCode, retry_after: float | None = None) -> GatewayUnavailable:
    error = GatewayUnavailable(code)
    error.retry_after = retry_after
    return error


def test_what_may_pass_is_tried_three_times_with_growing_pauses() -> None:
    calls = Calls(*[unavailable(ErrorCode.SERVER_ERROR)] * 2)
    assert calls.run() == "done"
    assert calls.slept == [0.5, 2.0]


def test_the_third_failure_comes_out() -> None:
    calls = Calls(*[unavailable(ErrorCode.SERVER_ERROR)] * 9)
    with pytest.raises(GatewayUnavailable):
        calls.run()
    assert calls.tries == 3


@pytest.mark.parametrize("code", [ErrorCode.EDGE_BLOCKED, ErrorCode.BOT_PROTECTION])
def test_a_firewall_is_asked_once_more_and_on_a_new_connection(code: ErrorCode) -> None:
    calls = Calls(*[unavailable(code)] * 9)
    with pytest.raises(GatewayUnavailable):
        calls.run()
    assert (calls.tries, calls.dropped) == (2, 1)


@pytest.mark.parametrize("error", [GatewayDenied(), GatewayProtocolError()])
def test_what_will_not_pass_is_not_tried_again(error: BillingError) -> None:
    calls = Calls(error)
    with pytest.raises(type(error)):
        calls.run()
    assert (calls.tries, calls.slept) == (1, [])


def test_whmcs_is_given_the_time_it_asks_for() -> None:
    calls = Calls(unavailable(ErrorCode.RATE_LIMITED, 3.0))
    assert calls.run() == "done"
    assert calls.slept == [3.0]


def test_a_wait_without_end_is_left_to_the_next_run() -> None:
    calls = Calls(unavailable(ErrorCode.RATE_LIMITED, 999_999.0))
    with pytest.raises(GatewayUnavailable):
        calls.run()
    assert calls.slept == []


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_pauses_vary_so_that_gateways_do_not_march_in_step(jitter: float) -> None:
    calls = Calls(unavailable(ErrorCode.SERVER_ERROR))
    calls.run(lambda: jitter)
    assert calls.slept == [0.5 * (0.5 + jitter)]
