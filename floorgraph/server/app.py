"""The application: sources, engine and schema behind one ASGI app."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from floorgraph.execution.extension import shared_fast_path
from floorgraph.model.time import Clock, SystemClock
from floorgraph.server.access.door import Door
from floorgraph.server.access.gatekeeper import Gatekeeper
from floorgraph.server.graphql import GraphQLEndpoint
from floorgraph.server.images import ImageAddresses, image_route
from floorgraph.server.pages import page_routes
from floorgraph.server.status import status_routes
from floorgraph.settings import ConfigurationError, Settings
from floorgraph.vendors.floor import Floor
from resolvers.environment import Environment
from schema.build import build_schema
from subscriptions.engine import Engine


def create_app(settings: Settings) -> Starlette:
    """The app for a configuration. Calls to sources begin when it starts and end when it stops.

    Raises `ConfigurationError` for files named in it that cannot be used.
    """
    floor = settings.floor()
    return app_over(floor, settings)


def _door(settings: Settings, clock: Clock) -> Door:
    try:
        return Door(settings, clock)
    except ValueError as error:
        raise ConfigurationError([str(error)]) from error


def app_over(
    floor: Floor, settings: Settings, engine: Engine | None = None, *, fast_path: bool = True
) -> Starlette:
    """The app over sources that were made already; it closes them when it stops.

    Without `fast_path` graphql-core runs every operation.
    """
    server = settings.server
    running = engine or Engine(floor)
    clock = SystemClock()
    key = server.signing_key.get_secret_value().encode() if server.signing_key else secrets.token_bytes(32)
    addresses = ImageAddresses(floor, key, server.image_url_seconds, clock)
    environment = Environment(
        floor=floor,
        clock=clock,
        feed_states=running.feed_states,
        image_url=addresses.address,
        engine=running,
    )
    door = _door(settings, clock)
    endpoint = GraphQLEndpoint(
        build_schema(shared_fast_path()) if fast_path else build_schema(),
        environment,
        door=door,
        limits=settings.limits,
        allowed_origins=server.allowed_origins,
    )

    guarded = Gatekeeper(endpoint, door)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            async with running.running():
                yield
        finally:
            await door.close()
            await floor.close()

    return Starlette(
        routes=[
            Route("/graphql", guarded, name="graphql"),
            WebSocketRoute("/graphql", guarded, name="graphql-live"),
            *status_routes(floor),
            image_route(floor, addresses),
            *page_routes(graphiql=server.graphiql),
        ],
        lifespan=lifespan,
    )
