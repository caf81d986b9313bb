"""What the comparison found, as Markdown, and where in the documentation it goes."""

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.findings import circumstances
from bench.peers.building import HERE
from bench.peers.servers import APOLLO, FLOORGRAPH, SNAPSHOT, STOCK, TAILCALL

PACKAGES: Final = ("strawberry-graphql", "graphql-core", "uvicorn", "uvloop", "aiohttp", "orjson", "msgspec")
"""Whose versions the report names."""


@dataclass
class Figures:
    """What was measured of one server in one case, one entry per round."""

    rates: list[float] = field(default_factory=list)
    medians: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    """Milliseconds of the server's processor time per request."""

    @property
    def rate(self) -> float:
        """Requests per second."""
        return statistics.median(self.rates)


Cell = tuple[str, float, int]
"""Case, milliseconds of the vendor, connections."""
Table = dict[Cell, dict[str, Figures]]


def report(options: argparse.Namespace, table: Table, grown: Sequence[tuple[int, float, float]]) -> str:
    """The figures as Markdown."""
    lines = [_machine(), ""]
    for latency in options.latency:
        lines += [
            f"Requests per second; the vendor answers {f'after {latency:g} ms' if latency else 'at once'}.",
            "",
        ]
        cells = [cell for cell in table if cell[1] == latency]
        lines += _by_server(options, table, cells, lambda one: f"{one.rate:.1f}")
        if not latency:
            lines += ["", "Processor time of the server per request, in ms.", ""]
            lines += _by_server(
                options,
                table,
                cells,
                lambda one: f"{statistics.median(one.busy):.2f}" if any(one.busy) else "-",
            )
        lines += ["", "Ratios of Floorgraph's medians to others'.", ""]
        head = ["case", "c", "to the fastest peer", "to stock Strawberry", "to Apollo Server", "to Tailcall"]
        head += ["with snapshot, to the fastest peer", "calls per query"]
        lines += [f"| {' | '.join(head)} |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
        lines += [_ratios(cell, table[cell]) for cell in cells if FLOORGRAPH in table[cell]]
        lines += [""]
    lines += ["Growth, one connection: a page of up to 1,000 stations with their states.", ""]
    lines += ["| stations | median ms | calls per query |", "|---:|---:|---:|"]
    lines += [f"| {count} | {milliseconds:.2f} | {asked:.1f} |" for count, milliseconds, asked in grown]
    return "\n".join(lines)


def _by_server(
    options: argparse.Namespace, table: Table, cells: Sequence[Cell], shown: Callable[[Figures], str]
) -> list[str]:
    """A row for each server, a column for each cell."""
    lines = ["| server | " + " | ".join(f"{case} c={count}" for case, _, count in cells) + " |"]
    lines += ["|---|" + "---:|" * len(cells)]
    for name in options.servers:
        row = [table[cell].get(name) for cell in cells]
        if any(row):
            lines += [f"| {name} | " + " | ".join(shown(one) if one else "-" for one in row) + " |"]
    return lines


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
    others = f"{to(STOCK, own)} | {to(APOLLO, own)} | {to(TAILCALL, own)}"
    return f"| {cell[0]} | {cell[2]} | {best} | {others} | {kept} | {asked:.1f} |"


def _machine() -> str:
    node = circumstances(PACKAGES, [HERE / folder / "package.json" for folder in ("node", "hive")])
    python = ", ".join((HERE / "python" / "requirements.txt").read_text("utf-8").split())
    return f"{node} Python peers: {python}."
