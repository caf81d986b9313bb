"""The application: sources, engine and schema behind one ASGI app."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from floorgraph.commands.policy import CommandPolicy
from floorgraph.execution.extension import FastPath, shared_fast_path
from floorgraph.model.time import Clock, SystemClock
from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.door import Door
from floorgraph.server.access.gatekeeper import Gatekeeper
from floorgraph.server.commands import command_desk
from floorgraph.server.debug import debug_route
from floorgraph.server.documents import document_address, document_route
from floorgraph.server.graphql import GraphQLEndpoint
from floorgraph.server.hosts import HostGuard
from floorgraph.server.images import ImageAddresses, image_route
from floorgraph.server.lifecycle import Lifecycle
from floorgraph.server.live import Live
from floorgraph.server.metrics.counting import Counted
from floorgraph.server.metrics.meter import Meter
from floorgraph.server.metrics.page import metrics_route, registry_over
from floorgraph.server.pages import page_routes
from floorgraph.server.reloading import Reloader
from floorgraph.server.signing import Signer
from floorgraph.server.status import status_routes
from floorgraph.settings import ConfigurationError, ServerSettings, Settings
from floorgraph.vendors.floor import Floor
from resolvers.environment import Environment
from schema.build import build_schema
from schema.metering import Metered
from subscriptions.engine import Engine

ENDPOINT: Final = "/graphql"


class Application(Starlette):
    """The app. What asks for its endpoint goes past the layers of Starlette.

    They would take time of each request, and be kept as long as a websocket lives. `direct` has what serves
    the endpoint, by the type of an ASGI scope.
    """

    def __init__(self, direct: Mapping[str, ASGIApp], **parts: Any) -> None:
        super().__init__(**parts)
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, one websocket, or the app's life."""
        # Under another path than its own, such as below a prefix, routes find it.
        direct = self._direct.get(scope["type"]) if scope.get("path") == ENDPOINT else None
        serving = (direct or super().__call__)(scope, receive, send)
        del scope, receive, send
        await serving


def create_app(
    settings: Settings, read: Callable[[], Settings] | None = None, *, verbose: bool = False
) -> Starlette:
    """The app for a configuration. Calls to sources begin when it starts and end when it stops.

    `read` reads the configuration again; see `Reloader`. The app's state has
    its `lifecycle` and its `reloader`. Raises `ConfigurationError` for files
    named in the configuration that cannot be used.
    """
    app = app_over(settings.floor(), settings)
    app.state.reloader.read, app.state.reloader.verbose = read, verbose
    return app


def _signing_key(server: ServerSettings) -> bytes:
    given = server.signing_key
    return secrets.token_bytes(32) if given is None else given.get_secret_value().encode()


def _guards(settings: Settings, clock: Clock, over: Counter[str]) -> tuple[Door, TrustedDocuments]:
    try:
        return Door(settings, clock, over), TrustedDocuments(settings.documents)
    except ValueError as error:
        raise ConfigurationError([str(error)]) from error


def _signed(environment: Environment, server: ServerSettings) -> Signer:
    """Lets the environment make addresses; gives who made them, and can tell them from forged ones."""
    signer = Signer(_signing_key(server), server.image_url_seconds, environment.clock)
    environment.image_url = ImageAddresses(environment.floor, signer).address
    environment.document_url = partial(document_address, signer)
    environment.feed_states = environment.engine.feed_states
    return signer


def _endpoint(
    fast: FastPath | None,
    environment: Environment,
    settings: Settings,
    door: Door,
    documents: TrustedDocuments,
) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        build_schema(Metered, fast) if fast else build_schema(Metered),
        environment,
        door=door,
        limits=settings.limits,
        documents=documents,
        allowed_origins=settings.server.allowed_origins,
    )


def app_over(
    floor: Floor,
    settings: Settings,
    engine: Engine | None = None,
    *,
    fast_path: bool | None = None,
    commands: CommandPolicy | None = None,
) -> Starlette:
    """The app over sources that were made already; it closes them when it stops.

    Without `fast_path` graphql-core runs every operation; the settings decide where it is not given.
    `commands` are the bounds of commands, those of the settings where they are not given.
    """
    server = settings.server
    fast = shared_fast_path() if (server.fast_path if fast_path is None else fast_path) else None
    running = engine or Engine(floor)
    clock = SystemClock()
    desk = command_desk(settings, floor, running, clock, commands)
    lifecycle = Lifecycle(server.drain_seconds)
    over_limits: Counter[str] = Counter()
    registry = registry_over(floor, running, over_limits, fast.tally if fast else None, desk.book.outcomes)
    meter = Meter(registry)
    environment = Environment(
        floor=floor,
        engine=running,
        desk=desk,
        clock=clock,
        observed=meter.operation,
        over_limits=over_limits,
        limits=settings.limits.of_operations(),
    )
    signer = _signed(environment, server)
    door, documents = _guards(settings, clock, over_limits)
    endpoint = _endpoint(fast, environment, settings, door, documents)
    queries, live = Counted(Gatekeeper(endpoint, door), meter, lifecycle), Live(endpoint, door, meter)
    reloader = Reloader(settings, floor, running, door, documents, meter)

    app = Application(
        {"http": HostGuard(queries, server), "websocket": HostGuard(live, server)},
        routes=[
            Route(ENDPOINT, queries, name="graphql"),
            WebSocketRoute(ENDPOINT, live, name="graphql-live"),
            *status_routes(floor, lifecycle, door),
            metrics_route(registry, server.metrics, door),
            debug_route(running, door),
            image_route(floor, ImageAddresses(floor, signer)),
            document_route(floor, desk, signer),
            *page_routes(graphiql=server.graphiql),
        ],
        lifespan=lambda _app: _running(
            _closing(lifecycle, door, floor),
            running.running(),
            desk.running(),
            _tending(meter, reloader),
            begun=lifecycle.begin,
        ),
        middleware=[Middleware(HostGuard, settings=server)],
    )
    app.state.lifecycle, app.state.reloader = lifecycle, reloader
    return app


@asynccontextmanager
async def _running(
    *parts: AbstractAsyncContextManager[object], begun: Callable[[], None]
) -> AsyncIterator[None]:
    """Everything that runs as long as the app does, each part within those before it."""
    async with AsyncExitStack() as stack:
        for part in parts:
            await stack.enter_async_context(part)
        begun()
        yield


@asynccontextmanager
async def _closing(lifecycle: Lifecycle, door: Door, floor: Floor) -> AsyncIterator[None]:
    """Close what the app was given, last of all."""
    try:
        yield
    finally:
        lifecycle.stop()
        await door.close()
        await floor.close()


@asynccontextmanager
async def _tending(meter: Meter, reloader: Reloader) -> AsyncIterator[None]:
    """What the app does beside serving."""
    tasks = (
        asyncio.create_task(meter.watch_loop(), name="watch the event loop"),
        asyncio.create_task(reloader.run(), name="reload the configuration"),
    )
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
