"""The head of an answer leaves with its body, and never waits for longer than a turn of the event loop."""

import asyncio
from typing import Any, cast

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from floorgraph.server.http import Together
from floorgraph.server.run import server_for
from tests.support.deadline import DEADLINE


class Wires:
    """Stands for a transport: what it was given, write by write."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def writelines(self, parts: list[bytes]) -> None:
        self.written.append(b"".join(parts))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def over(wires: Wires) -> Together:
    return Together(asyncio.get_running_loop(), cast("asyncio.Transport", wires))


async def test_head_and_body_are_one_write_and_what_follows_is_its_own() -> None:
    wires = Wires()
    subject = over(wires)
    for part in (b"head ", b"body", b"more", b""):
        subject.write(part)
    await asyncio.sleep(0)
    assert wires.written == [b"head body", b"more", b""]


async def test_a_head_whose_body_does_not_come_leaves_alone() -> None:
    wires = Wires()
    subject = over(wires)
    subject.write(b"head")
    assert wires.written == []
    await asyncio.sleep(0)
    assert wires.written == [b"head"]
    subject.write(b"body")
    assert wires.written == [b"head", b"body"]


async def test_closing_sends_what_is_held_and_then_nothing() -> None:
    wires = Wires()
    subject = over(wires)
    subject.write(b"head")
    subject.close()
    assert (wires.written, subject.is_closing()) == ([b"head"], True)
    await asyncio.sleep(0)
    assert wires.written == [b"head"]


async def test_nothing_is_written_to_a_connection_that_was_cut_meanwhile() -> None:
    wires = Wires()
    over(wires).write(b"head")
    wires.closed = True
    await asyncio.sleep(0)
    assert wires.written == []


async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
    """An app whose answers end only when the client has seen their head."""
    if scope["type"] != "http":
        return
    headers = [(b"content-length", b"4")] if scope["path"] == "/known" else []
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await scope["state"]["seen"].wait()
    await send({"type": "http.response.body", "body": b"bo", "more_body": True})
    await send({"type": "http.response.body", "body": b"dy"})


@pytest.mark.parametrize("path", ["/known", "/chunked"])
async def test_clients_see_the_head_before_there_is_a_body(path: str) -> None:
    seen = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await streaming({**scope, "state": {"seen": seen}}, receive, send)

    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = server_for(app, "127.0.0.1", 0, address.set_result)
    server.config.lifespan = "off"
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(DEADLINE), httpx2.AsyncClient(trust_env=False) as http:
        for _ in range(2):
            seen.clear()
            async with http.stream("GET", await address + path) as answer:
                assert answer.status_code == 200
                seen.set()
                body: Any = await answer.aread()
                assert body == b"body"
    server.should_exit = True
    await serving
