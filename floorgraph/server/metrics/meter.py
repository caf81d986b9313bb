"""What the server counts itself, because nobody else knows it: operations, sockets, reloads, and lag."""

import asyncio
import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

LOOK_SECONDS: Final = 0.5
"""Time between two looks at how late the event loop is."""
DURATIONS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LAGS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
KNOWN_CODES: Final = frozenset({1000, 1001, 1002, 1003, 1006, 1007, 1009, 1012, 1013})
"""Close codes of the protocol; those of graphql-transport-ws are 4400 to 4499."""


class Meter:
    """The counters of one app, in its own registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.operations = Histogram(
            "floorgraph_graphql_operation_duration_seconds",
            "Time from an operation's arrival to its result, for queries and mutations.",
            ("type", "outcome"),
            buckets=DURATIONS,
            registry=registry,
        )
        self.sockets = Gauge("floorgraph_websockets", "Websockets that are open now.", registry=registry)
        self.closed = Counter(
            "floorgraph_websockets_closed", "Websockets closed, by close code.", ("code",), registry=registry
        )
        self.streams = Gauge(
            "floorgraph_event_streams", "Streams of server-sent events that are open now.", registry=registry
        )
        self.responses = Counter(
            "floorgraph_http_responses",
            "Answers of the API over HTTP, by the first digit of their status.",
            ("status",),
            registry=registry,
        )
        self.lag = Histogram(
            "floorgraph_event_loop_lag_seconds",
            "How much later than asked for the event loop ran a timer.",
            buckets=LAGS,
            registry=registry,
        )
        self.reloads = Counter(
            "floorgraph_configuration_reloads",
            "Times the configuration was read again, by whether it was taken up.",
            ("outcome",),
            registry=registry,
        )
        self.loaded = Gauge(
            "floorgraph_configuration_loaded_timestamp_seconds",
            "When the configuration in use was taken up.",
            registry=registry,
        )
        self.loaded.set_to_current_time()
        # What was counted before, so that its labels need not be looked up again.
        self._operations: dict[tuple[str, str], Histogram] = {}
        self._responses: dict[int, Counter] = {}

    def operation(self, kind: str, outcome: str, seconds: float) -> None:
        """An operation ended."""
        known = self._operations.get((kind, outcome))
        if known is None:
            known = self._operations[kind, outcome] = self.operations.labels(kind, outcome)
        known.observe(seconds)

    def response(self, status: int) -> None:
        """An answer over HTTP begins."""
        known = self._responses.get(status // 100)
        if known is None:
            known = self._responses[status // 100] = self.responses.labels(f"{status // 100}xx")
        known.inc()

    def close(self, code: int) -> None:
        """A websocket was closed."""
        known = code in KNOWN_CODES or 4400 <= code < 4500
        self.closed.labels(str(code) if known else "other").inc()

    async def watch_loop(self) -> None:
        """Look at how late the event loop is, for ever."""
        while True:
            due = time.monotonic() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self.lag.observe(max(0.0, time.monotonic() - due))
