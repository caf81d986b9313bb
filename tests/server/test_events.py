"""GraphQL over server-sent events: distinct connections, cursors as ids, resumption by Last-Event-ID."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from floorgraph.server import events
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

CHANGED = """subscription ($after: String) {
  stationChanged(after: $after, maxAge: 0.2) { kind id cursor station { name } } }"""
FEEDS = '{ source(key: "north") { feeds { subscribers } } }'
ACCEPT = {"accept": "text/event-stream"}


@dataclass
class Told:
    """One event of the stream."""

    event: str = ""
    data: str = ""
    id: str | None = None

    @property
    def change(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.data)["data"]["stationChanged"]
        return found


async def read(answer: httpx2.Response) -> AsyncGenerator[Told, None]:
    """The events, as the standard has them parsed."""
    told = Told()
    async for line in answer.aiter_lines():
        if not line:
            if told.event:
                yield told
            told = Told(id=told.id)
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            if field in ("event", "data", "id"):
                setattr(told, field, value.removeprefix(" "))


@asynccontextmanager
async def stream(
    base_url: str, payload: dict[str, Any], **headers: str
) -> AsyncIterator[AsyncGenerator[Told, None]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        asyncio.timeout(DEADLINE),
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
        http.stream("POST", f"{base_url}/graphql", json=payload, headers=ACCEPT | named) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        assert "no-cache" in answer.headers["cache-control"]
        async with aclosing(read(answer)) as found:
            yield found


async def caught_up(found: AsyncGenerator[Told, None]) -> list[Told]:
    told = [await anext(found)]
    while told[-1].change["kind"] != "CAUGHT_UP":
        told.append(await anext(found))
    return told


async def test_changes_come_as_events_whose_ids_are_their_cursors() -> None:
    source = MemorySource("north", [station("1", "Mill")])
    async with serving_sources([source]) as base_url, stream(base_url, {"query": CHANGED}) as found:
        snapshot, end = await caught_up(found)
        assert (snapshot.event, snapshot.change["station"]["name"]) == ("next", "Mill")
        assert end.id == end.change["cursor"]
        source.put(station("1", "Lathe"))
        update = await anext(found)
        assert (update.change["kind"], update.change["station"]["name"]) == ("UPDATED", "Lathe")
        assert update.id == update.change["cursor"]


async def test_the_last_event_id_goes_on_where_the_stream_stood() -> None:  # E23, E8
    source = MemorySource("north", [station("1", "0")])
    async with serving_sources([source]) as base_url, stream(base_url, {"query": CHANGED}) as watching:
        await caught_up(watching)
        async with stream(base_url, {"query": CHANGED}) as first:
            last = (await caught_up(first))[-1]
        assert last.id is not None
        missed = []
        for turn in range(1, 4):
            source.put(station("1", str(turn)))
            missed.append((await anext(watching)).change)
        # A browser asks again with the address it has, so that an older cursor may stand in it.
        payload = {"query": CHANGED, "variables": {"after": "AAAA"}}
        async with stream(base_url, payload, last_event_id=last.id) as back:
            assert [(await anext(back)).change for _ in missed] == missed
            source.put(station("1", "4"))
            assert (await anext(back)).change == (await anext(watching)).change


async def test_queries_and_other_subscriptions_are_served_too() -> None:
    async with serving_sources([MemorySource("north")]) as base_url:
        async with stream(base_url, {"query": "{ sources { key } }"}) as found:
            told = [one async for one in found]
        assert [one.event for one in told] == ["next", "complete"]
        assert json.loads(told[0].data)["data"] == {"sources": [{"key": "north"}]}
        document = "subscription { sourceChanged { kind key } }"
        async with stream(base_url, {"query": document}) as found:
            assert json.loads((await anext(found)).data)["data"]["sourceChanged"]["key"] == "north"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "subscription { nope }"}, "BAD_REQUEST"),
        ({"query": "subscription {"}, "BAD_REQUEST"),
        ({"query": 'subscription { stationChanged(after: "x") { kind } }'}, "BAD_CURSOR"),
        ({"query": 'subscription { stationChanged(on: ["nope"]) { kind } }'}, "BAD_ARGUMENT"),
    ],
)
async def test_what_cannot_be_served_is_told_in_an_event_and_completes(
    payload: dict[str, Any], code: str
) -> None:
    async with serving_sources([MemorySource("north")]) as base_url, stream(base_url, payload) as found:
        told = [one async for one in found]
    assert [one.event for one in told] == ["next", "complete"]
    assert json.loads(told[0].data)["errors"][0]["extensions"]["code"] == code


async def test_a_browsers_event_source_asks_by_get() -> None:
    source = MemorySource("north", [station("1", "Mill")])
    async with (
        serving_sources([source]) as base_url,
        asyncio.timeout(DEADLINE),
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
        http.stream(
            "GET", f"{base_url}/graphql", params={"query": CHANGED, "variables": "{}"}, headers=ACCEPT
        ) as answer,
        aclosing(read(answer)) as found,
    ):
        assert (await caught_up(found))[0].change["station"]["name"] == "Mill"


async def test_a_body_that_is_no_request_is_refused() -> None:
    async with (
        serving_sources([MemorySource("north")]) as base_url,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        for content in (b"{", b"[]", b"[1]"):
            answer = await http.post(
                f"{base_url}/graphql", content=content, headers=ACCEPT | {"content-type": "application/json"}
            )
            assert answer.status_code == 400, content


async def test_a_client_that_leaves_gives_its_demand_back() -> None:
    source = MemorySource("north", [station("1")])
    async with serving_sources([source]) as base_url:
        async with stream(base_url, {"query": CHANGED}) as found:
            await caught_up(found)
            assert (await data(base_url, FEEDS))["source"]["feeds"][0]["subscribers"] == 1
        async with asyncio.timeout(DEADLINE):
            while (await data(base_url, FEEDS))["source"]["feeds"][0]["subscribers"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_a_quiet_stream_is_kept_alive_by_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.EventStream.__init__, "__defaults__", (0.05,))
    source = MemorySource("north", [station("1")])
    async with (
        serving_sources([source]) as base_url,
        asyncio.timeout(DEADLINE),
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
        http.stream("POST", f"{base_url}/graphql", json={"query": CHANGED}, headers=ACCEPT) as answer,
    ):
        heartbeats = 0
        async for line in answer.aiter_lines():
            heartbeats += line == ":"
            if heartbeats == 3:
                break


def test_the_accepted_types_are_read_as_http_has_them() -> None:
    assert events.asked_for("text/event-stream")
    assert events.asked_for("application/json;q=0.5, Text/Event-Stream;q=0.9")
    assert not events.asked_for("application/json")
    assert not events.asked_for("*/*")
