"""`/metrics` for Prometheus, from the database and the broker.

They are the installation's, not the process's: whichever web process is asked gives the same, so there is nothing to
add up. An answer serves for some seconds, and a part that hangs or fails is left out and named.
"""

import time
from collections.abc import Callable, Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from companies.authorization.gates import public
from ticketz.monitoring import figures
from ticketz.monitoring.shared import Shared
from ticketz.monitoring.visitors import may_read_details

PATIENCE = 5.0
# Several requests within this time get the same figures. Prometheus asks about every 15 seconds.
FRESH_FOR = 3.0


class Part:
    """A part of the metrics: the function that collects it, at most once in `fresh_for` seconds."""

    def __init__(self, name: str, load: Callable[[], Iterable[Metric]], fresh_for: float = FRESH_FOR) -> None:
        self.name = name
        self._load = load
        self.answer = Shared(self._timed, fresh_for=fresh_for)

    def _timed(self) -> tuple[list[Metric], float]:
        begun = time.monotonic()
        return list(self._load()), time.monotonic() - begun


PARTS = (
    Part("database", figures.load_from_database),
    Part("broker", figures.load_from_broker),
    Part("password_hash", figures.measure_hash, fresh_for=figures.HASH_FRESH_FOR),
)


class TicketzCollector(Collector):
    """All parts, and which of them failed."""

    def collect(self) -> Iterator[Metric]:
        """The metrics that could be collected in time."""
        is_told = GaugeMetricFamily("ticketz_collector_success", "1 if this part could be read.", labels=["collector"])
        took = GaugeMetricFamily(
            "ticketz_collector_duration_seconds", "How long it took to read this part.", labels=["collector"]
        )
        until = time.monotonic() + PATIENCE
        for part in PARTS:
            part.answer.ask()
        for part in PARTS:
            try:
                metrics, seconds = part.answer.get(within=max(0.0, until - time.monotonic()))
            except Exception:  # whatever it was, the other figures are wanted all the more
                is_told.add_metric([part.name], 0)
                continue
            is_told.add_metric([part.name], 1)
            took.add_metric([part.name], seconds)
            yield from metrics
        yield figures.describe_build()
        yield is_told
        yield took


REGISTRY = CollectorRegistry()
REGISTRY.register(TicketzCollector())


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics, for the monitoring token or a signed-in operator. Others get 404."""
    if not may_read_details(request):
        return HttpResponse("Not found.\n", status=404, content_type="text/plain; charset=utf-8")
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(REGISTRY), content_type=content_type)
