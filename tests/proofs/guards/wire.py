"""Guards on the wire: where the secret goes, how much of an answer is held, and for how long anybody waits."""

import os
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import requests
from requests.adapters import HTTPAdapter

from billing.models import WhmcsGateway
from billing.whmcs import Limits, WhmcsClient
from sandbox.faults import drip, gzip_bomb, redirect, server_error
from tests.proofs.guards.guard import Guard, becomes, says
from tests.proofs.guards.stage import Stage

ENOUGH = 30 * 2**20
ELSEWHERE = "/includes/api.php/includes/api.php"
NAME = "billing.example.com"
# Plesk's: a port that anybody may name, on an address of this machine that nobody else listens to.
PORT, ADDRESS = 8443, f"127.77.{os.getpid() % 250}.{os.getpid() // 250 % 250 + 1}"


def an_answer_leads_elsewhere(stage: Stage) -> list[str]:
    """308 asks for the same form, with the secret, to be sent to another address."""
    stage.buy("Alice")
    stage.faults.when(lambda call: call.path != ELSEWHERE, redirect(ELSEWHERE, 308))
    stage.sync()
    sent = [request for request in stage.whmcs.requests if request.path == ELSEWHERE]
    return ["the secret was sent to where an answer led"] if any(one.secret_was_right for one in sent) else []


def a_public_name_leads_to_this_machine(stage: Stage) -> list[str]:
    WhmcsGateway.objects.update(base_url=f"https://{NAME}:{PORT}")
    with socket.create_server((ADDRESS, PORT)) as server, _resolving_to(ADDRESS):
        server.settimeout(0.3)
        with _each_call_takes_at_most(0.5):
            stage.sync()
        try:
            server.accept()[0].close()
        except TimeoutError:
            return []
        return ["a private address was connected to"]


def a_small_answer_unpacks_to_a_large_one(stage: Stage) -> list[str]:
    stage.faults.always(gzip_bomb())
    tracemalloc.start()
    stage.sync()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return [f"{peak >> 20} MiB were held for one answer"] if peak > ENOUGH else []


def an_answer_comes_byte_by_byte(stage: Stage) -> list[str]:
    stage.faults.once(drip(pause=0.02))
    began = time.monotonic()
    with _each_call_takes_at_most(1.0):
        stage.sync()
    took = time.monotonic() - began
    was_given_up = len(stage.whmcs.requests) > 1
    return [] if was_given_up else [f"one answer was waited for {took:.0f} seconds"]


def a_call_fails_for_each_of_forty(stage: Stage) -> list[str]:
    """Three tries for each client make 120 calls."""
    for number in range(40):
        stage.buy(f"Customer{number}")
    stage.faults.always(server_error(), "GetClientsDetails")
    stage.sync()
    in_vain = sum(request.action == "getclientsdetails" for request in stage.whmcs.requests)
    return [f"{in_vain} calls were made in vain"] if in_vain > 80 else []


@contextmanager
def _resolving_to(address: str) -> Iterator[None]:
    resolve = socket.getaddrinfo

    def resolve_one(host: str, *args: Any, **options: Any) -> Any:
        return resolve(address if host == NAME else host, *args, **options)

    with patch("socket.getaddrinfo", resolve_one):
        yield


@contextmanager
def _each_call_takes_at_most(seconds: float) -> Iterator[None]:
    with patch.dict(WhmcsClient.__init__.__kwdefaults__ or {}, {"limits": Limits(seconds=seconds)}):
        yield


def following(send: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """What `requests` does by itself."""

    def send_and_follow(adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = send(adapter, request, **options)
        with requests.Session() as session:
            session.mount("http://", adapter)
            answers: list[requests.Response] = [response, *session.resolve_redirects(response, request, **options)]
        return answers[-1]

    return send_and_follow


def without_limit(defaults: dict[str, Any]) -> dict[str, Any]:
    return defaults | {"limits": Limits(max_bytes=2**40)}


def anew_with_every_byte(remaining: Callable[..., float]) -> Callable[..., float]:
    """As a socket's own timeout does."""
    return lambda deadline: deadline.seconds


GUARDS = (
    Guard("no redirect is followed", "billing.whmcs.connections:GuardedAdapter.send", following,
          an_answer_leads_elsewhere, "the secret was sent to where an answer led"),
    Guard("only public addresses are connected to", "billing.whmcs.addresses:is_public", says(True),
          a_public_name_leads_to_this_machine, "a private address was connected to"),
    Guard("an answer has a size", "billing.whmcs.client:WhmcsClient.__init__.__kwdefaults__", without_limit,
          a_small_answer_unpacks_to_a_large_one, "MiB were held for one answer"),
    Guard("a call has an end", "billing.whmcs.deadline:Deadline.remaining", anew_with_every_byte,
          an_answer_comes_byte_by_byte, "one answer was waited for"),
    Guard("failing calls have a budget", "billing.whmcs.budget:CallBudget.is_spent", becomes(False),
          a_call_fails_for_each_of_forty, "120 calls were made in vain"),
)  # fmt: skip
