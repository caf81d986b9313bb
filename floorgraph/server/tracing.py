"""OpenTelemetry, where it is installed and configured: spans of operations and of calls to vendors."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from floorgraph.settings import ConfigurationError, TelemetrySettings
from floorgraph.vendors.gate.trace import Spans, Tell, use_spans

MISSING: Final = "telemetry: needs the extra 'otel': pip install \"floorgraph[otel]\"."
EXPORTER: Final = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
EXPORT_SECONDS: Final = 2.0
"""Longest time that one attempt to send spans may take, and that the end of the server waits for them."""


QUIET_SECONDS: Final = 600.0
"""Time between two lines of the log about a collector that takes no spans."""


class _Sparing(logging.Filter):
    """Lets one complaint through in a while: the exporter complains at every attempt."""

    def __init__(self) -> None:
        super().__init__()
        self._last = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written."""
        if record.created - self._last < QUIET_SECONDS:
            return False
        self._last = record.created
        # Its text may quote the collector's answer, its traceback addresses.
        record.msg, record.args, record.exc_info = "spans cannot be sent to the collector", (), None
        return True


@contextmanager
def tracing(settings: TelemetrySettings | None) -> Iterator[None]:
    """Trace within the block; what was not sent by its end is sent then, if that goes quickly.

    Raises `ConfigurationError` when OpenTelemetry is not installed.
    """
    if settings is None:
        yield
        return
    provider = _provider(settings)
    use_spans(_spans(provider.get_tracer("floorgraph")))
    complaints, sparing = logging.getLogger(EXPORTER), _Sparing()
    complaints.addFilter(sparing)
    try:
        yield
    finally:
        use_spans(None)
        # In a thread of its own, because a collector that hangs must not keep the process from ending.
        ending = threading.Thread(target=provider.shutdown, name="send the last spans", daemon=True)
        ending.start()
        ending.join(EXPORT_SECONDS)
        complaints.removeFilter(sparing)


def _provider(settings: TelemetrySettings) -> Any:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
    except ImportError as error:
        raise ConfigurationError([MISSING]) from error
    provider = TracerProvider(
        resource=Resource.create({"service.name": settings.service_name}),
        sampler=ParentBased(TraceIdRatioBased(settings.sample_ratio)),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return provider


def _spans(tracer: Any) -> Spans:
    from opentelemetry.trace import StatusCode

    @contextmanager
    def spans(name: str) -> Iterator[Tell]:
        # Texts of failures stay out of spans: their kind says enough.
        with tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as made:
            try:
                yield made.set_attribute
            except BaseException as error:
                made.set_status(StatusCode.ERROR, type(error).__name__)
                raise

    return spans
