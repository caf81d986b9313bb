"""Fan-out: one process serves N sockets of one cohort while a vendor changes at a fixed rate.

    python -m bench.fanout --sockets 2000 --rate 200 --minutes 10

Measured is the time from a change at the vendor to its arrival at the last
socket; it includes the wait for the next poll. At the end every socket must
hold the final state of every station.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from bench.sockets import CHANGE, Client, Watch
from bench.vendor import Changing
from floorgraph.logs import configure_logs
from floorgraph.server.app import app_over
from floorgraph.server.run import server_for
from floorgraph.settings import LimitSettings, Role, ServerSettings, Settings
from floorgraph.vendors.floor import Floor
from subscriptions.engine import Engine
from subscriptions.policy import EnginePolicy

STATIONS = 200
DOCUMENT = "subscription { stationChanged(maxAge: PERIOD) { kind cursor id station { name description } } }"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=200.0, help="changes per second")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--period", type=float, default=0.25, help="seconds between polls")
    parser.add_argument("--clients", type=int, default=1, help="client processes")
    parser.add_argument("--part", choices=["server", "client"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--offset", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def total_of(options: argparse.Namespace) -> int:
    """Changes in all: whole rounds over the stations."""
    rounds: float = options.rate * options.minutes * 60 / STATIONS
    return max(1, round(rounds)) * STATIONS


def say(**words: Any) -> None:
    print(json.dumps(words), flush=True)


async def told(stream: asyncio.StreamReader) -> dict[str, Any]:
    line = await stream.readline()
    assert line, "a part ended early"
    found: dict[str, Any] = json.loads(line)
    return found


async def stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def memory() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor() -> float:
    """Seconds of processor time that this process used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def serve(options: argparse.Namespace) -> None:
    # Standard output is for the figures.
    configure_logs(level="warning")
    source = Changing(STATIONS, options.rate, total_of(options), options.period)
    floor = Floor([source])
    engine = Engine(floor, policy=EnginePolicy())
    limits = LimitSettings(
        sockets=100_000,
        sockets_per_address=100_000,
        sockets_per_identity=100_000,
        requests_per_second=1e6,
        requests_per_second_per_address=1e6,
    )
    app = app_over(floor, Settings(ServerSettings(anonymous_role=Role.VIEWER), limits=limits), engine)

    def opened(url: str) -> None:
        say(port=int(url.rpartition(":")[2]), memory=memory())

    server = server_for(app, "127.0.0.1", 0, opened)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  `serve` without taking over signals
    orders = await stdin()
    while (order := (await orders.readline()).decode().strip()) != "end":
        if order == "go":
            source.go()
        elapsed = time.monotonic()
        say(memory=memory(), processor=processor(), polls=source.polls, at=elapsed, **figures(engine))
    server.should_exit = True
    await serving


def _same(client: Client) -> Client:
    return client


def figures(engine: Engine) -> dict[str, Any]:
    cohorts = engine.figures().cohorts
    return {"cohorts": len(cohorts), "executions": sum(one.executions for one in cohorts)}


async def listen(options: argparse.Namespace) -> None:
    watch = Watch(options.sockets)
    document = DOCUMENT.replace("PERIOD", f"{options.period:g}")
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for number in range(options.sockets):
        client = Client(options.offset + number, document, watch)
        await loop.create_connection(partial(_same, client), "127.0.0.1", options.port)
        clients.append(client)
        if number % 50 == 0:
            await asyncio.sleep(0.01)
    async with asyncio.timeout(300):
        await watch.everybody.wait()
    say(ready=len(clients))
    snapshot = {client.number: client.events for client in clients}
    total = total_of(options)
    orders = await stdin()
    await orders.readline()
    near, end = total - 3 * STATIONS, time.monotonic() + total / options.rate + 60
    while time.monotonic() < end and min(client.last for client in clients) < total:
        await asyncio.sleep(0.05)
        if max(client.last for client in clients) >= near:
            for client in clients:
                client.kept = client.kept if client.kept is not None else []
    await asyncio.sleep(1)
    watch.closing = True
    say(**report(clients, watch, options, snapshot))


def report(
    clients: list[Client], watch: Watch, options: argparse.Namespace, snapshot: dict[int, int]
) -> dict[str, Any]:
    total = total_of(options)
    expected = {place: total - STATIONS + (place or STATIONS) for place in range(STATIONS)}
    wrong = 0
    for client in clients:
        held: dict[int, int] = {}
        for found in CHANGE.finditer(b"".join(client.kept or ())):
            held[int(found[1])] = int(found[3])
        wrong += held != expected
    latencies: list[float] = []
    known, known_at = next(iter(watch.due.items()), (0, 0))
    for number, (count, now) in watch.arrivals.items():
        if count == len(clients):
            # Changes are due at a fixed rate: the time of one gives those of all.
            latencies.append((now - known_at) / 1e6 - 1e3 * (number - known) / options.rate)
    events = [client.events - snapshot[client.number] for client in clients]
    return {
        "wrong": wrong,
        "lost": watch.losses,
        "lagged": sum(client.lagged for client in clients),
        "fewest": min(events),
        "most": max(events),
        "latencies": latencies,
        "processor": processor(),
    }


async def part(*options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.fanout", *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 28,
    )  # fmt: skip


async def tell(process: asyncio.subprocess.Process, word: str) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{word}\n".encode())
    await process.stdin.drain()
    return await told(process.stdout) if word != "end" else {}


async def measure(options: argparse.Namespace) -> int:
    common = [f"--{name}={getattr(options, name)}" for name in ("rate", "minutes", "period")]
    server = await part("--part=server", f"--sockets={options.sockets}", *common)
    parts = [server]
    try:
        assert server.stdout is not None
        opened = await told(server.stdout)
        share = options.sockets // options.clients
        began = time.monotonic()
        for index in range(options.clients):
            place = [f"--sockets={share}", f"--offset={index * share}", f"--port={opened['port']}"]
            parts.append(await part("--part=client", *place, *common))
        for client in parts[1:]:
            assert client.stdout is not None
            await told(client.stdout)
        connected = time.monotonic() - began
        before = await tell(server, "look")
        await tell(server, "go")
        reports = await asyncio.gather(*(tell(client, "go") for client in parts[1:]))
        after = await tell(server, "look")
        await tell(server, "end")
        await server.wait()
    finally:
        for process in parts:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    return show(options, share * options.clients, connected, opened, before, after, reports)


def show(
    options: argparse.Namespace,
    sockets: int,
    connected: float,
    opened: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    reports: list[dict[str, Any]],
) -> int:
    latencies = sorted(value for report in reports for value in report["latencies"])
    elapsed = after["at"] - before["at"]
    wrong, lost = (sum(report[name] for report in reports) for name in ("wrong", "lost"))
    per_socket = (before["memory"] - opened["memory"]) / sockets / 1024
    percentiles = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else [float("nan")] * 99
    lines = {
        "sockets, one cohort each": f"{sockets} ({after['cohorts']} cohort)",
        "changes": f"{total_of(options)} at {options.rate:g} per second, polled every {options.period:g} s",
        "executions": "{} for {} polls".format(
            *(after[name] - before[name] for name in ("executions", "polls"))
        ),
        "events per socket, fewest / most": "{} / {}".format(
            min(report["fewest"] for report in reports), max(report["most"] for report in reports)
        ),
        "LAGGED and RESYNC": sum(report["lagged"] for report in reports),
        "sockets lost": lost,
        "sockets without the final state": wrong,
        "change at vendor to last socket, ms": (
            f"p50 {percentiles[49]:.0f}  p99 {percentiles[98]:.0f}  max {max(latencies, default=0):.0f}  "
            f"({len(latencies)} changes watched)"
        ),
        "memory per socket, connected": f"{per_socket:.1f} KiB",
        "memory of the server, MiB": "{:.0f} connected, {:.0f} after".format(
            *(look["memory"] / 2**20 for look in (before, after))
        ),
        "server processor": f"{100 * (after['processor'] - before['processor']) / elapsed:.0f} % of one core",
        "client processor": f"{100 * sum(r['processor'] for r in reports) / elapsed:.0f} % of one core",
        "connecting took": f"{connected:.1f} s",
    }  # fmt: skip
    for name, value in lines.items():
        print(f"{name + ':':40} {value}")
    return 1 if wrong or lost else 0


def run(main: Any) -> Any:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def main() -> int:
    options = arguments()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65536)), hard))
    if options.part == "server":
        run(serve(options))
        return 0
    if options.part == "client":
        run(listen(options))
        return 0
    return int(run(measure(options)))


if __name__ == "__main__":
    sys.exit(main())
