"""Floorgraph against its peers, over one vendor that answers from memory.

    python -m bench.compare                 about an hour; writes docs/performance.md
    python -m bench.compare --quick         some minutes

Builds what it needs from PyPI and npm into `.bench`, starts the vendor
(`bench/peers/upstream.c`) and the servers in turn, checks that all answers
are equal, and prints medians and ratios. Floorgraph's own ids vary and no
answer serves a second operation, except in the rows named "snapshot".
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from bench.peers.answers import CASES, Case, requests, write_answers, write_requests
from bench.peers.building import FOLDER, HERE, Built, build
from bench.peers.servers import (
    FLOORGRAPH,
    PEERS,
    SNAPSHOT,
    STOCK,
    TAILCALL,
    ask,
    calls,
    serving,
    vendor,
)

DOCUMENT: Final = HERE.parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- written by bench.compare: begin -->", "<!-- written by bench.compare: end -->"
GROWTH: Final = (10, 100, 1000, 10_000)
SLOW_MS: Final = 20.0


@dataclass
class Figures:
    """What was measured of one server in one case, one entry per round."""

    rates: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return statistics.median(self.rates)


Cell = tuple[str, float, int]
"""Case, milliseconds of the vendor, connections."""
Table = dict[Cell, dict[str, Figures]]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round, one and 16 connections")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 16, 64])
    parser.add_argument("--cases", nargs="*", choices=list(CASES), default=list(CASES))
    parser.add_argument("--servers", nargs="*", default=[FLOORGRAPH, SNAPSHOT, *PEERS])
    parser.add_argument(
        "--latency", type=float, nargs="*", default=[0.0, SLOW_MS], help="of the vendor, in ms"
    )
    parser.add_argument("--loader", type=Path, help="dynamic loader of a newer glibc, for Tailcall")
    parser.add_argument("--no-document", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds, options.connections = 0.5, 1, [1, 16]
        options.latency = [0.0]
    return options


def measure(built: Built, port: int, case: Case, connections: int, seconds: float) -> dict[str, Any]:
    """What `load.c` tells. Raises `RuntimeError` for a server that fails."""
    asked = FOLDER / "requests"
    write_requests(asked, requests(case))
    done = subprocess.run(  # noqa: S603
        [str(built.load), str(port), str(connections), str(seconds), str(asked)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    found: dict[str, Any] = json.loads(done.stdout)
    if found["failed"]:
        raise RuntimeError(f"{found['failed']} of {found['requests']} answers were no 200")
    return found


def compare(options: argparse.Namespace, built: Built) -> Table:
    """All figures. Raises `AssertionError` where two servers answer differently."""
    table: Table = {}
    expected: dict[str, Any] = {}
    answers = FOLDER / "answers"
    write_answers(answers)
    names = [name for name in options.servers if name != TAILCALL or built.tailcall]
    for latency in options.latency:
        with vendor(built, answers, latency) as upstream:
            for _ in range(options.rounds):
                for name, batched in ((name, batched) for batched in (False, True) for name in names):
                    cases = [one for one in options.cases if CASES[one].batched == batched]
                    with serving(name, built, upstream, batched=batched) as port:
                        for case in cases:
                            _check(name, case, port, expected)
                            for cell, figures in _measured(
                                options, built, name, port, upstream, case, latency
                            ):
                                _add(table.setdefault(cell, {}).setdefault(name, Figures()), figures)
                                print(
                                    f"{cell} {name}: {figures[0]:.1f} rps, {figures[1]:.2f} ms",
                                    file=sys.stderr,
                                )
    return table


def _check(name: str, case: str, port: int, expected: dict[str, Any]) -> None:
    for _ in range(2):
        found = ask(port, requests(CASES[case])[0])
        assert expected.setdefault(case, found) == found, f"{name} answers {case} differently"


def _measured(
    options: argparse.Namespace, built: Built, name: str, port: int, upstream: str, case: str, latency: float
) -> Iterator[tuple[Cell, tuple[float, float, float]]]:
    for connections in options.connections:
        if name == STOCK and case == "jobs" and connections > 1:
            continue  # Several bursts of 200 calls at once stall httpx for minutes.
        try:
            measure(built, port, CASES[case], connections, options.seconds / 4)
            calls(upstream)
            found = measure(built, port, CASES[case], connections, options.seconds)
        except RuntimeError as trouble:
            print(f"{case} with {connections} connections: {trouble}", file=sys.stderr)
            continue
        rate = found["requests"] / found["seconds"]
        yield (case, latency, connections), (rate, found["median_ms"], calls(upstream) / found["requests"])


def _add(to: Figures, figures: tuple[float, float, float]) -> None:
    to.rates.append(figures[0])
    to.medians.append(figures[1])
    to.calls.append(figures[2])


def growth(options: argparse.Namespace, built: Built) -> list[tuple[int, float, float]]:
    """Stations, milliseconds to page through all of them with their states, and vendor calls per page."""
    found = []
    query = CASES["stations"].query.replace("200", "1000")
    case = Case("", query)
    for stations in GROWTH:
        answers = FOLDER / "answers-growth"
        write_answers(answers, stations)
        with (
            vendor(built, answers, 0) as upstream,
            serving(FLOORGRAPH, built, upstream, batched=True) as port,
        ):
            ask(port, requests(case)[0])
            calls(upstream)
            measured = measure(built, port, case, 1, options.seconds)
            found.append((stations, measured["median_ms"], calls(upstream) / measured["requests"]))
    return found


def report(options: argparse.Namespace, table: Table, grown: Sequence[tuple[int, float, float]]) -> str:
    """The figures as Markdown."""
    lines = [_machine(), ""]
    for latency in options.latency:
        lines += [
            f"Requests per second; the vendor answers {f'after {latency:g} ms' if latency else 'at once'}.",
            "",
        ]
        cells = [cell for cell in table if cell[1] == latency]
        lines += ["| server | " + " | ".join(f"{case} c={count}" for case, _, count in cells) + " |"]
        lines += ["|---|" + "---:|" * len(cells)]
        for name in options.servers:
            row = [table[cell].get(name) for cell in cells]
            if any(row):
                lines += [
                    f"| {name} | " + " | ".join(f"{one.rate:.1f}" if one else "-" for one in row) + " |"
                ]
        lines += ["", "Ratios of Floorgraph's medians to others'.", ""]
        head = ["case", "c", "to the fastest peer", "to stock Strawberry", "to Tailcall"]
        head += ["with snapshot, to the fastest peer", "calls per query"]
        lines += [f"| {' | '.join(head)} |", "|---|---:|---:|---:|---:|---:|---:|"]
        lines += [_ratios(cell, table[cell]) for cell in cells if FLOORGRAPH in table[cell]]
        lines += [""]
    lines += ["Growth, one connection: a page of up to 1,000 stations with their states.", ""]
    lines += ["| stations | median ms | calls per query |", "|---:|---:|---:|"]
    lines += [f"| {count} | {milliseconds:.2f} | {asked:.1f} |" for count, milliseconds, asked in grown]
    return "\n".join(lines)


def _ratios(cell: Cell, row: dict[str, Figures]) -> str:
    own = row[FLOORGRAPH].rate
    fastest = max(
        (name for name in row if name not in (FLOORGRAPH, SNAPSHOT)),
        key=lambda name: row[name].rate,
        default=None,
    )

    def to(name: str | None, ours: float) -> str:
        return f"{ours / row[name].rate:.2f}" if name in row else "-"

    best = "-" if fastest is None else f"{to(fastest, own)} ({fastest})"
    kept = "-" if SNAPSHOT not in row else to(fastest, row[SNAPSHOT].rate)
    asked = statistics.median(row[FLOORGRAPH].calls)
    return (
        f"| {cell[0]} | {cell[2]} | {best} | {to(STOCK, own)} | {to(TAILCALL, own)} | {kept} | {asked:.1f} |"
    )


def _machine() -> str:
    names = ("strawberry-graphql", "graphql-core", "uvicorn", "uvloop", "aiohttp", "orjson", "msgspec")
    found = ", ".join(f"{name} {version(name)}" for name in names)
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607
    packages = json.loads((HERE / "node" / "package.json").read_text())["dependencies"]
    peers = ", ".join(f"{name} {text}" for name, text in packages.items())
    python = ", ".join((HERE / "python" / "requirements.txt").read_text().split())
    return (
        f"{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} at the end. Python {platform.python_version()}, {found}. Node {node}, "
        f"{peers}. Python peers: {python}."
    )


def write(text: str) -> None:
    """Put the report into the document, in place of the one before."""
    before = DOCUMENT.read_text("utf-8")
    head, _, rest = before.partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCUMENT.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", "utf-8")


def main() -> None:
    options = arguments()
    built = build(options.loader)
    if not built.tailcall:
        print("Tailcall does not run here (it asks for glibc 2.39; see --loader).", file=sys.stderr)
    table = compare(options, built)
    text = report(options, table, growth(options, built))
    for case, about in CASES.items():
        print(f"{case}: {about.about}")
    print(text)
    if not options.no_document:
        write(text)


if __name__ == "__main__":
    main()
