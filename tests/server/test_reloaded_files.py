"""SIGHUP: files that the configuration names are read again, though their names stay as they were."""

import asyncio
import json
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import trustme

from floorgraph.server.reloading import difference
from floorgraph.settings import Settings, read_settings
from tests.support.client import close_code, data, live, post, raw_socket
from tests.support.identities import AUDIENCE, ISSUER, Provider
from tests.support.program import Program, program

SOURCES = "{ sources { key } }"
NAMES = "{ sources { title } }"


class Files:
    """A configuration and the files beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "floorgraph.toml"
        (folder / "documents").mkdir()

    def configure(self, text: str) -> None:
        self.path.write_text(f'[server]\nport = 0\nlog_format = "json"\n{text}', encoding="utf-8")

    def trust(self, **documents: str) -> None:
        path = self.folder / "documents" / "manifest.json"
        path.write_text(json.dumps(documents), encoding="utf-8")

    @property
    def command(self) -> list[str]:
        return ["serve", "--config", str(self.path)]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def reload(server: Program, outcome: str = "configuration taken up") -> dict[str, Any]:
    before = len(server.events(outcome))
    server.signal(signal.SIGHUP)
    return (await asyncio.to_thread(server.awaited, outcome, before + 1))[-1]


async def code(base_url: str, document: str) -> str | None:
    found = (await post(base_url, document)).json()
    return found["errors"][0]["extensions"]["code"] if "errors" in found else None


async def test_documents_come_and_go_and_their_mode_changes(files: Files) -> None:
    files.trust(sources=SOURCES)
    files.configure('[documents]\nfolder = "documents"\nmode = "enforce"\n')
    with ExitStack() as stack:
        server = stack.enter_context(program(files.command))
        async with live(server.base_url) as client:
            assert await data(server.base_url, SOURCES) == {"sources": []}
            assert await code(server.base_url, NAMES) == "PERSISTED_QUERY_ONLY"
            files.trust(names=NAMES)
            await reload(server)
            assert await data(server.base_url, NAMES) == {"sources": []}
            assert await code(server.base_url, "{ __typename }") == "PERSISTED_QUERY_ONLY"
            files.trust(names="{ nonsense")
            told = await reload(server, "configuration refused; the former one stays")
            assert "manifest.json" in told["problems"][0]
            assert await data(server.base_url, NAMES) == {"sources": []}
            files.configure("")
            await reload(server)
            assert await code(server.base_url, "{ __typename }") is None
            # The socket never noticed.
            await client.subscribe("subscription { sourceChanged { kind } }")
            assert (await client.next())["data"]["sourceChanged"]["kind"] == "CAUGHT_UP"


async def test_an_identity_providers_new_key_is_taken_up(files: Files) -> None:
    first, second = Provider(), Provider()
    path = files.folder / "provider.pem"
    path.write_text(first.pem, encoding="utf-8")
    files.configure(
        'anonymous_role = "none"\n'
        f'[jwt]\nkey_file = "provider.pem"\nissuer = "{ISSUER}"\naudience = "{AUDIENCE}"\n'
    )
    with ExitStack() as stack:
        server = stack.enter_context(program(files.command))
        async with raw_socket(server.base_url) as socket:
            await socket.send(json.dumps({"type": "connection_init", "payload": {"token": first.token()}}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            await reload(server)
            await socket.send('{"type":"ping"}')
            assert json.loads(await socket.recv()) == {"type": "pong"}
            path.write_text(second.pem, encoding="utf-8")
            await reload(server)
            assert await close_code(socket) == 4403
        async with live(server.base_url, {"token": second.token()}):
            pass
        refused = await post(server.base_url, SOURCES, authorization=f"Bearer {first.token()}")
        assert refused.status_code == 401


def test_a_source_is_made_anew_when_its_authorities_change(files: Files) -> None:
    def read() -> Settings:
        authority = files.folder / "ca.pem"
        files.configure(
            '[[sources]]\nkey = "a"\nvendor = "cwork"\nbase_url = "https://127.0.0.1:9"\napi_key = "k"\n'
            f'tls = {{ mode = "ca", ca_file = "{authority}" }}\n'
        )
        return read_settings(files.path, {})

    trustme.CA().cert_pem.write_to_path(str(files.folder / "ca.pem"))
    before = read()
    assert difference(before, read()).changed == ()
    trustme.CA().cert_pem.write_to_path(str(files.folder / "ca.pem"))
    assert [one.key for one in difference(before, read()).changed] == ["a"]


def test_a_collector_of_traces_waits_for_a_restart(files: Files) -> None:
    files.configure("")
    before = read_settings(files.path, {})
    files.configure('[telemetry]\notlp_endpoint = "http://127.0.0.1:4318/v1/traces"\n')
    assert difference(before, read_settings(files.path, {})).waiting == ("telemetry",)
