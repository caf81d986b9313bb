"""Queries: Floorgraph with its fast path against the same server with graphql-core, over a vendor in memory.

    python -m bench.queries --seconds 3 --rounds 3

Both servers are whole: identity, limits, metrics and error handling are on.
Their answers are checked to be equal first. `rps` is requests per second as
the client sees it, `cpu` the server's processor time per request, which other
programs on the machine hardly change.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import statistics
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from bench.hall import KEY, STATIONS, Hall

LIMITS = {
    "records": {"most": 10_000_000},
    "upstream_calls": {"most": 100_000},
    "requests_per_second": 1e6,
    "requests_per_second_per_address": 1e6,
}
"""Measured as ever, but far away: what counts here would be more than the defaults let through."""
QUERIES = {
    "q1": """{ stations(first: 200) { nodes { id name description kind workshop groups enabled monitored
        updatedAt stale state { status activity name color since } } } }""",
    "q2": """{ stations(first: 200) { nodes { id name jobs {
        nodes { id name status kind valid archived createdAt partReference } } } } }""",
    "q3": """{ orders(first: 10) { nodes { id pieces(first: 1000) {
        nodes { id name status quantity serialised reference material observedAt stale kind } } } } }""",
    "q4": "query ($id: ID!) { station(id: $id) { id name state { status activity } } }",
}
ABOUT = {
    "q1": "200 stations with their state",
    "q2": "200 stations with 10 jobs each",
    "q3": "10,000 pieces in 10 orders",
    "q4": "one station with its state",
}
WAYS = ("graphql-core", "fast path")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument(
        "--rounds", type=int, default=3, help="measurements of each kind, of which the median counts"
    )
    parser.add_argument("--concurrency", type=int, nargs="*", default=[1, 16])
    parser.add_argument("--queries", nargs="*", choices=list(QUERIES), default=list(QUERIES))
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that the vendor takes to answer")
    parser.add_argument("--serve", choices=WAYS, help=argparse.SUPPRESS)
    return parser.parse_args()


def serve(way: str, latency: float) -> None:
    """Be one of the servers; tells its address on the first line."""
    from floorgraph.logs import configure_logs

    # Standard output is for the figures.
    configure_logs(level="warning")
    import gc

    from floorgraph.server.app import app_over
    from floorgraph.server.run import server_for
    from floorgraph.settings import LimitSettings, LogLevel, Role, ServerSettings, Settings
    from floorgraph.vendors.floor import Floor

    limits = LimitSettings.model_validate(LIMITS)
    settings = Settings(ServerSettings(anonymous_role=Role.VIEWER, log_level=LogLevel.ERROR), limits=limits)
    app = app_over(Floor([Hall(latency)]), settings, fast_path=way == "fast path")
    gc.collect()
    server_for(app, "127.0.0.1", 0, lambda url: print(url, flush=True)).run()


def payload(name: str) -> bytes:
    variables = {"id": f"{KEY}:station:{random.randrange(STATIONS)}"} if name == "q4" else {}  # noqa: S311
    body = orjson.dumps({"query": QUERIES[name], "variables": variables})
    head = "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One connection that is kept; one request at a time."""

    def __init__(self) -> None:
        self.transport: Any = None
        self._bytes = bytearray()
        self._needed = 0
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        if not self._needed:
            end = self._bytes.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._bytes[:end]).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            self._needed = end + 4 + length
        if len(self._bytes) >= self._needed and self._answer is not None:
            answer, self._answer = self._answer, None
            body = bytes(self._bytes[self._bytes.find(b"\r\n\r\n") + 4 :])
            self._bytes.clear()
            self._needed = 0
            answer.set_result(body)

    async def ask(self, request: bytes) -> bytes:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer


class Server:
    """A server in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self._port = port

    async def connections(self, count: int) -> list[Connection]:
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(Connection, "127.0.0.1", self._port) for _ in range(count)]
        return [protocol for _, protocol in made]

    def processor(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def running(way: str, latency: float) -> Any:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.queries", "--serve", way, "--latency", str(latency),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = ""
        while not url.startswith("http"):
            line = await process.stdout.readline()
            assert line, "the server ended early"
            url = line.decode().strip()
        yield Server(process, int(url.rsplit(":", 1)[1]))
    finally:
        process.terminate()
        await process.wait()


async def measure(server: Server, name: str, concurrency: int, seconds: float) -> tuple[float, float, float]:
    """Requests per second, median milliseconds of one, and processor milliseconds of the server for one."""
    connections = await server.connections(concurrency)
    await asyncio.gather(*(one.ask(payload(name)) for one in connections))
    times: list[float] = []
    used, began = server.processor(), time.perf_counter()

    async def client(connection: Connection) -> None:
        while time.perf_counter() - began < seconds:
            sent = time.perf_counter()
            await connection.ask(payload(name))
            times.append(time.perf_counter() - sent)

    await asyncio.gather(*(client(one) for one in connections))
    elapsed, used = time.perf_counter() - began, server.processor() - used
    for one in connections:
        one.transport.close()
    return len(times) / elapsed, statistics.median(times) * 1000, used / len(times) * 1000


async def check(servers: dict[str, Server]) -> None:
    """Raises `AssertionError` unless all servers answer the same, without errors."""
    for name in QUERIES:
        for _ in range(5):
            request = payload(name)
            answers = []
            for server in servers.values():
                (connection,) = await server.connections(1)
                answers.append(await connection.ask(request))
                connection.transport.close()
            assert "errors" not in orjson.loads(answers[0]), answers[0][:500]
            assert len(set(answers)) == 1, name


def machine() -> str:
    names = ("floorgraph", "strawberry-graphql", "graphql-core", "starlette", "uvicorn", "orjson", "msgspec")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    load = os.getloadavg()[0]
    return (
        f"Python {platform.python_version()}, {found}; {os.cpu_count()} cores, load {load:.1f} at the start"
    )


async def compare(options: argparse.Namespace) -> None:
    print(machine())
    print(
        "| query | connections | way | rps | median ms | cpu ms |", "|---|---:|---|---:|---:|---:|", sep="\n"
    )
    async with AsyncExitStack() as stack:
        servers = {way: await stack.enter_async_context(running(way, options.latency)) for way in WAYS}
        await check(servers)
        for name in options.queries:
            for concurrency in options.concurrency:
                rounds: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
                for _ in range(options.rounds):
                    for way, server in servers.items():
                        rounds[way].append(await measure(server, name, concurrency, options.seconds))
                show(name, concurrency, rounds)


def show(name: str, concurrency: int, rounds: dict[str, list[tuple[float, float, float]]]) -> None:
    def pick(way: str, what: int) -> float:
        return statistics.median(one[what] for one in rounds[way])

    for way in WAYS:
        rps, median, used = (pick(way, what) for what in range(3))
        print(f"| {name} | {concurrency} | {way} | {rps:.1f} | {median:.2f} | {used:.2f} |")
    slow, fast = WAYS
    rate = pick(fast, 0) / pick(slow, 0)
    used = pick(slow, 2) / pick(fast, 2)
    print(f"| {name} | {concurrency} | **ratio** | **{rate:.1f}** | | **{used:.1f}** |", flush=True)


def main() -> None:
    options = arguments()
    if options.serve:
        serve(options.serve, options.latency)
        return
    for name, about in ABOUT.items():
        print(f"{name}: {about}")
    print(json.dumps({"seconds": options.seconds, "rounds": options.rounds, "latency": options.latency}))
    asyncio.run(compare(options))


if __name__ == "__main__":
    main()
