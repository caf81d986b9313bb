"""Ariadne over aiohttp: python ariadne_app.py UPSTREAM single|batch."""

import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
import data
import uvicorn
from aiodataloader import DataLoader
from ariadne import ObjectType, QueryType, make_executable_schema
from ariadne.asgi import GraphQL
from serving import serve

UPSTREAM, MODE = sys.argv[1:]
http: aiohttp.ClientSession
query, station, order = QueryType(), ObjectType("Station"), ObjectType("Order")


async def get(path: str) -> Any:
    async with http.get(UPSTREAM + path) as response:
        return json.loads(await response.read())


@query.field("stations")
async def stations(*_: Any, **__: Any) -> Any:
    return await get("/stations")


@query.field("orders")
async def orders(*_: Any, **__: Any) -> Any:
    return await get("/orders")


@query.field("station")
async def one(*_: Any, id: str) -> Any:
    return await get(f"/stations/{data.number(id)}")


@station.field("state")
async def state(parent: Any, info: Any) -> Any:
    return await info.context["states"].load(parent["id"])


@station.field("jobs")
async def jobs(parent: Any, info: Any, **_: Any) -> Any:
    return {"nodes": await info.context["jobs"].load(parent["id"])}


@order.field("pieces")
async def pieces(parent: Any, info: Any, **_: Any) -> Any:
    return {"nodes": await info.context["pieces"].load(parent["id"])}


def context(_request: Any, _data: Any) -> Any:
    async def load_states(keys: list[str]) -> Any:
        return await data.states(get, keys)

    async def load_jobs(keys: list[str]) -> Any:
        return await data.jobs(get, keys, batch=MODE == "batch")

    async def load_pieces(keys: list[str]) -> Any:
        return await data.grouped(get, "/pieces", "orderId", keys)

    return {
        "states": DataLoader(load_states),
        "jobs": DataLoader(load_jobs),
        "pieces": DataLoader(load_pieces),
    }


async def started() -> None:
    global http
    http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100))


schema = make_executable_schema(
    (Path(__file__).parents[1] / "schema.graphql").read_text(), query, station, order
)
serve(GraphQL(schema, context_value=context), started, uvicorn)
