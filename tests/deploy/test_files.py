"""The files in `deploy/` hold together, as far as that can be seen without running them.

Docker and Grafana are not run here; nginx, Caddy and Prometheus are, in the tests beside this one.
"""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from floorgraph.settings import read_settings
from floorgraph.settings.server import exposure
from floorgraph.simulators.registry import simulator
from tests.deploy.expressions import of_the_alerts, of_the_board
from tests.deploy.metric_names import series
from tests.support.needs import needs_caddy, needs_systemd_analyze

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text("utf-8"))
METRIC = re.compile(r"\b(?:floorgraph|process)_[a-z0-9_]+\b")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def test_the_image_is_built_from_what_is_there() -> None:
    copied = [
        name
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    ]
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().split() if line[0] == "!"}
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name.split("/")[0] in let_in, f"{name} is kept out by Dockerfile.dockerignore"


def test_the_image_runs_without_rights_and_from_locked_packages() -> None:
    words = instructions()
    last = [word for word, _ in words][::-1].index("FROM")
    final = words[-last:]
    assert ("USER", "10001:10001") in final
    assert [word for word, _ in final if word in ("HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL")]
    assert not [rest for word, rest in final if word == "RUN" and "pip" in rest]
    for word, rest in words:
        if word == "FROM":
            assert re.fullmatch(r"python:3\.\d+-slim( AS build)?", rest), rest
        if word == "RUN" and "requirement" in rest:
            assert "--require-hashes" in rest


def test_the_composition_keeps_to_the_specification() -> None:
    file = DEPLOY / "compose" / "compose.yaml"
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_composition_are_those_of_the_program() -> None:
    sources = {
        source.key: source for source in read_settings(DEPLOY / "compose" / "floorgraph.toml", {}).sources
    }
    for key, source in sources.items():
        command = COMPOSE["services"][key]["command"]
        assert command[:2] == ["simulate", source.vendor]
        given = dict(part.removeprefix("--").split("=", 1) for part in command[2:])
        simulator(source.vendor).options.model_validate_json(given["options"])
        assert f"127.0.0.1:{given['port']}" in str(getattr(source, "base_url", ""))


def test_the_composition_opens_nothing_to_the_network() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    found = exposure(
        "0.0.0.0", read_settings(DEPLOY / "compose" / "floorgraph.toml", {}).server.anonymous_role
    )
    assert found is not None
    assert not found[0], "the server would refuse to start"


def test_the_composition_answers_to_the_name_that_it_asks_by_and_to_no_other() -> None:
    """Its port is published on this machine, where a page could give it any name."""
    prometheus = yaml.safe_load((DEPLOY / "compose" / "prometheus" / "prometheus.yml").read_text("utf-8"))
    targets = [
        target.partition(":")[0]
        for job in prometheus["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    ]
    allowed = read_settings(DEPLOY / "compose" / "floorgraph.toml", {}).server.allowed_hosts
    assert set(allowed) == set(targets) & COMPOSE["services"].keys() == {"floorgraph"}


def test_what_the_composition_mounts_is_there() -> None:
    mounts = [volume for service in COMPOSE["services"].values() for volume in service.get("volumes", ())]
    local = [mount.split(":")[0] for mount in mounts if mount.startswith(".")]
    assert local
    for path in local:
        assert (DEPLOY / "compose" / path).exists(), path
    for mount in mounts:
        assert mount.startswith(".") or mount.split(":")[0] in COMPOSE["volumes"], mount


@pytest.mark.parametrize("expression", of_the_board() + of_the_alerts())
def test_the_board_and_the_alerts_ask_for_metrics_that_there_are(expression: str) -> None:
    asked = set(METRIC.findall(expression))
    assert asked
    assert asked <= series()


def test_the_board_is_whole() -> None:
    board = json.loads((DEPLOY / "grafana" / "floorgraph.json").read_text("utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    for number, one in enumerate(places):
        assert one["x"] + one["w"] <= 24
        for other in places[number + 1 :]:
            apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
            assert apart or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


@pytest.fixture
def analyze() -> str:
    return needs_systemd_analyze()


def test_the_unit_is_understood_by_systemd(analyze: str, tmp_path: Path) -> None:
    text = (DEPLOY / "floorgraph.service").read_text("utf-8")
    unit = tmp_path / "floorgraph.service"
    # The program is not installed there; what runs does not matter to the check.
    unit.write_text(text.replace("/opt/floorgraph/bin/floorgraph", sys.executable))
    done = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "floorgraph.service" in line]
    assert complaints == []


def test_the_unit_is_hardened(analyze: str) -> None:
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=15", DEPLOY / "floorgraph.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    # 15 stands for an exposure of 1.5 of 10.
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_caddy_takes_its_file_as_it_is_shipped() -> None:
    command = (needs_caddy(), "adapt", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr, done.stderr
    assert json.loads(done.stdout)["apps"]["http"]["servers"]["srv0"]["listen"] == [":443"]


def test_what_the_image_copies_is_enough_to_build_the_program(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in (name for word, rest in instructions() if word == "COPY" for name in rest.split()[:-1]):
        if name.startswith("--from") or "/" in name:
            continue
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for package in ("floorgraph", "schema", "resolvers", "loaders", "subscriptions"):
        assert f"{package}/__init__.py" in names
    assert [name for name in names if name.startswith("floorgraph/server/static/")]
