"""Traces reach a collector, calls to vendors below the operations that caused them, and tell no secrets."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from floorgraph.server.app import app_over
from floorgraph.server.tracing import EXPORTER, tracing
from floorgraph.settings import ConfigurationError, TelemetrySettings, settings_of
from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.gate import trace
from tests.support.client import post
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving, serving_sources
from tests.support.upstream import Answer, Upstream
from tests.support.upstream import serving as collecting

KEY = "key-that-must-not-show"


def telemetry(collector: Upstream) -> TelemetrySettings:
    return TelemetrySettings(otlp_endpoint=f"{collector.url}/v1/traces", service_name="north plant")


def spans(collector: Upstream) -> list[Span]:
    found = [ExportTraceServiceRequest.FromString(one.body) for one in collector.requests]
    return [
        span
        for request in found
        for of_resource in request.resource_spans
        for of_scope in of_resource.scope_spans
        for span in of_scope.spans
    ]


def attributes(span: Span) -> dict[str, str]:
    return {one.key: one.value.string_value for one in span.attributes}


@asynccontextmanager
async def behind_a_simulator() -> AsyncIterator[str]:
    with simulator_process("cwork", {"api_key": KEY, "stations": 2}) as simulator:
        table = {
            "key": "north",
            "vendor": "cwork",
            "base_url": f"{simulator.base_url}/CAPI/REST",
            "api_key": KEY,
        }
        settings = settings_of({"sources": [table]}, "a test")
        async with serving(app_over(settings.floor(), settings)) as base_url:
            yield base_url


async def test_a_call_stands_below_the_operation_that_caused_it() -> None:
    async with collecting() as collector:
        with tracing(telemetry(collector)):
            async with behind_a_simulator() as base_url, asyncio.timeout(DEADLINE):
                # An operation may join a call that a probe has begun, and so cause none itself.
                while (found := _caused(spans(collector))) is None:
                    await post(base_url, "query SecretName { stations(maxAge: 0) { nodes { id } } }")
                    await asyncio.sleep(0.2)
        told = b"".join(request.body for request in collector.requests)
    operation, call = found
    assert attributes(operation) == {"graphql.operation.type": "query", "floorgraph.outcome": "ok"}
    assert attributes(call) == {"floorgraph.source": "north", "floorgraph.endpoint": "stations"}
    assert b"north plant" in told
    for secret in (KEY, "SecretName", "127.0.0.1"):
        assert secret.encode() not in told


def _caused(found: list[Span]) -> tuple[Span, Span] | None:
    """An operation and a call that it caused, once there are such."""
    operations = {span.span_id: span for span in found if span.name == "graphql"}
    calls = (span for span in found if span.name == "north stations")
    return next(
        ((operations[call.parent_span_id], call) for call in calls if call.parent_span_id in operations), None
    )


async def test_nothing_is_traced_without_settings() -> None:
    with tracing(None), trace.span("anything") as tell:
        tell("a", "b")


async def test_a_collector_that_refuses_holds_nothing_up_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with collecting() as collector:
        collector.default = Answer(400, b"a text that must not show")
        with caplog.at_level(logging.WARNING), tracing(telemetry(collector)):
            async with serving_sources([MemorySource("north", [station("1")])]) as base_url:
                for asked in range(1, 3):
                    answer = await post(base_url, "{ stations { totalCount } }")
                    assert answer.json()["data"] == {"stations": {"totalCount": 1}}
                    async with asyncio.timeout(DEADLINE):
                        while len(collector.requests) < asked:  # noqa: ASYNC110  seen from outside
                            await asyncio.sleep(0.05)
                async with asyncio.timeout(DEADLINE):
                    while not caplog.records:  # noqa: ASYNC110  seen from outside
                        await asyncio.sleep(0.05)
    told = [record.getMessage() for record in caplog.records if record.name == EXPORTER]
    assert told == ["spans cannot be sent to the collector"]


def test_a_missing_extra_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:  # F12
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    settings = TelemetrySettings(otlp_endpoint="http://127.0.0.1:9/v1/traces")
    with pytest.raises(ConfigurationError, match=r"floorgraph\[otel\]"), tracing(settings):
        pytest.fail("traced without the extra")
