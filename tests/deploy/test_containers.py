"""The image and the composition hold together, as far as that can be seen without Docker.

How they were run is told in `docs/operations.md`; what went wrong then must not come back.
"""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import yaml

from floorgraph.settings import read_settings
from floorgraph.settings.server import exposure
from floorgraph.simulators.registry import simulator
from scripts.docs.commandline import commands
from tests.deploy.proxies import free_port
from tests.support.serving import serving_sources

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
FOLDER = DEPLOY / "compose"
CONFIGURATION = FOLDER / "floorgraph" / "floorgraph.toml"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "floorgraph:local"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def of_the_image(word: str) -> list[str]:
    """What the image itself, its last stage, has of one instruction."""
    words = instructions()
    last = [name for name, _ in words][::-1].index("FROM")
    return [rest for name, rest in words[-last:] if name == word]


def started() -> list[str]:
    """What the image runs: the program's name and its arguments."""
    (entry,), (command,) = of_the_image("ENTRYPOINT"), of_the_image("CMD")
    return [*json.loads(entry), *json.loads(command)]


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Target -> source of what is mounted; the source of a file system in memory is empty."""
    volumes = (str(volume).split(":") for volume in service.get("volumes", ()))
    return {target: source for source, target, *_ in volumes} | dict.fromkeys(service.get("tmpfs", ()), "")


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
    assert of_the_image("USER") == ["10001:10001"]
    assert of_the_image("STOPSIGNAL") == ["SIGTERM"]
    assert not [rest for rest in of_the_image("RUN") if "pip" in rest]
    for word, rest in instructions():
        if word == "FROM":
            assert re.fullmatch(r"python:3\.\d+-slim( AS build)?", rest), rest
        if word == "RUN" and "-r locks/" in rest:
            assert rest.count("--require-hashes -r locks/") == rest.count("-r locks/")


def test_nothing_but_the_base_is_fetched_to_build_the_image() -> None:
    """A `syntax` line would have Docker fetch an image of its own to read the file with."""
    assert "syntax=" not in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()[0]
    assert len({rest.split()[0] for word, rest in instructions() if word == "FROM"}) == 1


def test_the_image_starts_the_server_with_options_that_it_has() -> None:
    program, command, *options = started()
    context = commands()[f"{program} {command}"].make_context(command, list(options))
    assert of_the_image("EXPOSE") == [str(context.params["port"])]
    assert f"http://127.0.0.1:{context.params['port']}/livez" in of_the_image("HEALTHCHECK")[0]


async def test_the_image_finds_out_whether_the_server_lives() -> None:
    argument = of_the_image("HEALTHCHECK")[0].partition("CMD ")[2]
    python, *words = json.loads(argument)
    assert python == "python"

    async def found(base_url: str) -> int:
        asked = [word.replace("http://127.0.0.1:8000", base_url) for word in words]
        assert asked != words
        process = await asyncio.create_subprocess_exec(
            sys.executable, *asked, stderr=asyncio.subprocess.DEVNULL
        )
        return await process.wait()

    async with serving_sources([]) as base_url:
        assert await found(base_url) == 0
    assert await found(f"http://127.0.0.1:{free_port()}") == 1


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


def test_the_composition_keeps_to_the_specification() -> None:
    file = FOLDER / "compose.yaml"
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_of_the_composition_are_those_of_the_program() -> None:
    sources = {source.key: source for source in read_settings(CONFIGURATION, {}).sources}
    for key, source in sources.items():
        command = SERVICES[key]["command"]
        assert command[:2] == ["simulate", source.vendor]
        given = dict(part.removeprefix("--").split("=", 1) for part in command[2:])
        simulator(source.vendor).options.model_validate_json(given["options"])
        assert f"127.0.0.1:{given['port']}" in str(getattr(source, "base_url", ""))


def test_the_composition_opens_nothing_to_the_network() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    found = exposure("0.0.0.0", read_settings(CONFIGURATION, {}).server.anonymous_role)
    assert found is not None
    assert not found[0], "the server would refuse to start"


def test_whatever_of_the_composition_is_restarted_alone_leaves_the_others_their_network() -> None:
    """A network ends with the container that holds it, also for those that were let in."""
    holders = {name for name, service in SERVICES.items() if "ports" in service and name in OURS}
    (holder,) = holders
    assert SERVICES[holder]["entrypoint"] == ["sleep", "infinity"], "it does nothing that could fail"
    assert SERVICES[holder]["init"] is True, "as the first process, sleep would not hear SIGTERM"
    let_in = {name for name, service in OURS.items() if service.get("network_mode") == f"service:{holder}"}
    assert let_in == OURS.keys() - holders


def test_the_composition_answers_to_the_name_that_it_asks_by_and_to_no_other() -> None:
    """Its port is published on this machine, where a page could give it any name."""
    prometheus = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yml").read_text("utf-8"))
    targets = {
        target.partition(":")[0]
        for job in prometheus["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    reached = {
        name: {name, *service.get("networks", {}).get("default", {}).get("aliases", ())}
        for name, service in SERVICES.items()
        if "network_mode" not in service
    }
    (holder,) = reached.keys() & OURS.keys()
    assert targets == set(read_settings(CONFIGURATION, {}).server.allowed_hosts)
    assert targets <= reached[holder]


def test_what_the_composition_mounts_is_there() -> None:
    sources = [source for service in SERVICES.values() for source in mounts(service).values() if source]
    assert [source for source in sources if source.startswith(".")]
    for source in sources:
        if source.startswith("."):
            assert (FOLDER / source).exists(), source
        else:
            assert source in COMPOSE["volumes"], source


def test_the_composition_leaves_no_volume_without_a_name_behind() -> None:
    """The image asks for a volume; each container that gives it none gets one that nobody removes."""
    (asked,) = of_the_image("VOLUME")
    assert OURS
    for name, service in OURS.items():
        assert asked in mounts(service), name


def test_a_changed_configuration_reaches_the_server_of_the_composition() -> None:
    """Most editors put a new file in the old one's place; a file mounted alone stays the old one."""
    words = started()
    path = Path(words[words.index("--config") + 1])
    folder = FOLDER / mounts(SERVICES["floorgraph"])[str(path.parent)]
    assert folder / path.name == CONFIGURATION
