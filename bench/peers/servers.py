"""Starts the servers of the comparison, one at a time and each in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.peers.building import FOLDER, HERE, Built

ROOT = HERE.parents[1]
FLOORGRAPH, SNAPSHOT = "Floorgraph", "Floorgraph, snapshot"
STOCK, ARIADNE = "Strawberry, stock", "Ariadne"
APOLLO, MERCURIUS = "Apollo Server", "Mercurius + JIT"
HIVE, TAILCALL = "Hive Gateway", "Tailcall"
PEERS = (STOCK, ARIADNE, APOLLO, MERCURIUS, HIVE, TAILCALL)
SNAPSHOT_SECONDS = 5


def command(name: str, built: Built, upstream: str, *, batched: bool) -> list[str]:
    """What starts a server; its first line of output is its address."""
    mode = "batch" if batched else "single"
    if name in (FLOORGRAPH, SNAPSHOT):
        kept = ["--snapshot", str(SNAPSHOT_SECONDS)] if name == SNAPSHOT else []
        return [sys.executable, "-m", "bench.peers.floor", upstream, *(["--batch"] if batched else []), *kept]
    if name in (STOCK, ARIADNE):
        script = "stock.py" if name == STOCK else "ariadne_app.py"
        return [str(built.python), str(HERE / "python" / script), upstream, mode]
    script = {APOLLO: "apollo.mjs", MERCURIUS: "mercurius.mjs"}[name]
    return ["node", str(built.node / script), upstream, mode]


@contextmanager
def vendor(built: Built, answers: Path, milliseconds: float) -> Iterator[str]:
    """The address of the vendor."""
    with _process([str(built.upstream), str(answers), str(milliseconds)]) as process:
        yield f"http://127.0.0.1:{_told(process)}"


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers."""

    port: int
    process: int

    def busy(self) -> float:
        """Seconds of processor time that it has used, with what it started; 0 where that cannot be told."""
        return sum(_busy(Path(f"/proc/{one}")) for one in _family(self.process))


@contextmanager
def serving(name: str, built: Built, upstream: str, *, batched: bool) -> Iterator[Served]:
    """A server that answers."""
    if name in (HIVE, TAILCALL):
        with _gateway(name, built, upstream) as served:
            yield served
        return
    with _process(command(name, built, upstream, batched=batched)) as process:
        yield Served(int(_told(process).rsplit(":", 1)[1]), process.pid)


def _told(process: "subprocess.Popen[str]") -> str:
    """The address on the first line of output. Raises `RuntimeError` for a server that does not start."""
    line = process.stdout.readline().strip() if process.stdout is not None else ""
    if not line.rsplit(":", 1)[-1].isdigit():
        raise RuntimeError(f"{process.args!r} did not start: {line}")
    return line


def _family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for found in Path(f"/proc/{process}/task").glob("*/children"):
            for child in found.read_text().split():
                yield from _family(int(child))


def _busy(folder: Path) -> float:
    with suppress(OSError):
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


@contextmanager
def _gateway(name: str, built: Built, upstream: str) -> Iterator[Served]:
    """A gateway that is told its port and reads the address of the vendor from a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if name == HIVE:
        source, config = built.hive / "supergraph.graphql", built.hive / "serving.graphql"
        words = [str(built.hive / "node_modules/.bin/hive-gateway"), "supergraph", str(config)]
        words += ["--host", "127.0.0.1", "--port", str(port), "--fork", "1"]
    else:
        source, config = HERE / "tailcall.graphql", FOLDER / "tailcall.graphql"
        words = [*built.tailcall, "start", str(config)]
    text = source.read_text().replace("http://UPSTREAM", upstream).replace("PORT", str(port))
    config.write_text(text)
    with _process(words, stdout=subprocess.DEVNULL, folder=config.parent) as process:
        _wait_for(port)
        yield Served(port, process.pid)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def _process(
    words: list[str], stdout: int = subprocess.PIPE, folder: Path = ROOT
) -> Iterator["subprocess.Popen[str]"]:
    environment = os.environ | {"NODE_ENV": "production", "TAILCALL_TRACKER": "false"}
    process = subprocess.Popen(  # noqa: S603
        words, cwd=folder, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def ask(port: int, request: bytes) -> Any:
    """The `data` of the answer to a whole request. Raises `AssertionError` for errors."""
    body = request.split(b"\r\n\r\n", 1)[1]
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=120) as answer:  # noqa: S310
        found = json.loads(answer.read())
    assert not found.get("errors"), found["errors"][:2]
    return found["data"]


def calls(upstream: str) -> int:
    """How many calls the vendor had since it was asked last."""
    with urllib.request.urlopen(f"{upstream}/calls", timeout=60) as answer:  # noqa: S310
        return int(answer.read())
