"""Floorgraph and some of its peers in alternating short windows.

    python -m bench.duel                    some minutes; writes docs/performance.md
    python -m bench.duel --cases station --against Tailcall --loader ... --no-document

`bench.compare` measures one server after the other. Where the machine's speed
changes within minutes, as that of a shared one does, this tells more: all
servers run at the same time, one is asked at a time, and the ratio is that of
windows which follow each other.
"""

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from bench.compare import measure
from bench.findings import circumstances, write
from bench.peers.answers import CASES, write_answers
from bench.peers.building import FOLDER, Built, build
from bench.peers.servers import FLOORGRAPH, MERCURIUS, PEERS, TAILCALL, Served, serving, vendor

PACKAGES: Final = ("strawberry-graphql", "graphql-core", "uvicorn", "uvloop", "orjson", "msgspec")


@dataclass(slots=True)
class Windows:
    """What the windows of one case and number of connections told of one server."""

    rates: list[float] = field(default_factory=list)
    """Requests per second."""
    busy: list[float] = field(default_factory=list)
    """Milliseconds of processor time per request."""


Found = dict[tuple[str, int], dict[str, Windows]]
"""By case and connections, by server."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", nargs="*", choices=list(CASES), default=list(CASES))
    parser.add_argument("--against", nargs="*", choices=PEERS, default=[MERCURIUS, TAILCALL])
    parser.add_argument("--connections", type=int, nargs="*", default=[1, 16])
    parser.add_argument("--rounds", type=int, default=10, help="windows of each server")
    parser.add_argument("--seconds", type=float, default=0.5, help="of a window")
    parser.add_argument("--loader", type=Path, help="dynamic loader of a newer glibc, for Tailcall")
    parser.add_argument("--no-document", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def duel(options: argparse.Namespace, built: Built) -> Found:
    """All figures."""
    found: Found = {}
    names = [FLOORGRAPH, *(name for name in options.against if name != TAILCALL or built.tailcall)]
    answers = FOLDER / "answers"
    write_answers(answers)
    with vendor(built, answers, 0.0) as upstream:
        for batched in (False, True):
            cases = [one for one in options.cases if CASES[one].batched == batched]
            if not cases:
                continue
            with ExitStack() as stack:
                servers = {
                    name: stack.enter_context(serving(name, built, upstream, batched=batched))
                    for name in names
                }
                for case in cases:
                    for connections in options.connections:
                        found[case, connections] = _windows(options, built, servers, case, connections)
    return found


def _windows(
    options: argparse.Namespace, built: Built, servers: dict[str, Served], case: str, connections: int
) -> dict[str, Windows]:
    found = {name: Windows() for name in servers}
    for turn in range(options.rounds + 1):
        for name, served in servers.items():
            before = served.busy()
            told = measure(built, served.port, CASES[case], connections, options.seconds)
            if turn:  # The first one only warms.
                found[name].rates.append(told["requests"] / told["seconds"])
                found[name].busy.append((served.busy() - before) / told["requests"] * 1000)
    return found


def report(found: Found, peers: Sequence[str]) -> str:
    """The figures as text for people."""
    ratios = "".join(f" to {peer} (quarters) |" for peer in peers)
    busy = "".join(f" {peer} |" for peer in peers)
    lines = [
        circumstances(PACKAGES, [FOLDER / "node" / "package.json"]),
        "",
        "Requests per second of Floorgraph, and how many times those of a peer in the window beside it:",
        "median, and the first and third quarter of all rounds. Then the least processor time, in ms.",
        "",
        f"| case | c | Floorgraph |{ratios} Floorgraph, ms |{busy}",
        "|---|---:|---:|" + "---:|" * (2 * len(peers) + 1),
    ]
    for (case, connections), windows in found.items():
        own = windows[FLOORGRAPH]
        cells = [case, str(connections), f"{median(own.rates):.1f}"]
        for peer in peers:
            quotients = sorted(
                mine / theirs for mine, theirs in zip(own.rates, windows[peer].rates, strict=True)
            )
            low, high = quotients[len(quotients) // 4], quotients[-1 - len(quotients) // 4]
            cells.append(f"{median(quotients):.2f} ({low:.2f} to {high:.2f})")
        cells += [f"{min(windows[name].busy):.2f}" for name in (FLOORGRAPH, *peers)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    options = arguments()
    built = build(options.loader)
    found = duel(options, built)
    (first, *_) = found.values()
    text = report(found, [name for name in first if name != FLOORGRAPH])
    print(text)
    if not options.no_document:
        write("bench.duel", text)


if __name__ == "__main__":
    main()
