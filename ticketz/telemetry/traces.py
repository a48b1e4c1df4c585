"""Traces to an OpenTelemetry collector: which page or task, how long, how it ended."""

from collections.abc import Sequence

from django.conf import settings
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status
from opentelemetry.util.types import Attributes, AttributeValue

from ticketz.logs.redaction import redact

# An allow-list, with old and new names. No URL, no query, no client, no exception messages.
_ATTRIBUTES = frozenset({
    "http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code",
    "celery.action", "celery.state", "celery.task_name", "messaging.message.id", "messaging.message_id",
    "exception.type", "error.type",
})  # fmt: skip


def start(endpoint: str) -> None:
    """Send a span for each request and each task to `endpoint` (its `/v1/traces`)."""
    resource = Resource.create({SERVICE_NAME: "ticketz", SERVICE_VERSION: settings.VERSION})
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(HarmlessExporter(exporter)))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(tracer_provider=provider)
    CeleryInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]


class HarmlessExporter(SpanExporter):
    """Exports only attributes of the allow-list."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Delegates to the exporter."""
        return self._exporter.export([harmless(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def harmless(span: ReadableSpan) -> ReadableSpan:
    """A copy with the allowed attributes, without details of links and status."""
    return ReadableSpan(
        name=redact(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_harmless(span.attributes),
        events=[Event(event.name, _harmless(event.attributes), event.timestamp) for event in span.events],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _harmless(attributes: Attributes) -> dict[str, AttributeValue]:
    found = dict(attributes or {})
    return {
        name: redact(value) if isinstance(value, str) else value for name, value in found.items() if name in _ATTRIBUTES
    }
