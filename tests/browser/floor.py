"""Simulated vendors and a server in front of them; a test may end each and start it again at its address."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from floorgraph.simulators.process import RunningSimulator, launch
from floorgraph.simulators.registry import simulator
from tests.support.program import program

CWORK = {
    "stations": 6,
    "orders": 4,
    "operations_per_station": 2,
    "unmonitored": 0,
    "disabled": 0,
    "frozen": True,
}
ADDITIVE = {"printers": 4, "post_processors": 1, "pieces": 24, "pieces_per_run": 4, "batches": 4}
LASER = {"machines": 3}


class Floor:
    """One simulator per vendor: `north`, `am` and `laser`; `base_url` is the server's."""

    def __init__(self, folder: Path) -> None:
        self.simulators: dict[str, RunningSimulator] = {}
        self.base_url = ""
        self._folder = folder
        self._launched: dict[str, tuple[str, dict[str, object]]] = {}
        self._sources: list[dict[str, object]] = []
        self._port = free_port()

    def add(self, vendor: str, options: dict[str, object]) -> None:
        """Run a simulator; the server must be started after it."""
        instance = simulator(vendor).demo[0]
        whole = {**instance.options, **options}
        running = launch(vendor, whole)
        self._sources.append(instance.source_settings(running.base_url))
        self._launched[instance.key] = (vendor, whole)
        self.simulators[instance.key] = running

    def end(self, key: str) -> None:
        """The vendor's server is gone: its address answers nothing."""
        self.simulators[key].kill()

    def begin(self, key: str) -> RunningSimulator:
        """It is back at its address."""
        port = urlsplit(self.simulators[key].base_url).port or 0
        vendor, options = self._launched[key]
        self.simulators[key] = launch(vendor, options, port=port)
        return self.simulators[key]

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The server, at the same address each time."""
        config = self._folder / "floorgraph.toml"
        server = {"host": "127.0.0.1", "port": self._port}
        config.write_text(_toml(server, self._sources), "utf-8")
        with program(["serve", "--config", str(config)], self._folder) as started:
            self.base_url = started.base_url
            yield started.base_url

    def stop(self) -> None:
        """End all simulators."""
        for running in self.simulators.values():
            running.stop()


@contextmanager
def floor(folder: Path) -> Iterator[Floor]:
    """A floor of all three vendors without its server."""
    made = Floor(folder)
    try:
        made.add("cwork", dict(CWORK))
        made.add("authentise", dict(ADDITIVE))
        made.add("cloudnest", dict(LASER))
        yield made
    finally:
        made.stop()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _toml(server: dict[str, object], sources: list[dict[str, object]]) -> str:
    """TOML with every table written in one line; JSON strings, numbers and lists are TOML as they are."""
    tables = [f"server = {_inline(server)}"]
    tables.append(f"sources = [{', '.join(map(_inline, sources))}]")
    return "\n".join(tables) + "\n"


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return orjson.dumps(value).decode()
