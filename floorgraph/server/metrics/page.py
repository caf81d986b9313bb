"""`/metrics`: everything in Prometheus' text format or in OpenMetrics, for those who may read it."""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from ipaddress import ip_address
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from floorgraph.execution.coverage import Tally
from floorgraph.server.access.door import Door
from floorgraph.server.access.refusals import Refusal
from floorgraph.server.metrics.engine import EngineMetrics
from floorgraph.server.metrics.families import Families
from floorgraph.server.metrics.sources import SourceMetrics
from floorgraph.settings import MetricsAccess, Role
from floorgraph.vendors.floor import Floor
from subscriptions.engine import Engine

FORWARDING: Final = ("forwarded", "x-forwarded-for", "via")
"""Headers by which a proxy says that it asks for somebody else."""


class _Program(Collector):
    def collect(self) -> list[Metric]:
        """Which version runs."""
        told = {"version": version("floorgraph")}
        return [InfoMetricFamily("floorgraph_build", "The program that runs; always 1.", value=told)]


class _Limits(Collector):
    def __init__(self, over: Mapping[str, int]) -> None:
        self._over = over

    def collect(self) -> Iterable[Metric]:
        """Which limits operations were over."""
        found = Families()
        family = found.counter(
            "floorgraph_graphql_over_limit",
            "Operations and connections over a limit, refused or not.",
            "limit",
        )
        for name, count in self._over.items():
            family.add_metric([name], count)
        return found


class _Paths(Collector):
    def __init__(self, tally: Tally | None) -> None:
        self._tally = tally

    def collect(self) -> Iterable[Metric]:
        """How operations were run, and why graphql-core had to."""
        found = Families()
        family = found.counter(
            "floorgraph_graphql_execution",
            "Queries and beginnings of subscriptions, by what ran them, and why where it was graphql-core.",
            "path",
            "reason",
        )
        if self._tally is not None:
            family.add_metric(["fast", ""], self._tally.fast)
            for reason, count in tuple(self._tally.left.items()):
                family.add_metric(["graphql-core", reason], count)
        return found


class _Commands(Collector):
    def __init__(self, outcomes: Mapping[tuple[str, str, str], int]) -> None:
        self._outcomes = outcomes

    def collect(self) -> Iterable[Metric]:
        """What became of commands."""
        found = Families()
        family = found.counter(
            "floorgraph_commands",
            "Commands by outcome; one whose outcome became clear later counts again under that.",
            "source",
            "command",
            "outcome",
        )
        for labels, count in tuple(self._outcomes.items()):
            family.add_metric(list(labels), count)
        return found


def registry_over(
    floor: Floor,
    engine: Engine,
    over_limits: Mapping[str, int] | None = None,
    tally: Tally | None = None,
    commands: Mapping[tuple[str, str, str], int] | None = None,
) -> CollectorRegistry:
    """A registry of its own, so that several apps in one process do not mix."""
    registry = CollectorRegistry(auto_describe=False)
    for collector in (
        _Program(),
        SourceMetrics(floor),
        EngineMetrics(engine),
        _Limits({} if over_limits is None else over_limits),
        _Paths(tally),
        _Commands({} if commands is None else commands),
    ):
        registry.register(collector)
    for standard in (ProcessCollector, PlatformCollector, GCCollector):
        standard(registry=registry)
    return registry


def metrics_route(registry: CollectorRegistry, access: MetricsAccess, door: Door) -> Route:
    """The route, for those whom `access` lets in."""

    async def answer(request: Request) -> Response:
        refused = await _refused(request, access, door)
        if refused is not None:
            return refused
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": content_type, "cache-control": "no-store"})

    return Route("/metrics", answer, name="metrics")


async def _refused(request: Request, access: MetricsAccess, door: Door) -> Response | None:
    if access is MetricsAccess.ALL or (access is MetricsAccess.LOCAL and _is_local(request)):
        return None
    if access is not MetricsAccess.ADMIN:
        return PlainTextResponse("/metrics is not open to you; see server.metrics in the settings.\n", 403)
    try:
        address = request.client.host if request.client else "unknown"
        identity = await door.identify(request.headers.get("authorization"), address)
    except Refusal as refusal:
        return refusal.response(request.headers.get("accept", ""))
    if identity.role is Role.ADMIN and identity.sources is None:
        return None
    return PlainTextResponse("/metrics needs the role admin, for all sources.\n", 403)


def _is_local(request: Request) -> bool:
    """Whether somebody on this machine asks for themselves, and not a proxy for somebody elsewhere."""
    if any(name in request.headers for name in FORWARDING):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
