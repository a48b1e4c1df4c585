"""A thousand calls at once, forged, replayed and out of order, against a server that runs.

    python -m tests.integrations.storm URL SECRET [SERVICE ...]

Prints how many were answered how, and how long the slowest took. Exit status 1: one was answered that should not be.
"""

import json
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests
from standardwebhooks import Webhook

CALLS, AT_A_TIME = 1000, 16
Headers = dict[str, str]


@dataclass
class Storm:
    """`seed` makes one that can be repeated; `statuses` are by kind of call, `slowest` in seconds."""

    url: str
    secret: str
    services: Sequence[int] = (1, 2, 3)
    seed: int = 7
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    slowest: float = 0.0

    def blow(self, calls: int = CALLS) -> None:
        """Send them all, so many at a time, in an order that is not that of their times."""
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            for kind, status, seconds in pool.map(self._send, self._calls(calls)):
                self.statuses.setdefault(kind, Counter())[status] += 1
                self.slowest = max(self.slowest, seconds)

    def believed(self) -> list[str]:
        """Kinds of calls that were taken though they are nobody's; empty as it should be."""
        return sorted(
            kind for kind in self.statuses if kind not in {"right", "replayed"} and 202 in self.statuses[kind]
        )

    def _calls(self, calls: int) -> Iterator[tuple[str, bytes, Headers]]:
        dice = random.Random(self.seed)  # noqa: S311 - a storm that can be repeated
        sent: list[tuple[bytes, Headers]] = []
        kinds = ["right", "replayed", "forged", "torn", "too old", "too new", "unsigned"]
        for _ in range(calls):
            kind = dice.choice(kinds)
            body = json.dumps({"type": "service.changed", "data": {"services": [dice.choice(self.services)]}}).encode()
            off = {"too old": -dice.randint(310, 9999), "too new": dice.randint(310, 9999)}.get(
                kind, dice.randint(-250, 250)
            )
            headers = self._signed(body, self.secret if kind != "forged" else f"whsec_{'B' * 44}", off)
            if kind == "torn":
                body = body.replace(b"service", b"Service", 1)
            elif kind == "unsigned":
                headers = {}
            elif kind == "replayed" and sent:
                body, headers = dice.choice(sent)
            elif kind == "right":
                sent.append((body, headers))
            yield kind, body, headers

    def _signed(self, body: bytes, secret: str, seconds_off: int) -> Headers:
        at = (datetime.now(UTC) + timedelta(seconds=seconds_off)).replace(microsecond=0)
        name = f"msg_{secrets.token_hex(12)}"
        signature = Webhook(secret).sign(name, at, body.decode())
        return {"Webhook-Id": name, "Webhook-Timestamp": str(int(at.timestamp())), "Webhook-Signature": signature}

    def _send(self, call: tuple[str, bytes, Headers]) -> tuple[str, int, float]:
        kind, body, headers = call
        began = time.monotonic()
        answer = requests.post(self.url, body, headers=headers, timeout=120)
        return kind, answer.status_code, time.monotonic() - began


def main(arguments: list[str]) -> int:
    storm = Storm(arguments[0], arguments[1], [int(number) for number in arguments[2:]] or (1, 2, 3))
    storm.blow()
    for kind, statuses in sorted(storm.statuses.items()):
        print(f"{kind:<9} {dict(statuses)}")  # noqa: T201
    print(f"the slowest answer took {storm.slowest:.2f} s")  # noqa: T201
    return int(bool(storm.believed()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
