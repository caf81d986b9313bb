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
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from bench.findings import write
from bench.peers.answers import CASES, Case, requests, write_answers, write_requests
from bench.peers.building import FOLDER, Built, build
from bench.peers.report import Cell, Figures, Table, report
from bench.peers.servers import (
    FLOORGRAPH,
    PEERS,
    SNAPSHOT,
    STOCK,
    TAILCALL,
    Served,
    ask,
    calls,
    serving,
    vendor,
)

GROWTH: Final = (10, 100, 1000, 10_000)
SLOW_MS: Final = 20.0
SLOW_CASES: Final = ("stations", "station")
WARMING: Final = 4
"""Connections at most before a measurement begins."""


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
    parser.add_argument(
        "--slow-cases",
        nargs="*",
        choices=list(CASES),
        default=list(SLOW_CASES),
        help="of a vendor that takes time",
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
        asked = [one for one in options.cases if not latency or one in options.slow_cases]
        with vendor(built, answers, latency) as upstream:
            for _ in range(options.rounds):
                for name, batched in ((name, batched) for batched in (False, True) for name in names):
                    cases = [one for one in asked if CASES[one].batched == batched]
                    if not cases:
                        continue
                    with serving(name, built, upstream, batched=batched) as served:
                        for case in cases:
                            _check(name, case, served.port, expected)
                            for connections in options.connections:
                                figures = _measured(options, built, name, served, upstream, case, connections)
                                if figures is not None:
                                    _note(table, (case, latency, connections), name, figures)
    return table


def _note(table: Table, cell: Cell, name: str, figures: tuple[float, float, float, float]) -> None:
    known = table.setdefault(cell, {}).setdefault(name, Figures())
    for to, value in zip((known.rates, known.medians, known.calls, known.busy), figures, strict=True):
        to.append(value)
    print(
        f"{cell} {name}: {figures[0]:.1f} rps, {figures[1]:.2f} ms, {figures[3]:.2f} ms busy", file=sys.stderr
    )


def _check(name: str, case: str, port: int, expected: dict[str, Any]) -> None:
    for _ in range(2):
        found = ask(port, requests(CASES[case])[0])
        assert expected.setdefault(case, found) == found, f"{name} answers {case} differently"


def _measured(
    options: argparse.Namespace,
    built: Built,
    name: str,
    served: Served,
    upstream: str,
    case: str,
    connections: int,
) -> tuple[float, float, float, float] | None:
    """Requests per second, median ms, calls and ms of processor time per request; None without an answer."""
    if name == STOCK and case == "jobs" and connections > 1:
        return None  # Several bursts of 200 calls at once stall httpx for minutes.
    try:
        measure(built, served.port, CASES[case], min(connections, WARMING), options.seconds / 4)
        calls(upstream)
        before = served.busy()
        found = measure(built, served.port, CASES[case], connections, options.seconds)
    except RuntimeError as trouble:
        print(f"{case} with {connections} connections: {trouble}", file=sys.stderr)
        return None
    count = found["requests"]
    busy = (served.busy() - before) / count * 1000
    return count / found["seconds"], found["median_ms"], calls(upstream) / count, busy


def growth(options: argparse.Namespace, built: Built) -> list[tuple[int, float, float]]:
    """Stations, milliseconds of a page of them with their states, and vendor calls per page."""
    found = []
    query = CASES["stations"].query.replace("200", "1000")
    case = Case("", query)
    for stations in GROWTH:
        answers = FOLDER / "answers-growth"
        write_answers(answers, stations)
        with (
            vendor(built, answers, 0) as upstream,
            serving(FLOORGRAPH, built, upstream, batched=True) as served,
        ):
            ask(served.port, requests(case)[0])
            calls(upstream)
            measured = measure(built, served.port, case, 1, options.seconds)
            found.append((stations, measured["median_ms"], calls(upstream) / measured["requests"]))
    return found


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
        write("bench.compare", text)


if __name__ == "__main__":
    main()
