"""Clients that leave before their answer is there."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import Where
from tests.support.client import data, query
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

BODY = json.dumps({"query": "{ stations { nodes { name } } }"}).encode()


class Held(MemorySource):
    """A source that holds its answers, and counts the questions that were given up."""

    def __init__(self) -> None:
        super().__init__("north", [station("1", "Mill")])
        self.held = asyncio.Event()
        self.asked = asyncio.Event()
        self.given_up = asyncio.Event()

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        self.asked.set()
        try:
            return await super().select(kind, where, freshness)
        except asyncio.CancelledError:
            self.given_up.set()
            raise


async def leave_when_asked(base_url: str, source: Held) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(base_url).port)
    lines = (
        "POST /graphql HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
    )
    writer.write("\r\n".join((*lines, "", "")).encode() + BODY)
    await asyncio.wait_for(source.asked.wait(), DEADLINE)
    writer.close()
    await writer.wait_closed()


async def test_the_call_for_a_client_that_left_is_given_up() -> None:
    source = Held()
    async with serving_sources([source]) as base_url:
        await leave_when_asked(base_url, source)
        await asyncio.wait_for(source.given_up.wait(), DEADLINE)
        assert source.held is not None
        source.held.set()
        assert (await data(base_url, "{ stations { totalCount } }"))["stations"] == {"totalCount": 1}


async def test_whoever_stays_gets_the_answer_however_long_it_takes() -> None:
    source = Held()
    async with serving_sources([source]) as base_url:
        staying = asyncio.create_task(query(base_url, "{ stations { nodes { name } } }"))
        await leave_when_asked(base_url, source)
        await asyncio.wait_for(source.given_up.wait(), DEADLINE)
        assert source.held is not None
        source.held.set()
        assert (await staying)["data"] == {"stations": {"nodes": [{"name": "Mill"}]}}
