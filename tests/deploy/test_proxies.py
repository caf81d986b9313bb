"""`deploy/nginx.conf` and `deploy/Caddyfile` in front of the server, run by the real programs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from floorgraph.server.access.door import Door
from floorgraph.settings import ServerSettings, Settings
from tests.deploy.proxies import Front, caddy, nginx
from tests.support.client import data, live
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

CHANGES = "subscription { stationChanged { kind id } }"


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> Front:
    chosen: Front = request.param
    return chosen


def settings() -> Settings:
    return Settings(ServerSettings.model_validate({"trusted_proxies": ["127.0.0.1"]}))


async def test_queries_pages_and_readiness_pass(proxy: Front, tmp_path: Path) -> None:
    async with (
        serving_sources([MemorySource("north", [station("1")])], settings=settings()) as behind,
        proxy(tmp_path, behind) as front,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        assert await data(front, "{ stations { totalCount } }") == {"stations": {"totalCount": 1}}
        assert (await http.get(f"{front}/readyz")).status_code == 200
        assert (await http.get(f"{front}/graphiql/")).status_code == 200
        assert (await http.get(f"{front}/metrics")).status_code == 403
        # Some versions of Caddy take a refusal in the middle of a body for a failure of the server.
        for length, statuses in ((262_000, {200}), (300_000, {413, 502})):
            long = {"query": "#" * length + "\n{ __typename }"}
            assert (await http.post(f"{front}/graphql", json=long)).status_code in statuses
        # Asked for somebody else, the server itself would not tell either.
        forwarded = {"x-forwarded-for": "127.0.0.1"}
        assert (await http.get(f"{behind}/metrics", headers=forwarded)).status_code == 403


async def test_websockets_pass_and_their_events_come_at_once(proxy: Front, tmp_path: Path) -> None:
    north = MemorySource("north", [station("1")])
    async with (
        serving_sources([north], settings=settings()) as behind,
        proxy(tmp_path, behind) as front,
        live(front) as client,
        asyncio.timeout(DEADLINE),
    ):
        await client.subscribe(CHANGES)
        for kind in ("SNAPSHOT", "CAUGHT_UP"):
            assert (await client.next())["data"]["stationChanged"]["kind"] == kind
        north.put(station("2"))
        found = (await client.next())["data"]["stationChanged"]
        assert found == {"kind": "ADDED", "id": "north:station:2"}


async def test_event_streams_pass_and_are_not_collected(proxy: Front, tmp_path: Path) -> None:
    north = MemorySource("north", [station("1")])
    headers = {"accept": "text/event-stream", "accept-encoding": "gzip"}
    async with (
        serving_sources([north], settings=settings()) as behind,
        proxy(tmp_path, behind) as front,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
        http.stream("POST", f"{front}/graphql", json={"query": CHANGES}, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        await until(lines, "CAUGHT_UP")
        north.put(station("2"))
        await until(lines, "north:station:2")


async def until(lines: AsyncIterator[str], wanted: str) -> None:
    """Read on while the stream is open, until a line has these words."""
    async with asyncio.timeout(DEADLINE):
        async for line in lines:
            if wanted in line:
                return
    raise AssertionError(f"The stream ended without {wanted}.")


async def test_the_server_sees_who_asks_and_nobody_can_pretend(
    proxy: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    admit = Door.admit

    def noted(self: Door, identity: object, address: str) -> None:
        seen.append(address)
        admit(self, identity, address)  # type: ignore[arg-type]

    monkeypatch.setattr(Door, "admit", noted)
    async with (
        serving_sources([MemorySource()], settings=settings()) as behind,
        proxy(tmp_path, behind) as front,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        query = {"query": "{ __typename }"}
        await http.post(f"{front}/graphql", json=query, headers={"x-forwarded-for": "192.0.2.7"})
    assert seen == ["127.0.0.1"]
