"""`deploy/nginx.conf` in front of the server: queries, websockets and event streams work through it."""

import asyncio
import re
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from floorgraph.server.access.door import Door
from floorgraph.settings import ServerSettings, Settings
from tests.support.client import DEADLINE, data, live
from tests.support.memory import MemorySource, station
from tests.support.needs import needs_nginx
from tests.support.serving import serving_sources

SNIPPET = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/floorgraph.conf;
}}
"""
CHANGES = "subscription { stationChanged { kind id } }"


def settings() -> Settings:
    return Settings(ServerSettings.model_validate({"trusted_proxies": ["127.0.0.1"]}))


def adapted(port: int, behind: str) -> str:
    """The snippet with other addresses, and without the certificate that only the real site has."""
    text = SNIPPET.read_text("utf-8")
    for found, wanted in (
        (r"server 127\.0\.0\.1:8000;", f"server {behind.removeprefix('http://')};"),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        (r" +ssl_certificate(_key)? .*;\n", ""),
    ):
        text, count = re.subn(found, wanted, text)
        assert count, f"{found} is not in {SNIPPET.name}"
    return text


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


async def listens(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(DEADLINE):
        while process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                await writer.wait_closed()
                return


@asynccontextmanager
async def nginx(folder: Path, behind: str) -> AsyncIterator[str]:
    """The base URL of nginx in front of a server."""
    program, port = needs_nginx(), free_port()
    (folder / "floorgraph.conf").write_text(adapted(port, behind), encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        program, "-e", folder / "error.log", "-c", folder / "nginx.conf", stderr=subprocess.DEVNULL
    )
    try:
        await listens(port, process)
        assert process.returncode is None, (folder / "error.log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def test_queries_pages_and_readiness_pass(tmp_path: Path) -> None:
    async with (
        serving_sources([MemorySource("north", [station("1")])], settings=settings()) as behind,
        nginx(tmp_path, behind) as front,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        assert await data(front, "{ stations { totalCount } }") == {"stations": {"totalCount": 1}}
        assert (await http.get(f"{front}/readyz")).status_code == 200
        assert (await http.get(f"{front}/graphiql/")).status_code == 200
        assert (await http.get(f"{front}/metrics")).status_code == 403
        # Asked for somebody else, the server itself would not tell either.
        forwarded = {"x-forwarded-for": "127.0.0.1"}
        assert (await http.get(f"{behind}/metrics", headers=forwarded)).status_code == 403


async def test_websockets_pass_and_their_events_come_at_once(tmp_path: Path) -> None:
    north = MemorySource("north", [station("1")])
    async with (
        serving_sources([north], settings=settings()) as behind,
        nginx(tmp_path, behind) as front,
        live(front) as client,
        asyncio.timeout(DEADLINE),
    ):
        await client.subscribe(CHANGES)
        for kind in ("SNAPSHOT", "CAUGHT_UP"):
            assert (await client.next())["data"]["stationChanged"]["kind"] == kind
        north.put(station("2"))
        found = (await client.next())["data"]["stationChanged"]
        assert found == {"kind": "ADDED", "id": "north:station:2"}


async def test_event_streams_pass_and_are_not_collected(tmp_path: Path) -> None:
    north = MemorySource("north", [station("1")])
    headers = {"accept": "text/event-stream", "accept-encoding": "gzip"}
    async with (
        serving_sources([north], settings=settings()) as behind,
        nginx(tmp_path, behind) as front,
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    admit = Door.admit

    def noted(self: Door, identity: object, address: str) -> None:
        seen.append(address)
        admit(self, identity, address)  # type: ignore[arg-type]

    monkeypatch.setattr(Door, "admit", noted)
    async with (
        serving_sources([MemorySource()], settings=settings()) as behind,
        nginx(tmp_path, behind) as front,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        query = {"query": "{ __typename }"}
        await http.post(f"{front}/graphql", json=query, headers={"x-forwarded-for": "192.0.2.7"})
    assert seen == ["127.0.0.1"]
