"""The way to WHMCS is broken: F-01 to F-11."""

import socket
import tempfile
from itertools import count
from pathlib import Path

from sandbox import faults
from sandbox.interference import Interference
from tests.billing.whmcs.tls import tls_server
from tests.scoreboard.scenario import Act, Scenario
from tests.scoreboard.stage import Stage, build_shop

FIVE_A_PAGE = faults.LimitCapped(5)


def always(fault: Interference, action: str | None = None) -> Act:
    return lambda stage: stage.server.faults.always(fault, action)


def paged(fault: Interference, nth: int) -> Act:
    """Pages of five services, the nth of which goes wrong once."""

    def disturb(stage: Stage) -> None:
        stage.server.faults.always(FIVE_A_PAGE)
        stage.server.faults.once(fault, "GetClientsProducts", nth=nth)

    return disturb


def impatiently(fault: Interference, seconds: float = 0.1) -> Act:
    def disturb(stage: Stage) -> None:
        stage.be_impatient(seconds)
        stage.server.faults.always(fault)

    return disturb


def refuse_connections(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    stage.point_gateway_to(f"http://127.0.0.1:{port}")


def answer_slowly_from_the_second_page_on(stage: Stage) -> None:
    stage.be_impatient(1)
    stage.server.faults.always(FIVE_A_PAGE)
    stage.server.faults.always(faults.late(5), "GetClientsProducts", first=2)


def sometimes(fault: Interference, nth: int) -> Act:
    """Every nth call goes wrong."""

    def disturb(stage: Stage) -> None:
        calls = count(1)
        stage.server.faults.when(lambda call: next(calls) % nth == 0, fault)

    return disturb


def redirect_to_a_sink(status: int) -> Act:
    def disturb(stage: Stage) -> None:
        sink = build_shop().start()
        stage.others.append(sink)
        stage.server.faults.always(faults.redirect(sink.api_url, status))

    return disturb


def show_a_certificate_that_nobody_vouches_for(stage: Stage) -> None:
    folder = tempfile.TemporaryDirectory(prefix="ticketz-scoreboard-")
    server = tls_server(Path(folder.name))
    url, _, _ = server.__enter__()
    stage.endings += [lambda: server.__exit__(None, None, None), folder.cleanup]
    stage.point_gateway_to(url)


SCENARIOS = (
    Scenario("F-01", "WHMCS is down: connections are refused.", refuse_connections),
    Scenario("F-02", "WHMCS accepts calls and never answers.", impatiently(faults.hang())),
    Scenario(
        "F-03", "WHMCS is so slow that only the first page arrives in time.", answer_slowly_from_the_second_page_on
    ),
    Scenario("F-04", "Answers drip in, a byte at a time.", impatiently(faults.drip(1, 0.01), 0.3)),
    Scenario("F-05a", "Answers are cut off in the middle.", always(faults.truncated())),
    Scenario("F-05b", "The connection breaks in the middle of page 2.", paged(faults.reset(400), 2)),
    Scenario("F-06a", "One page fails once with error 500.", paged(faults.server_error(), 2)),
    Scenario("F-06b", "Every call fails with error 503.", always(faults.server_error(503))),
    Scenario(
        "F-07a", "WHMCS asks to slow down (429, retry after 3 seconds), once.", paged(faults.too_many_requests("3"), 2)
    ),
    Scenario("F-07b", "WHMCS asks to come back in eleven days (429).", always(faults.too_many_requests("1000000"))),
    Scenario("F-08a", "WHMCS's address redirects to another server (302).", redirect_to_a_sink(302)),
    Scenario(
        "F-08b",
        "WHMCS's address redirects to another server (307, which asks to send everything again).",
        redirect_to_a_sink(307),
    ),
    Scenario("F-09", "WHMCS's certificate is signed by nobody known.", show_a_certificate_that_nobody_vouches_for),
    Scenario("F-10", "A small answer unpacks to 64 MB.", always(faults.gzip_bomb())),
    Scenario(
        "F-11", "Every other call fails, hour after hour.", sometimes(faults.server_error(502), 2), runs=3, lasts=True
    ),
)
