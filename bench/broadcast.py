"""One change to thousands of websockets: Floorgraph, its peers, and the least that plain C needs.

    python -m bench.broadcast                   about ten minutes; writes docs/performance.md
    python -m bench.broadcast --sockets 1000 --rounds 5 --no-document

Builds what it needs from PyPI and npm into `.bench/crowd`. Each server runs
alone, in a process of its own; one client in C (`bench/crowd/listen.c`)
listens on all sockets, checks that everybody gets the same bytes, and takes
the time from its word that something changes to the last socket.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from bench.crowd.building import HERE, Built, build, raise_open_files
from bench.findings import circumstances, write

PACKAGES: Final = ("strawberry-graphql", "uvicorn", "uvloop", "websockets", "starlette")
"""Whose versions the report names."""
QUERY: Final = "subscription { stationChanged(snapshot: false) { kind id station { name description } } }"
FLOORGRAPH, UWS, PLAIN = "Floorgraph", "graphql-ws, uWebSockets.js", "plain C"
SERVERS: Final = (FLOORGRAPH, UWS, "graphql-ws, ws", "Strawberry, stock", PLAIN)


@dataclass
class Figures:
    """What was measured of one server with so many sockets."""

    seconds: list[float] = field(default_factory=list)
    """From a change to the last socket, of all changes in all rounds."""
    bytes_per_socket: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    """Seconds of the server's processor time per change."""

    @property
    def best(self) -> float:
        """Milliseconds of the fastest change: what others on the machine disturb least."""
        return min(self.seconds) * 1e3

    @property
    def median(self) -> float:
        """Milliseconds from a change to the last socket."""
        return statistics.median(self.seconds) * 1e3


Table = dict[tuple[str, int], Figures]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sockets", type=int, nargs="*", default=[1000, 5000, 10_000])
    parser.add_argument("--changes", type=int, default=15, help="per round")
    parser.add_argument("--rounds", type=int, default=2, help="servers take turns in each")
    parser.add_argument("--servers", nargs="*", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--skip", nargs="*", default=[], help="what takes too long, as SERVER:SOCKETS")
    parser.add_argument("--loader", type=Path, help="dynamic loader of a newer glibc, for uWebSockets.js")
    parser.add_argument(
        "--nice",
        type=int,
        default=0,
        help="of server and client while measured, such as -15 for root",
    )
    parser.add_argument("--no-document", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def measure(
    built: Built, name: str, sockets: int, options: argparse.Namespace
) -> tuple[Figures, dict[str, Any]]:
    """One server, once. Raises `RuntimeError` where it does not keep up or answers wrongly."""
    found, changes = Figures(), options.changes
    with _process(built.commands[name]) as server:
        ports = _line(server.stdout).split()
        if len(ports) != 2:
            raise RuntimeError(f"{name} did not start")
        before = _memory(server.pid)
        with _process([str(built.listen), *ports, str(sockets), str(changes), QUERY]) as client:
            if _line(client.stdout) != "connected":
                raise RuntimeError(f"{name}: {_line(client.stderr)}")
            found.bytes_per_socket.append((_memory(server.pid) - before) / sockets)
            for process in (server.pid, client.pid):
                os.setpriority(os.PRIO_PROCESS, process, options.nice)
            used = _processor(server.pid)
            assert client.stdin is not None
            client.stdin.write("go\n")
            client.stdin.flush()
            told = _line(client.stdout)
            if not told:
                raise RuntimeError(f"{name}: {_line(client.stderr)}")
            found.processor.append((_processor(server.pid) - used) / changes)
    report = json.loads(told)
    found.seconds += report["seconds"]
    return found, report["message"]["payload"]


def compare(options: argparse.Namespace, built: Built) -> Table:
    """All figures. Raises `AssertionError` where two servers send something else."""
    table: Table = {}
    expected: dict[int, Any] = {}
    for sockets in options.sockets:
        for _ in range(options.rounds):
            for name in (one for one in options.servers if f"{one}:{sockets}" not in options.skip):
                figures, payload = measure(built, name, sockets, options)
                shown = _without_number(payload)
                assert expected.setdefault(0, shown) == shown, f"{name} sends {payload}"
                kept = table.setdefault((name, sockets), Figures())
                kept.seconds += figures.seconds
                kept.bytes_per_socket += figures.bytes_per_socket
                kept.processor += figures.processor
                told = f"{sockets} {name}: {figures.median:.1f} ms, at best {figures.best:.1f} ms"
                print(told, file=sys.stderr, flush=True)
    return table


def _without_number(payload: dict[str, Any]) -> str:
    """The text of an event but for the number of the change, which says how often it had to be tried."""
    text = json.dumps(payload)
    before, _, after = text.partition("change ")
    return before + after[6:]


@contextmanager
def _process(words: list[str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # noqa: S603
        words,
        cwd=HERE.parents[1],
        env=os.environ | {"NODE_ENV": "production"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline().strip()


def _memory(process: int) -> int:
    """Resident bytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _processor(process: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(options: argparse.Namespace, table: Table) -> str:
    """The figures as Markdown."""
    sizes = options.sockets
    head = ["server", *(f"{size:,}" for size in sizes), "KB per socket", "CPU µs per message"]
    lines = [
        circumstances(PACKAGES, [HERE / "package.json"]),
        "",
        "Milliseconds from a change to the last socket: median, and the fastest.",
        "",
    ]
    lines += [_row(head), "|---|" + "---:|" * (len(head) - 1)]
    for name in options.servers:
        largest = max(size for size in sizes if (name, size) in table)
        most = table[name, largest]
        per_socket = statistics.median(most.bytes_per_socket) / 1000
        per_message = statistics.median(most.processor) / largest * 1e6
        times = [_times(table.get((name, size))) for size in sizes]
        lines += [_row([name, *times, f"{per_socket:.1f}", f"{per_message:.0f}"])]
    others = [name for name in options.servers if name != FLOORGRAPH]
    if FLOORGRAPH in options.servers and others:
        lines += ["", "Floorgraph as multiples of others: median, fastest, processor time.", ""]
        lines += [_row(["sockets", *(f"to {name}" for name in others)]), "|---:|" + "---:|" * len(others)]
        for size in sizes:
            lines += [_row([f"{size:,}", *(_ratio(table, name, size) for name in others)])]
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _times(found: Figures | None) -> str:
    return "-" if found is None else f"{found.median:.0f}, {found.best:.0f}"


def _ratio(table: Table, name: str, size: int) -> str:
    own, other = table.get((FLOORGRAPH, size)), table.get((name, size))
    if own is None or other is None:
        return "-"
    processor = statistics.median(own.processor) / statistics.median(other.processor)
    return f"{own.median / other.median:.2f}, {own.best / other.best:.2f}, {processor:.2f}"


def main() -> None:
    options = arguments()
    raise_open_files()
    text = report(options, compare(options, build(options.loader)))
    print(text)
    if not options.no_document:
        write("bench.broadcast", text)


if __name__ == "__main__":
    main()
