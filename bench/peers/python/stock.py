"""Strawberry as its documentation shows it, over httpx: python stock.py UPSTREAM single|batch."""

import sys
from typing import Any

import data
import httpx
import strawberry
import uvicorn
from serving import serve
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

UPSTREAM, MODE = sys.argv[1:]
http: httpx.AsyncClient


async def get(path: str) -> Any:
    return (await http.get(UPSTREAM + path)).json()


@strawberry.type
class State:
    status: str
    activity: str
    name: str | None
    color: str | None
    since: str | None


@strawberry.type
class Job:
    id: strawberry.ID
    name: str
    status: str
    kind: str
    valid: bool
    archived: bool
    created_at: str | None
    part_reference: str | None


@strawberry.type
class JobConnection:
    nodes: list[Job]


@strawberry.type
class Piece:
    id: strawberry.ID
    name: str
    status: str
    quantity: int | None
    serialised: bool
    reference: str | None
    material: str | None
    updated_at: str
    stale: bool
    kind: str | None


@strawberry.type
class PieceConnection:
    nodes: list[Piece]


@strawberry.type
class Order:
    id: strawberry.ID

    @strawberry.field
    async def pieces(self, info: strawberry.Info, first: int | None = None) -> PieceConnection:
        return PieceConnection(nodes=await info.context["pieces"].load(self.id))


@strawberry.type
class Station:
    id: strawberry.ID
    name: str
    description: str | None
    kind: str
    workshop: str | None
    groups: list[str]
    enabled: bool
    monitored: bool
    updated_at: str
    stale: bool

    @strawberry.field
    async def state(self, info: strawberry.Info) -> State | None:
        return await info.context["states"].load(self.id)

    @strawberry.field
    async def jobs(self, info: strawberry.Info, first: int | None = None) -> JobConnection:
        return JobConnection(nodes=await info.context["jobs"].load(self.id))


@strawberry.type
class StationConnection:
    nodes: list[Station]


@strawberry.type
class OrderConnection:
    nodes: list[Order]


def station_of(row: dict[str, Any]) -> Station:
    names = ("id", "name", "description", "kind", "workshop", "groups", "enabled", "monitored", "stale")
    return Station(**{name: row[name] for name in names}, updated_at=row["updatedAt"])


def job_of(row: dict[str, Any]) -> Job:
    names = ("id", "name", "status", "kind", "valid", "archived")
    own = {name: row[name] for name in names}
    return Job(**own, created_at=row["createdAt"], part_reference=row["partReference"])


def piece_of(row: dict[str, Any]) -> Piece:
    names = ("id", "name", "status", "quantity", "serialised", "reference", "material", "stale", "kind")
    return Piece(**{name: row[name] for name in names}, updated_at=row["updatedAt"])


def state_of(row: dict[str, Any]) -> State:
    return State(**{name: row[name] for name in ("status", "activity", "name", "color", "since")})


@strawberry.type
class Query:
    @strawberry.field
    async def stations(self, first: int | None = None) -> StationConnection:
        return StationConnection(nodes=[station_of(row) for row in (await get("/stations"))["nodes"]])

    @strawberry.field
    async def orders(self, first: int | None = None) -> OrderConnection:
        return OrderConnection(nodes=[Order(id=row["id"]) for row in (await get("/orders"))["nodes"]])

    @strawberry.field
    async def station(self, id: strawberry.ID) -> Station | None:
        return station_of(await get(f"/stations/{data.number(id)}"))


class App(GraphQL[Any, None]):
    async def get_context(self, request: Any, response: Any) -> Any:
        async def states(keys: list[str]) -> list[State]:
            return [state_of(row) for row in await data.states(get, keys)]

        async def jobs(keys: list[str]) -> list[list[Job]]:
            rows = await data.jobs(get, keys, batch=MODE == "batch")
            return [[job_of(row) for row in group] for group in rows]

        async def pieces(keys: list[str]) -> list[list[Piece]]:
            rows = await data.grouped(get, "/pieces", "orderId", keys)
            return [[piece_of(row) for row in group] for group in rows]

        return {"states": DataLoader(states), "jobs": DataLoader(jobs), "pieces": DataLoader(pieces)}


async def started() -> None:
    global http
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    http = httpx.AsyncClient(limits=limits, timeout=30, trust_env=False)


serve(App(strawberry.Schema(Query), graphql_ide=None), started, uvicorn)
