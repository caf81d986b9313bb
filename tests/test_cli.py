"""The command line as a user meets it."""

import json
import os
import re
import textwrap
from pathlib import Path

import pytest
import tomlkit

from floorgraph.cli import _check_exposure
from floorgraph.settings import Role, ServerSettings, Settings
from floorgraph.simulators.process import simulator_process
from floorgraph.simulators.registry import simulator
from schema.build import schema_text
from tests.support.client import data
from tests.support.program import program, run, running

KEY = "key-that-must-not-show"


def configuration(folder: Path, base_url: str, more: str = "") -> Path:
    path = folder / "floorgraph.toml"
    path.write_text(
        textwrap.dedent(f"""
        [server]
        port = 0
        [[sources]]
        key = "north"
        vendor = "cwork"
        base_url = "{base_url}/CAPI/REST"
        api_key = "{KEY}"
        {more}
        """),
        encoding="utf-8",
    )
    return path


def test_help_lists_the_commands() -> None:
    found = run("--help")
    assert found.returncode == 0
    assert all(word in found.stdout for word in ("demo", "serve", "check", "schema", "simulate"))
    assert "..." not in found.stdout.partition("Commands:")[2]


def test_schema_prints_the_schema() -> None:
    found = run("schema")
    assert found.stdout == schema_text()


def test_schema_check_tells_the_difference(tmp_path: Path) -> None:
    (tmp_path / "schema.graphql").write_text("type Query { a: Int }\n", encoding="utf-8")
    found = run("schema", "--check", folder=tmp_path)
    assert found.returncode == 1
    assert "-type Query { a: Int }" in found.stdout
    assert "make schema" in found.stderr


def test_check_shows_what_each_source_can_do(tmp_path: Path) -> None:
    options = {"version": "1.11", "licences": ["monitor"], "api_key": KEY}
    with simulator_process("cwork", options) as simulator:
        path = configuration(tmp_path, simulator.base_url)
        found = run("check", "--config", str(path))
        as_json = run("check", "--config", str(path), "--json")
    assert found.returncode == 0, found.stderr
    assert "north" in found.stdout
    assert "1.11" in found.stdout
    assert "ORDERS" in found.stdout
    (finding,) = json.loads(as_json.stdout)
    able = {state["name"]: state for state in finding["capabilities"]}
    assert able["LIVE_STATUS"]["available"]
    assert "1.13" in able["ORDERS"]["reason"]
    assert "dnc" in able["PROGRAMS"]["reason"]
    assert finding["failure"] is None


@pytest.mark.parametrize(
    ("options", "code", "next_step"),
    [
        ({"api_key": "another"}, "AUTH_REQUIRED", "Next: is api_key right"),
        ({"api_key": KEY, "licences": []}, "UPSTREAM_FORBIDDEN", "Next: the vendor's administrator"),
        ({"api_key": KEY, "base_path": "/elsewhere"}, "NOT_FOUND", "Next: does base_url lead to"),
    ],
)
def test_check_says_what_is_wrong_and_what_to_do_and_ends_with_one(
    tmp_path: Path, options: dict[str, object], code: str, next_step: str
) -> None:
    with simulator_process("cwork", options) as simulator:
        found = run("check", "--config", str(configuration(tmp_path, simulator.base_url)))
    assert found.returncode == 1
    assert code in found.stdout
    assert next_step in found.stdout
    assert KEY not in found.stdout + found.stderr


def test_check_without_a_source_says_so_and_ends_with_one(tmp_path: Path) -> None:
    (tmp_path / "floorgraph.toml").write_text("")
    found = run("check", folder=tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert "configures no sources" in found.stderr


LASER: dict[str, tuple[dict[str, object], dict[str, object], int, str]] = {
    "as it should be": ({}, {}, 0, "calls per day while everything is watched"),
    "a wrong secret": ({}, {"app_secret": "wrong"}, 1, "AUTH_REQUIRED"),
    "a skewed clock": ({"clock_skew": 3600}, {}, 0, r"\+(3599|3600) s"),
    "a missing organisation code": ({}, {"org_code": None}, 1, "org_code"),
    "an ungranted endpoint": ({"ungranted": ["plan_detail"]}, {}, 1, "plan_detail"),
}


@pytest.mark.parametrize("name", LASER)
def test_check_names_what_is_wrong_with_signed_calls_and_plans_quotas(tmp_path: Path, name: str) -> None:
    state, changed, code, words = LASER[name]
    instance = simulator("cloudnest").demo[0]
    with simulator_process("cloudnest", instance.options) as running_simulator:
        if state:
            running_simulator.set_state(**state)
        table = {**instance.source_settings(running_simulator.base_url), **changed}
        path = tmp_path / "floorgraph.toml"
        path.write_text(
            tomlkit.dumps({"sources": [{key: value for key, value in table.items() if value is not None}]}),
            encoding="utf-8",
        )
        found = run("check", "--config", str(path))
    assert re.search(words, found.stdout), found.stdout
    assert found.returncode == code
    assert "simulator-secret" not in found.stdout + found.stderr


def test_check_of_a_server_that_is_not_there(tmp_path: Path) -> None:
    found = run("check", "--config", str(configuration(tmp_path, "http://127.0.0.1:9")))
    assert found.returncode == 1
    assert "UNREACHABLE" in found.stdout
    assert "Next: does base_url have the right host" in found.stdout


def test_a_wrong_configuration_ends_with_two(tmp_path: Path) -> None:
    path = configuration(tmp_path, "http://127.0.0.1:9", more="verison = 1")
    for command in ("serve", "check"):
        found = run(command, "--config", str(path))
        assert found.returncode == 2
        assert "verison" in found.stderr
        assert "Traceback" not in found.stderr
        assert KEY not in found.stderr


def test_a_missing_configuration_says_what_else_there_is(tmp_path: Path) -> None:
    found = run("serve", folder=tmp_path)
    assert found.returncode == 2
    assert "floorgraph demo" in found.stderr


async def test_serve_answers_and_ends_with_an_interrupt(tmp_path: Path) -> None:
    with simulator_process("cwork", {"api_key": KEY, "stations": 3}) as simulator:
        path = configuration(tmp_path, simulator.base_url)
        with running(["serve", "--config", str(path)]) as base_url:
            found = await data(base_url, "{ stations { totalCount } sources { status } }")
    assert found == {"stations": {"totalCount": 3}, "sources": [{"status": "UP"}]}


async def test_a_vendor_from_outside_needs_no_change_here(tmp_path: Path) -> None:
    """A distribution of its own, found by its entry point alone."""
    package = tmp_path / "outside"
    (package / "gadgetworks").mkdir(parents=True)
    (package / "gadgetworks" / "__init__.py").write_text(VENDOR, encoding="utf-8")
    described = package / "gadgetworks-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: gadgetworks\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[floorgraph.vendors]\ngadget = gadgetworks:MANIFEST\n")
    (tmp_path / "floorgraph.toml").write_text(
        '[server]\nport = 0\n[[sources]]\nkey = "g"\nvendor = "gadget"\nstations = 2\n', encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(package), str(Path.cwd())])}
    with running(["serve"], folder=tmp_path, environment=environment) as base_url:
        found = await data(
            base_url,
            '{ stations { nodes { id status jobs { totalCount } } } source(key: "g") { vendor status } }',
        )
    assert [node["id"] for node in found["stations"]["nodes"]] == ["g:station:1", "g:station:2"]
    assert found["source"] == {"vendor": "gadget", "status": "UP"}


VENDOR = """
from floorgraph.model.ids import Kind
from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.model.station import Station
from floorgraph.vendors.answers import (Answer)
from floorgraph.vendors.contract import (Manifest, Source)
from floorgraph.vendors.source_settings import SourceSettings


class Settings(SourceSettings):
    stations: int


class GadgetSource(Source):
    vendor = "gadget"
    version = None

    def __init__(self, settings, tools):
        super().__init__(settings, tools)
        self.count = settings.stations

    def condition(self):
        return SourceCondition(status=SourceStatus.UP)

    def capabilities(self):
        return ()

    async def probe(self):
        pass

    async def close(self):
        pass

    async def select(self, kind, where, freshness):
        now = self.clock.now()
        items = [
            Station(id=f"{self.key}:station:{n}", source=self.key, remote_id=str(n), observed_at=now,
                    updated_at=now, name=f"Gadget {n}")
            for n in range(1, self.count + 1) if kind is Kind.STATION
        ]
        return Answer([item for item in items if where.admits(item)], now)


MANIFEST = Manifest("gadget", "Gadget Works", Settings, GadgetSource)
"""


def test_the_warning_of_an_open_server_names_the_table_to_change(capsys: pytest.CaptureFixture[str]) -> None:
    _check_exposure("0.0.0.0", Settings(ServerSettings(anonymous_role=Role.VIEWER)))
    told = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "Open to the network" in told
    assert 'anonymous_role = "none" in [server]' in told


def test_in_json_the_log_tells_the_address_and_nothing_is_in_frames(tmp_path: Path) -> None:
    # Nobody answers there: it is no matter for the start.
    path = configuration(tmp_path, "http://127.0.0.1:9")
    with program(["serve", "--config", str(path)]) as server:
        (event,) = server.awaited("listening")
        assert event["url"] == server.base_url
        assert [line for line in server.lines if not line.startswith("{")] == []
