"""Starts the servers of the comparison, one at a time and each in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bench.peers.building import FOLDER, HERE, Built

ROOT = HERE.parents[1]
FLOORGRAPH, SNAPSHOT = "Floorgraph", "Floorgraph, snapshot"
STOCK, ARIADNE = "Strawberry, stock", "Ariadne"
APOLLO, MERCURIUS, TAILCALL = "Apollo Server", "Mercurius + JIT", "Tailcall"
PEERS = (STOCK, ARIADNE, APOLLO, MERCURIUS, TAILCALL)
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
    with _process([str(built.upstream), str(answers), str(milliseconds)]) as output:
        yield f"http://127.0.0.1:{output.readline().strip()}"


@contextmanager
def serving(name: str, built: Built, upstream: str, *, batched: bool) -> Iterator[int]:
    """The port of a server that answers."""
    if name == TAILCALL:
        with _tailcall(built, upstream) as port:
            yield port
        return
    with _process(command(name, built, upstream, batched=batched)) as output:
        url = output.readline().strip()
        if not url.startswith("http"):
            raise RuntimeError(f"{name} did not start: {url}")
        yield int(url.rsplit(":", 1)[1])


@contextmanager
def _tailcall(built: Built, upstream: str) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = (HERE / "tailcall.graphql").read_text().replace("UPSTREAM", upstream).replace("PORT", str(port))
    config = FOLDER / "tailcall.graphql"
    config.write_text(text)
    with _process([*built.tailcall, "start", str(config)], stdout=subprocess.DEVNULL):
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield port


@contextmanager
def _process(words: list[str], stdout: int = subprocess.PIPE) -> Iterator[IO[str]]:
    environment = os.environ | {"NODE_ENV": "production", "TAILCALL_TRACKER": "false"}
    process = subprocess.Popen(  # noqa: S603
        words, cwd=ROOT, env=environment, stdout=stdout, stderr=subprocess.DEVNULL, text=True
    )
    try:
        output: Any = process.stdout
        yield output
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
