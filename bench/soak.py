"""Soak: simulators, server and hundreds of subscribers under random faults; then logs against the truth.

    python -m bench.soak --minutes 30 --subscribers 300

Every second a few stations of the simulated CWork servers get a new number
as their state's comment; meanwhile the servers hang, fail and send garbage.
At the end, without faults: every subscriber holds what the simulators hold;
was told no number twice or out of order; and was told every change that
anybody was told (those that were asked to be told less often, or had to
start anew, are exempt). And every change that stood while its server was
well was told.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.subscribers import Habit, Log, subscribe
from floorgraph.logs import configure_logs
from floorgraph.server.app import create_app
from floorgraph.server.run import run as run_server
from floorgraph.server.run import server_for
from floorgraph.settings import settings_of
from floorgraph.simulators.process import RunningSimulator, launch
from floorgraph.vendors.gate.breaker import BreakerPolicy

SOURCES = ("north", "south")
KEY = "shop-key"
HOLDS = 6.0
"""Seconds that a station keeps a number at least."""
PATIENCE = {"connect": 2.0, "read": 4.0, "total": 6.0}
"""The server's timeouts, in seconds."""
FAULT = (2.0, 12.0)
"""Seconds that a fault takes, at least and at most."""


def longest_pause(fault: float, policy: BreakerPolicy) -> float:
    """The longest pause, in seconds, that a breaker can begin during a fault that takes so long."""
    begins, ceiling = 0.0, policy.base_seconds
    while begins + ceiling / 2 < fault:
        begins, ceiling = begins + ceiling / 2, ceiling * 2
    return min(ceiling, policy.cap_seconds)


WELL = PATIENCE["total"] + longest_pause(FAULT[1], BreakerPolicy()) + 2.0
"""Seconds without any fault after which a change must have been seen: a call that was sent during the fault
is given up, its failure may be the beginning of a pause, and then the next poll comes."""
EXEMPT = frozenset({"unhurried"})
"""Whoever asked to be told less often than it is polled need not be told everything."""
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "latency", "ms": 700},
    {"kind": "hang"},
    {"kind": "cut"},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 500, "probability": 0.5},
    {"kind": "rate_limit", "retry_after": 2},
    {"kind": "malformed", "how": "cut_text"},
    {"kind": "truncate"},
    {"kind": "empty"},
    {"kind": "html"},
    {"kind": "stall"},
)


@dataclass
class Truth:
    """What was set at the simulators, and when they were not well (monotonic)."""

    changes: list[tuple[float, str, int]] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    ill: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {key: [] for key in SOURCES})
    kinds: Counter[str] = field(default_factory=Counter)

    def note(self, key: str, number: int) -> None:
        """A station holds a number from now on."""
        self.changes.append((time.monotonic(), key, number))
        self.held[key] = number

    def must_be_seen(self, until: float) -> set[tuple[str, int]]:
        """The changes that stood for a while with their server well all the time."""
        ends: dict[str, float] = {}
        found: set[tuple[str, int]] = set()
        for at, key, number in reversed(self.changes):
            end = ends.get(key, until)
            ends[key] = at
            ill = self.ill[key.partition(":")[0]]
            # After an illness a server gets time to be asked again.
            well = all(end <= begun or at >= over + WELL for begun, over in ill)
            if well and end - at >= HOLDS - 1:
                found.add((key, number))
        return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--subscribers", type=int, default=300)
    parser.add_argument("--stations", type=int, default=20, help="per simulator")
    parser.add_argument("--pause", type=float, default=10.0, help="least seconds between two faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=["server"], help=argparse.SUPPRESS)
    return parser.parse_args()


def habits(count: int) -> Iterable[Habit]:
    """A mixed crowd."""
    for number in range(count):
        match number % 20:
            case 0:
                yield Habit("relations", SOURCES, relation="currentJob { name }")
            case 1 | 2:
                yield Habit("unhurried", SOURCES, age=5.0)
            case 3 | 4 | 5:
                yield Habit("wandering", SOURCES, stays=(3.0, 40.0))
            case 6:
                yield Habit("wandering by events", SOURCES, stays=(3.0, 40.0), events=True)
            case 7:
                yield Habit("events", SOURCES, events=True)
            case 8 | 9 | 10:
                yield Habit("north only", ("north",))
            case _:
                yield Habit("steady", SOURCES)


async def serve() -> None:
    """The server, for a configuration on standard input; ends with it."""
    # Standard output is for the figures.
    configure_logs(level="warning")
    settings = settings_of(json.loads(sys.stdin.readline()), "soak")
    told = lambda url: print(json.dumps({"url": url}), flush=True)  # noqa: E731
    server = server_for(create_app(settings), "127.0.0.1", 0, told)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001  `serve` without taking over signals
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


class Soak:
    """One run."""

    def __init__(self, options: argparse.Namespace, simulators: dict[str, RunningSimulator]) -> None:
        self.options = options
        self.simulators = simulators
        self.dice = random.Random(options.seed)  # noqa: S311
        self.truth = Truth()
        self.logs: list[Log] = []
        self.end = 0.0

    async def run(self, url: str) -> None:
        """Subscribe, change, disturb; then wait until all is quiet."""
        self._names()
        async with asyncio.TaskGroup() as group:
            tasks = []
            for habit in habits(self.options.subscribers):
                log = Log(habit.label, frozenset(habit.sources))
                self.logs.append(log)
                dice = random.Random(self.dice.random())  # noqa: S311
                tasks.append(group.create_task(subscribe(url, habit, log, dice)))
                await asyncio.sleep(0.01)
            # Whoever comes later is told in its snapshot what the others are told as a change.
            while not all(log.caught_up for log in self.logs):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            self.end = time.monotonic() + self.options.minutes * 60
            changing = group.create_task(self._change())
            tasks.extend(group.create_task(self._disturb(source)) for source in SOURCES)
            await changing
            await self._settle()
            for task in tasks:
                task.cancel()

    def _names(self) -> None:
        self.stations = {
            f"{source}:station:{handle}": (source, handle)
            for source in SOURCES
            for handle in self._handles(source)
        }

    def _handles(self, source: str) -> list[int]:
        stations = self.simulators[source].state()["stations"]
        return [int(station["handle"]) for station in stations]

    async def _change(self) -> None:
        """Give one station after the other a new number."""
        number, last = 0, dict.fromkeys(self.stations, 0.0)
        while time.monotonic() < self.end:
            rested = [key for key, at in last.items() if time.monotonic() - at >= HOLDS]
            if rested:
                key = self.dice.choice(rested)
                number += 1
                source, handle = self.stations[key]
                change = {"handle": handle, "state": 1, "comment": str(number)}
                await asyncio.to_thread(self.simulators[source].set_state, stations=[change])
                self.truth.note(key, number)
                last[key] = time.monotonic()
            await asyncio.sleep(self.dice.uniform(0.05, 0.4))

    async def _disturb(self, source: str) -> None:
        """Let a server be ill now and then, until the end."""
        simulator = self.simulators[source]
        while time.monotonic() < self.end - 20:
            await asyncio.sleep(self.options.pause * self.dice.uniform(1, 4))
            fault = self.dice.choice(FAULTS)
            begun = time.monotonic()
            await asyncio.to_thread(simulator.fault, **fault)
            await asyncio.sleep(self.dice.uniform(*FAULT))
            await asyncio.to_thread(simulator.clear_faults)
            self.truth.ill[source].append((begun, time.monotonic()))
            self.truth.kinds[fault["kind"]] += 1

    async def _settle(self) -> None:
        """Wait until everybody holds the truth, within bounds."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and any(self._wrong(log) for log in self.logs):  # noqa: ASYNC110
            await asyncio.sleep(0.5)

    def _wrong(self, log: Log) -> dict[str, int]:
        """What a subscriber should hold and does not."""
        expected = {key: n for key, n in self.truth.held.items() if key.partition(":")[0] in log.sources}
        return {key: number for key, number in expected.items() if log.held.get(key) != number}

    def full(self) -> list[Log]:
        """The logs that must hold every change: who never lagged, began anew, or asked to be told less."""
        return [log for log in self.logs if log.label not in EXEMPT and not (log.lagged or log.resyncs)]

    def report(self) -> list[str]:
        """What is wrong; empty when nothing is."""
        problems = [f"{log.label}: {fault}" for log in self.logs for fault in log.faults]
        problems += [
            f"{log.label}: holds {wrong} wrongly" for log in self.logs if (wrong := self._wrong(log))
        ]
        full = self.full()
        if len(full) < 0.9 * sum(log.label not in EXEMPT for log in self.logs):
            problems.append(f"only {len(full)} logs can be checked change by change")
        told = {change for log in full for change in log.told}
        for log in full:
            due = {change for change in told if change[0].partition(":")[0] in log.sources}
            if missing := due - set(log.told):
                problems.append(f"{log.label}: was not told {sorted(missing)[:5]} ({len(missing)})")
        if unseen := self.truth.must_be_seen(self.end) - told:
            problems.append(f"nobody was told {self._dated(unseen)[:5]} ({len(unseen)})")
        problems += [
            f"{log.label}: {log.errors} errors"
            for log in self.logs
            if log.errors and log.label != "relations"
        ]
        return problems

    def _dated(self, unseen: set[tuple[str, int]]) -> list[str]:
        """Changes with the seconds since the run began, and since their server was last ill."""
        start = self.end - self.options.minutes * 60
        told = []
        for at, key, number in self.truth.changes:
            if (key, number) in unseen:
                over = max((e for _, e in self.truth.ill[key.partition(":")[0]] if e <= at), default=start)
                told.append(f"{key} {number} at {at - start:.0f} s, well for {at - over:.0f} s")
        return told

    def show(self, memory: list[float]) -> None:
        """The figures of the run."""
        closes: Counter[int] = Counter()
        for log in self.logs:
            closes.update(log.closes)
        lines = {
            "minutes": self.options.minutes,
            "subscribers": dict(Counter(log.label for log in self.logs)),
            "changes at the simulators": len(self.truth.changes),
            "of these stood with the server well": len(self.truth.must_be_seen(self.end)),
            "different changes told": len({change for log in self.logs for change in log.told}),
            "updates told in all": sum(len(log.told) for log in self.logs),
            "logs checked change by change": len(self.full()),
            "faults": dict(self.truth.kinds),
            "seconds ill": {
                key: round(sum(over - begun for begun, over in ill)) for key, ill in self.truth.ill.items()
            },
            "connections": sum(log.connections for log in self.logs),
            "closed by the server, by code": dict(closes),
            "LAGGED / RESYNC": f"{sum(log.lagged for log in self.logs)} / "
            f"{sum(log.resyncs for log in self.logs)}",
            "events with errors of relations": sum(log.errors for log in self.logs),
            "memory of the server, MiB": " ".join(f"{value:.0f}" for value in memory),
        }
        for name, value in lines.items():
            print(f"{name + ':':40} {value}")


async def watch_memory(pid: int, every: float, memory: list[float]) -> None:
    """Note the resident memory of a process now and then."""
    while True:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])  # noqa: ASYNC240  no disk behind it
        memory.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
        await asyncio.sleep(every)


def configuration(simulators: dict[str, RunningSimulator]) -> dict[str, Any]:
    """The server's settings."""
    sources = [
        {
            "key": key,
            "vendor": "cwork",
            "base_url": f"{simulator.base_url}/CAPI/REST",
            "api_key": KEY,
            "live_interval": 1,
            "calls_per_second": 100,
            "timeouts": PATIENCE,
        }
        for key, simulator in simulators.items()
    ]
    return {"server": {"anonymous_role": "viewer"}, "sources": sources}


async def soak(options: argparse.Namespace, simulators: dict[str, RunningSimulator]) -> int:
    """Start the server, run, report."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.soak", "--part=server",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    run, memory = Soak(options, simulators), list[float]()
    try:
        server.stdin.write(json.dumps(configuration(simulators)).encode() + b"\n")
        await server.stdin.drain()
        url = json.loads(await server.stdout.readline())["url"]
        watching = asyncio.create_task(watch_memory(server.pid, options.minutes * 6, memory))
        try:
            await run.run(url)
        finally:
            watching.cancel()
    finally:
        with suppress(ProcessLookupError):
            server.stdin.close()
            await server.wait()
    run.show(memory)
    problems = run.report()
    print("Nothing is wrong." if not problems else f"{len(problems)} problems:")
    for problem in problems[:40]:
        print("  " + problem)
    return 1 if problems else 0


def main() -> int:
    options = arguments()
    if options.part == "server":
        run_server(serve())
        return 0
    given = {
        "version": "1.16",
        "stations": options.stations,
        "disabled": 0,
        "unmonitored": 0,
        "api_key": KEY,
        "frozen": True,
    }
    with ExitStack() as stack:
        simulators = {key: stack.enter_context(launch("cwork", given)) for key in SOURCES}
        return asyncio.run(soak(options, simulators))


if __name__ == "__main__":
    sys.exit(main())
