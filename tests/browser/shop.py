"""A tiny shop behind GraphQL, of the shape that the first and the last example tab ask for."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import strawberry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.asgi import GraphQL

from floorgraph.server.pages import page_routes

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@strawberry.type
class State:
    status: str = "RUNNING"
    activity: str = "EXECUTING"
    name: str | None = "Production"
    color: str | None = "#2e9e4f"
    since: datetime | None = NOON
    comment: str | None = None
    quality: str = "VALID"


@strawberry.type
class Progress:
    done: float = 12
    total: float | None = 40
    percent: float | None = 30
    unit: str = "PARTS"


@strawberry.type
class Order:
    name: str = "PO-2026-0117"


@strawberry.type
class Job:
    name: str = "OP 20 milling"
    status: str = "RUNNING"
    progress: Progress | None = strawberry.field(default_factory=Progress)
    order: Order | None = strawberry.field(default_factory=Order)


@strawberry.type
class Station:
    id: strawberry.ID
    name: str
    workshop: str | None = "Hall 2"
    state: State | None = strawberry.field(default_factory=State)
    current_job: Job | None = strawberry.field(default_factory=Job)
    observed_at: datetime = NOON
    stale: bool = False


@strawberry.type
class StationEdge:
    node: Station


@strawberry.type
class PageInfo:
    has_next_page: bool = False
    end_cursor: str | None = None


@strawberry.type
class StationConnection:
    edges: list[StationEdge]
    total_count: int
    unavailable_sources: list[str] = strawberry.field(default_factory=list)
    page_info: PageInfo = strawberry.field(default_factory=PageInfo)


@strawberry.type
class Source:
    key: str
    title: str
    vendor: str
    status: str


@strawberry.type
class StationChange:
    kind: str
    id: strawberry.ID | None
    station: Station | None
    changed_fields: list[str]
    at: datetime
    cursor: str


def the_stations() -> list[Station]:
    return [
        Station(id=strawberry.ID("north:station:1"), name="Lathe 1"),
        Station(
            id=strawberry.ID("north:station:2"), name="Mill 2", state=State(status="SETUP", name="Set-up")
        ),
        Station(
            id=strawberry.ID("south:station:1"), name="Mill 3", state=State(status="FAULT"), current_job=None
        ),
    ]


@strawberry.type
class Query:
    @strawberry.field
    def stations(self, first: int | None = None) -> StationConnection:
        shown = the_stations()
        return StationConnection(
            edges=[StationEdge(node=one) for one in shown[:first]], total_count=len(shown)
        )

    @strawberry.field
    def sources(self) -> list[Source]:
        return [
            Source(key="north", title="North hall", vendor="cwork", status="UP"),
            Source(key="south", title="South hall", vendor="cwork", status="DEGRADED"),
        ]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def station_changed(self) -> AsyncGenerator[StationChange, None]:
        """A change every half second, for as long as somebody listens."""
        number = 0
        while True:
            number += 1
            yield StationChange(
                kind="SNAPSHOT" if number == 1 else "UPDATED",
                id=strawberry.ID("north:station:1"),
                station=the_stations()[0],
                changed_fields=[] if number == 1 else ["state"],
                at=NOON,
                cursor=f"event-{number}",
            )
            await asyncio.sleep(0.5)


def shop() -> Starlette:
    """The pages beside the API, as the real server has them."""
    return Starlette(routes=[*_api(), *page_routes()])


def shop_without_bundle() -> Starlette:
    """The shop where the stand-in page takes GraphiQL's place."""
    return Starlette(routes=[*_api(), *page_routes(bundle=Path("no-such-folder"))])


def locked_shop() -> Starlette:
    """The shop whose API answers those alone who bring the key `let-me-in`."""
    return Starlette(
        routes=[*_api(), *page_routes()],
        middleware=[Middleware(_Lock)],
    )


class _Lock:
    """Refuses questions over HTTP without the key; websockets are not asked for one here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["path"] == "/graphql"
        if asks and Request(scope).headers.get("authorization") != "Bearer let-me-in":
            await JSONResponse({"errors": [{"message": "Who are you?"}]}, 401)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def closed_shop() -> Starlette:
    """The pages beside an API that knows nobody, with GraphiQL switched off."""
    return Starlette(routes=[Route("/graphql", _refuse, methods=["POST"]), *page_routes(graphiql=False)])


def _api() -> list[BaseRoute]:
    schema = strawberry.Schema(Query, subscription=Subscription)
    api = GraphQL[None, None](schema, graphql_ide=None, subscription_protocols=["graphql-transport-ws"])
    return [Route("/graphql", api), WebSocketRoute("/graphql", api)]


async def _refuse(_request: Request) -> Response:
    return JSONResponse({"errors": [{"message": "Who are you?"}]}, status_code=401)
