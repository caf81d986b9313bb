"""By which names the server may be asked: a page of another site that pretends to be one of this server gets
nothing."""

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from floorgraph.server.hosts import HostGuard, host_name
from floorgraph.settings import ServerSettings, Settings
from tests.support.client import PROTOCOL
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource
from tests.support.serving import serving_sources

QUERY = {"query": "{ sources { key } }"}


async def asked(host: str, path: str = "/graphql", server: dict[str, object] | None = None) -> int:
    """The status of a request that names the server so."""
    settings = Settings(ServerSettings.model_validate(server or {}))
    async with (
        serving_sources([MemorySource()], settings=settings) as base_url,
        httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http,
    ):
        method = "POST" if path == "/graphql" else "GET"
        answer = await http.request(
            method, base_url + path, headers={"host": host}, json=QUERY if method == "POST" else None
        )
    assert answer.status_code == 200 or "north" not in answer.text
    return answer.status_code


@pytest.mark.parametrize(
    "host", ["evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", ""]
)
@pytest.mark.parametrize("path", ["/graphql", "/", "/schema.graphql"])
async def test_a_name_that_leads_here_by_somebody_elses_will_is_refused(host: str, path: str) -> None:
    assert await asked(host, path) == 421


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:8000", "floor.localhost"]
)
async def test_addresses_and_localhost_are_fine(host: str) -> None:
    assert await asked(host) == 200


@pytest.mark.parametrize(
    ("host", "server", "status"),
    [
        ("floor.example", {"allowed_hosts": ["Floor.example"]}, 200),
        ("floor.example.:443", {"allowed_hosts": ["floor.example"]}, 200),
        ("localhost", {"allowed_hosts": ["floor.example"]}, 200),
        ("evil.example", {"allowed_hosts": ["floor.example"]}, 421),
        ("evil.example", {"allowed_hosts": ["floor.example"], "trusted_proxies": ["127.0.0.1"]}, 421),
        ("any.example", {"allowed_hosts": ["*"]}, 200),
        ("floor.example", {"trusted_proxies": ["127.0.0.1"]}, 200),
    ],
)
async def test_configured_names_and_proxies(host: str, server: dict[str, object], status: int) -> None:
    assert await asked(host, server=server) == status


async def test_a_page_that_pretends_opens_no_websocket() -> None:
    async with serving_sources([MemorySource()]) as base_url:
        address = base_url.replace("http://127.0.0.1", "ws://evil.example") + "/graphql"
        port = int(base_url.rpartition(":")[2])
        with pytest.raises(InvalidStatus) as refused:
            async with connect(
                address,
                host="127.0.0.1",
                port=port,
                subprotocols=[PROTOCOL],
                origin=Origin(f"http://evil.example:{port}"),
                proxy=None,
            ):
                pass
    assert refused.value.response.status_code == 403


async def test_elsewhere_than_on_loopback_a_server_may_have_any_name() -> None:
    reached = []

    async def app(*_: object) -> None:
        reached.append(True)

    async def nothing(*_: object) -> None: ...

    scope = {"type": "http", "server": ("10.0.0.5", 8000), "headers": [(b"host", b"floor.plant")]}
    await HostGuard(app, ServerSettings())(scope, nothing, nothing)  # type: ignore[arg-type]
    assert reached


@pytest.mark.parametrize(
    ("header", "name"),
    [("A.Example:80", "a.example"), ("[2001:db8::1]:80", "2001:db8::1"), ("a.", "a"), ("", ""), ("[", "")],
)
def test_names_are_read(header: str, name: str) -> None:
    assert host_name(header) == name
