"""How late the event loop runs while sources with 72,000 records are polled and subscribers told.

    python -m bench.lag
    python -m bench.lag --share 0.2 --only cwork

Three vendors' simulators run in processes of their own, and so do the
subscribers. First every feed of every source is polled by itself; then the
whole server runs, with websockets that follow everything. `late` is how much
later than asked for a timer of 1 ms ran, `held` the processor time that this
process used until then; below stands who held the loop.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench.watchdog import Watchdog
from floorgraph.logs import configure_logs
from floorgraph.model.ids import Kind
from floorgraph.server.app import create_app
from floorgraph.server.collecting import settle
from floorgraph.server.run import run, server_for
from floorgraph.settings import Settings, settings_of
from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.contract import Source
from floorgraph.vendors.gate.call import Freshness

QUICK = {"calls_per_second": 1000.0}
ROOTS = {
    "stationChanged": "station { name state { status comment } currentJob { name } }",
    "jobChanged": "job { name status progress { percent } }",
    "pieceChanged": "piece { name status }",
    "layoutChanged": "layout { name status }",
    "orderChanged": "order { name status }",
    "alarmChanged": "alarm { message }",
}


def simulators(share: float) -> dict[str, tuple[dict[str, object], dict[str, object]]]:
    """Vendor -> options of its simulator, and settings of the source; 72,000 records at a share of 1."""

    def part(count: int) -> int:
        return max(1, int(count * share))

    cwork: dict[str, object] = {
        "stations": part(5_000),
        "operations_per_station": 2,
        "orders": part(2_500),
        "documents": part(5_000),
        "speed": 5,
    }
    cloudnest: dict[str, object] = {
        "machines": min(500, part(500)),
        "jobs": part(1_500),
        "daily_quota": None,
        "rate_per_second": None,
        "new_jobs": False,
        "speed": 5,
    }
    authentise: dict[str, object] = {
        "printers": min(1_000, part(500)),
        "pieces": part(10_000),
        "batches": part(500),
        "churn": 50 * share,
    }
    return {
        "cwork": (cwork, {"api_key": "simulator-key", "base_url": "/CAPI/REST", **QUICK}),
        "cloudnest": (
            cloudnest,
            {
                "app_id": "simulator-app",
                "app_secret": "simulator-secret",
                "org_code": "TEAM001",
                "calls_per_day": 10_000_000,
                "calls_per_question": 1_000,
                **QUICK,
            },
        ),
        "authentise": (
            authentise,
            {
                "token": {"uuid": "5b1c0f3e-7a52-4d0e-9a86-0c2f6d1e8b47", "secret": "simulator-secret"},
                "users_url": "",
                **QUICK,
            },
        ),
    }


@contextmanager
def shops(options: argparse.Namespace) -> Iterator[Settings]:
    """The simulators, and the settings of a server over them."""
    with ExitStack() as stack:
        sources: list[dict[str, object]] = []
        for vendor, (given, table) in simulators(options.share).items():
            if options.only and vendor not in options.only:
                continue
            shop = stack.enter_context(simulator_process(vendor, given))
            paths = {name: shop.base_url + str(table.get(name, "")) for name in ("base_url", "users_url")}
            wanted = {name: path for name, path in paths.items() if name in table or name == "base_url"}
            sources.append(dict[str, object](key=vendor, vendor=vendor) | table | wanted)
        yield settings_of({"server": {"anonymous_role": "viewer"}, "sources": sources}, "lag")


def memory() -> float:
    """Megabytes in use."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6


async def alone(source: Source, times: int) -> int:
    """Poll each feed by itself; how many records there are."""
    await source.examine()
    counts: Counter[str] = Counter()
    for feed in source.feeds():
        begun = memory()
        for name, rounds in (("first", 1), ("later", times)):
            with Watchdog().watching() as watch:
                found: Mapping[Kind, Listing] = {}
                began, used = time.perf_counter(), time.process_time()
                for _ in range(rounds):
                    found = await source.poll(feed, Freshness(max_age=0))
                taken, used = (time.perf_counter() - began) / rounds, (time.process_time() - used) / rounds
                await asyncio.sleep(0.01)
            records = {str(kind): len(listing.records) for kind, listing in found.items()}
            counts.update({kind: count - counts[kind] for kind, count in records.items()})
            print(f"{source.key} {feed.name}, {name}: {records}")
            print(f"    {taken:.2f} s, {used:.2f} s of processor; {watch.shown()}")
            for place in watch.worst_places():
                print(f"    {place}")
        print(f"    {memory() - begun:.0f} MB more", flush=True)
    return counts.total()


async def whole(settings: Settings, options: argparse.Namespace) -> None:
    """The server with everything, while it comes up and while it runs."""
    app, opened = create_app(settings), asyncio.Event()
    urls: list[str] = []

    def announce(url: str) -> None:
        urls.append(url)
        opened.set()

    server = server_for(app, "127.0.0.1", 0, announce)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  `serve` without taking over signals
    await opened.wait()
    command = [sys.executable, "-m", "bench.lag", "--listen", urls[0], "--sockets", str(options.sockets)]
    listening = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    for name, seconds in (("coming up", options.seconds), ("running", options.seconds)):
        used = time.process_time()
        with Watchdog().watching() as watch:
            await asyncio.sleep(seconds)
        used = (time.process_time() - used) / seconds
        print(f"whole server, {name}, {seconds:.0f} s: {used:.0%} CPU, {memory():.0f} MB, {watch.shown()}")
        for place in watch.worst_places(12):
            print(f"    {place}")
    told, _ = await listening.communicate(b"end\n")
    print(f"told to {options.sockets} sockets: {told.decode().strip()}", flush=True)
    server.should_exit = True
    await serving


async def listen(url: str, sockets: int) -> None:
    """Follow everything; what was heard, by kind."""
    heard: Counter[str] = Counter()

    async def follow() -> None:
        address = url.replace("http", "ws", 1) + "/graphql"
        protocols = [Subprotocol("graphql-transport-ws")]
        async with connect(address, subprotocols=protocols, max_size=None) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            for root, fields in ROOTS.items():
                query = f"subscription {{ {root} {{ kind id cursor {fields} }} }}"
                await socket.send(json.dumps({"id": root, "type": "subscribe", "payload": {"query": query}}))
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] != "next":
                    heard[f"{message['id']} {message['type']}"] += 1
                    continue
                data: Mapping[str, Any] = message["payload"].get("data") or {}
                for root, change in data.items():
                    heard[f"{root} {change['kind']}"] += 1

    tasks = [asyncio.create_task(follow()) for _ in range(sockets)]
    await asyncio.to_thread(sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps(heard))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of 72,000 records")
    parser.add_argument("--only", action="append", choices=["cwork", "cloudnest", "authentise"])
    parser.add_argument("--part", choices=["alone", "whole", "both"], default="both")
    parser.add_argument("--times", type=int, default=5, help="polls of each feed by itself")
    parser.add_argument("--seconds", type=float, default=60.0, help="of the whole server, twice")
    parser.add_argument("--sockets", type=int, default=20, help="that follow everything")
    parser.add_argument("--listen", help=argparse.SUPPRESS)
    return parser.parse_args()


async def measure(options: argparse.Namespace) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with shops(options) as settings:
        if options.part != "whole":
            total = 0
            for source in settings.floor():
                total += await alone(source, options.times)
                await source.close()
            print(f"{total} records, {memory():.0f} MB")
        if options.part != "alone":
            await whole(settings, options)


def main() -> None:
    options = arguments()
    if options.listen:
        asyncio.run(listen(options.listen, options.sockets))
        return
    configure_logs(level="warning")
    settle()
    run(measure(options))


if __name__ == "__main__":
    main()
