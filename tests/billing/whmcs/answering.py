"""A WHMCS that gives some answers, one after the other, for clients to meet."""

import socket
from typing import Any

from billing.whmcs import RetryPolicy
from tests.billing.whmcs.wire import Request, http, products, service

PAGE = http(products([service(1)]))
ONCE = RetryPolicy(max_tries=1)


def answering(*answers: bytes) -> Any:
    """A script that gives one answer for each request, the last one for ever."""
    waiting = list(answers)

    def script(sock: socket.socket, request: Request) -> None:
        sock.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    return script
