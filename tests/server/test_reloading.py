"""SIGHUP: the configuration is read again, and nobody notices whom it does not concern (rows D12 and B12)."""

import asyncio
import signal
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from floorgraph.server import reloading
from floorgraph.server.app import app_over
from floorgraph.server.reloading import Difference, difference
from floorgraph.settings import Settings, settings_of
from floorgraph.simulators.process import simulator_process
from subscriptions.engine import Engine
from tests.support.client import LiveClient, data, live
from tests.support.deadline import DEADLINE
from tests.support.program import Program, program
from tests.support.serving import serving

KEY = "key-that-must-not-show"
OTHER_KEY = "another-key-that-must-not-show"
CHANGES = (
    "subscription($sources: [String!]) { stationChanged(filter: {sources: $sources}) { kind id reason } }"
)
WITHOUT_CERTIFICATE = f"""
[[sources]]
key = "east"
vendor = "cwork"
base_url = "https://127.0.0.1:9/CAPI/REST"
api_key = "{OTHER_KEY}"
tls = {{ mode = "ca", file = "missing.pem" }}
"""
STATIONS = "{ stations { nodes { id } } sources { key status } }"


class Configuration:
    """A configuration file that is rewritten."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "floorgraph.toml"
        self.key_file = folder / "key"
        self.key_file.write_text(KEY)

    def write(self, sources: Mapping[str, str], server: str = "") -> None:
        """Sources by key, with the base URLs of their simulators."""
        tables = "".join(
            f'[[sources]]\nkey = "{key}"\nvendor = "cwork"\nbase_url = "{url}/CAPI/REST"\n'
            f'api_key = {{ file = "key" }}\n'
            for key, url in sources.items()
        )
        self.path.write_text(f'[server]\nport = 0\nlog_format = "json"\n{server}\n{tables}', encoding="utf-8")

    @property
    def command(self) -> list[str]:
        return ["serve", "--config", str(self.path)]


def reload(server: Program, outcome: str = "configuration taken up") -> dict[str, Any]:
    """Make the server read its file again; the event that tells what came of it."""
    before = len(server.events(outcome))
    server.signal(signal.SIGHUP)
    return server.awaited(outcome, before + 1)[-1]


async def statuses(server: Program) -> dict[str, str]:
    found = await data(server.base_url, "{ sources { key status } }")
    return {one["key"]: one["status"] for one in found["sources"]}


async def until(
    client: LiveClient, key: str, *wanted: tuple[str, str | None]
) -> list[tuple[str, str | None]]:
    """The changes of one operation until all of these came, as (kind, id)."""
    found: list[tuple[str, str | None]] = []
    async with asyncio.timeout(DEADLINE):
        while not set(wanted) <= set(found):
            message = await client.receive()
            assert (message["type"], message["id"]) == ("next", key), message
            change = message["payload"]["data"]["stationChanged"]
            found.append((change["kind"], change["id"]))
    return found


async def test_sources_come_and_go_and_others_are_not_disturbed(tmp_path: Path) -> None:  # D12
    configuration = Configuration(tmp_path)
    with ExitStack() as stack:
        north, south, east = (
            stack.enter_context(simulator_process("cwork", {"api_key": KEY, "stations": 1})).base_url
            for _ in range(3)
        )
        configuration.write({"south": south, "north": north})
        server = stack.enter_context(program(configuration.command))
        async with (
            live(server.base_url) as of_north,
            live(server.base_url) as of_south,
            live(server.base_url) as of_all,
        ):
            await of_north.subscribe(CHANGES, sources=["north"])
            await of_south.subscribe(CHANGES, sources=["south"])
            await of_all.subscribe(CHANGES, sources=None)
            for client in (of_north, of_south, of_all):
                await until(client, "1", ("CAUGHT_UP", None))
            configuration.write({"east": east, "north": north})
            told = await asyncio.to_thread(reload, server)
            assert (told["added"], told["changed"], told["removed"]) == (["east"], [], ["south"])
            came = await until(of_all, "1", ("REMOVED", "south:station:1"), ("ADDED", "east:station:1"))
            assert not [one for one in came if one[1] == "north:station:1"]
            ended = await of_south.receive()
            assert ended["type"] == "error"
            assert ended["payload"][0]["extensions"]["code"] == "SOURCE_REMOVED"
            # The socket itself goes on, as does the one that was not concerned.
            found = await data(server.base_url, STATIONS)
            for client in (of_south, of_north):
                await client.subscribe("subscription { stationChanged { kind } }", key="2")
                message = await client.receive()
                assert message["id"] == "2", message
    assert [node["id"] for node in found["stations"]["nodes"]] == ["east:station:1", "north:station:1"]


OF_VENDOR = 'subscription { stationChanged(filter: {vendors: ["cwork"]}) { kind id } }'


async def test_who_comes_later_hears_of_sources_that_came_meanwhile(tmp_path: Path) -> None:
    """Also beside somebody who asked for the same before there were such sources."""
    configuration = Configuration(tmp_path)
    with ExitStack() as stack:
        north, east = (
            stack.enter_context(simulator_process("cwork", {"api_key": KEY, "stations": 1})).base_url
            for _ in range(2)
        )
        configuration.write({"north": north})
        server = stack.enter_context(program(configuration.command))
        async with live(server.base_url) as early, live(server.base_url) as waiting:
            await early.subscribe(OF_VENDOR)
            await until(early, "1", ("CAUGHT_UP", None))
            await waiting.subscribe(CHANGES, sources=["east"])
            assert await until(waiting, "1", ("CAUGHT_UP", None)) == [("CAUGHT_UP", None)]
            configuration.write({"north": north, "east": east})
            await asyncio.to_thread(reload, server)
            await until(waiting, "1", ("ADDED", "east:station:1"))
            async with live(server.base_url) as late:
                await late.subscribe(OF_VENDOR)
                found = await until(late, "1", ("CAUGHT_UP", None))
    assert sorted(found[:-1], key=str) == [("SNAPSHOT", "east:station:1"), ("SNAPSHOT", "north:station:1")]


async def test_a_rotated_secret_is_picked_up_and_subscriptions_stay(tmp_path: Path) -> None:  # B12
    configuration = Configuration(tmp_path)
    with simulator_process("cwork", {"api_key": OTHER_KEY, "stations": 1}) as simulator:
        configuration.write({"north": simulator.base_url})
        with program(configuration.command) as server:
            async with live(server.base_url) as client:
                await client.subscribe(CHANGES, sources=["north"])
                await until(client, "1", ("CAUGHT_UP", None))
                assert await statuses(server) == {"north": "AUTH_REQUIRED"}
                configuration.key_file.write_text(OTHER_KEY)
                told = await asyncio.to_thread(reload, server)
                assert told["changed"] == ["north"]
                await until(client, "1", ("ADDED", "north:station:1"))
            assert await statuses(server) == {"north": "UP"}
        said = "".join(server.lines)
    assert KEY not in said
    assert OTHER_KEY not in said


async def test_what_is_known_stays_known_when_a_source_changes(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    with simulator_process("cwork", {"api_key": KEY, "stations": 1}) as simulator:
        configuration.write({"north": simulator.base_url})
        with program(configuration.command) as server:
            async with live(server.base_url) as client:
                await client.subscribe(CHANGES, sources=["north"])
                await until(client, "1", ("CAUGHT_UP", None))
                text = configuration.path.read_text()
                configuration.path.write_text(text + 'title = "Hall 1"\n')
                assert (await asyncio.to_thread(reload, server))["changed"] == ["north"]
                found = await data(
                    server.base_url, '{ source(key: "north") { title } stations { totalCount } }'
                )
                # A change that is not ours to expect would stand here before the new snapshot.
                await client.send({"id": "1", "type": "complete"})
                await client.subscribe(CHANGES, key="2", sources=["north"])
                kinds = [kind for kind, _ in await until(client, "2", ("CAUGHT_UP", None))]
    assert found == {"source": {"title": "Hall 1"}, "stations": {"totalCount": 1}}
    assert kinds == ["SNAPSHOT", "CAUGHT_UP"]


async def test_a_wrong_configuration_changes_nothing(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    with simulator_process("cwork", {"api_key": KEY, "stations": 1}) as simulator:
        configuration.write({"north": simulator.base_url})
        with program(configuration.command) as server:
            for wrong in (
                "[[sources]]\nkey = 1",
                "[server",
                WITHOUT_CERTIFICATE,
            ):
                configuration.path.write_text(wrong)
                told = await asyncio.to_thread(reload, server, "configuration refused; the former one stays")
                assert told["problems"]
                assert OTHER_KEY not in "".join(told["problems"])
                found = await data(server.base_url, STATIONS)
                assert [node["id"] for node in found["stations"]["nodes"]] == ["north:station:1"]
            configuration.write({})
            told = await asyncio.to_thread(reload, server)
            assert told["removed"] == ["north"]
            assert await data(server.base_url, STATIONS) == {"stations": {"nodes": []}, "sources": []}


async def test_a_day_s_quota_is_not_given_a_second_time(tmp_path: Path) -> None:
    """Counters of calls go on where they stood, although nothing is kept on disk."""
    path = tmp_path / "floorgraph.toml"
    query = '{ jobs(maxAge: 0) { totalCount } source(key: "laser") { title budget { used } } }'
    options = {"app_id": "app", "app_secret": KEY, "org_codes": ["T"], "daily_quota": 500}

    async def used(server: Program) -> tuple[str, int]:
        found = (await data(server.base_url, query))["source"]
        return found["title"], sum(budget["used"] for budget in found["budget"])

    with simulator_process("cloudnest", options) as simulator:
        text = (
            '[server]\nport = 0\nlog_format = "json"\n[[sources]]\nkey = "laser"\nvendor = "cloudnest"\n'
            f'base_url = "{simulator.base_url}"\napp_id = "app"\napp_secret = "{KEY}"\norg_code = "T"\n'
            "calls_per_day = 500\n"
        )
        path.write_text(text)
        with program(["serve", "--config", str(path)]) as server:
            await used(server)
            _, before = await used(server)
            path.write_text(text + 'title = "Hall 2"\n')
            assert (await asyncio.to_thread(reload, server))["changed"] == ["laser"]
            title, after = await used(server)
    assert title == "Hall 2"
    assert after > before


def settings(*sources: Mapping[str, Any], **server: Any) -> Settings:
    return settings_of({"server": server, "sources": list(sources)}, "a test")


def source(key: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "vendor": "cwork",
        "base_url": "http://127.0.0.1:9/CAPI/REST",
        "api_key": KEY,
        **more,
    }


@pytest.mark.parametrize(
    ("after", "removed", "changed", "added"),
    [
        ([source("a"), source("b")], [], [], []),
        ([source("b"), source("a")], [], [], []),
        ([source("a")], ["b"], [], []),
        ([source("a"), source("b"), source("c")], [], [], ["c"]),
        ([source("a"), source("b", title="B")], [], ["b"], []),
        ([source("a", api_key=OTHER_KEY), source("b")], [], ["a"], []),
    ],
)
def test_only_what_differs_is_touched(
    after: list[dict[str, Any]], removed: list[str], changed: list[str], added: list[str]
) -> None:
    found = difference(settings(source("a"), source("b")), settings(*after))
    assert list(found.removed) == removed
    assert [one.key for one in found.changed] == changed
    assert [one.key for one in found.added] == added


def test_a_key_that_stands_for_another_vendor_is_another_source() -> None:
    other = {"key": "a", "vendor": "cloudnest", "app_id": "1", "app_secret": KEY, "org_code": "T"}
    found = difference(settings(source("a")), settings(other))
    assert (found.removed, [one.vendor for one in found.added]) == (("a",), ["cloudnest"])


def test_settings_that_wait_for_a_restart_are_named() -> None:
    assert difference(settings(port=1), settings(port=2)) == Difference(waiting=("server.port",))
    assert difference(settings(), settings(anonymous_role="none", log_level="debug")) == Difference()


async def test_what_went_wrong_on_the_way_is_done_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources that are in use are known whatever fails, so that no reload takes a half for the whole."""
    before, after = settings(source("a"), source("b")), settings(source("b", title="B"), source("c"))
    app = app_over(before.floor(), before)
    reloader = app.state.reloader
    # The tests' own logs stay as they are.
    monkeypatch.setattr(reloading, "configure_logs", lambda **_given: True)
    asked: list[str] = []

    def failing(name: str) -> None:
        usual = getattr(Engine, name)

        def once(engine: Engine, *given: Any) -> Any:
            asked.append(name)
            if asked.count(name) == 1:
                raise RuntimeError(name)
            return usual(engine, *given)

        monkeypatch.setattr(Engine, name, once)

    def in_use() -> dict[str, str]:
        return {one.key: one.title for one in reloader.floor}

    async with serving(app):
        for name in ("remove_source", "replace_source", "add_source"):
            failing(name)
            reloader.read = lambda: after
            assert not await reloader.reload()
        assert in_use() == {"b": "B"}
        # What was there before is not taken for what is there still.
        reloader.read = lambda: before
        assert await reloader.reload()
        assert in_use() == {"a": "a", "b": "b"}
        reloader.read = lambda: after
        assert await reloader.reload()
        assert in_use() == {"b": "B", "c": "c"}
        assert reloader.settings == after
        assert difference(reloader.settings, after) == Difference()
