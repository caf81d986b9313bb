"""A board as rows for a terminal: worst first, as many as there is room for."""

from collections import Counter
from datetime import datetime
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from floorgraph.watch.board import Board

LOOKS: Final = {
    "FAULT": ("!", "bold white on red"),
    "STOPPED": ("#", "bold red"),
    "PAUSED": ("=", "bold dark_orange"),
    "OFFLINE": ("x", "bright_black"),
    "MAINTENANCE": ("m", "magenta"),
    "SETUP": ("~", "bright_blue"),
    "IDLE": (".", "yellow"),
    "RUNNING": (">", "green"),
    "CLOSED": ("z", "bright_black"),
    "DISABLED": ("-", "bright_black"),
}
"""Sign and style of each status, the worst first; signs tell them apart without colours."""
RANKS: Final = {status: rank for rank, status in enumerate(LOOKS)}
COLUMNS: Final[dict[str, dict[str, Any]]] = {
    "Station": {"ratio": 3},
    "Source": {"max_width": 12},
    "State": {},
    "For": {"justify": "right"},
    "Job": {"ratio": 2},
    "%": {"justify": "right"},
    "Alarm": {"ratio": 4},
}
NARROW: Final[dict[str, dict[str, Any]]] = {
    "Station": {"ratio": 2},
    "State": {},
    "For": {"justify": "right"},
    "Alarm, or job": {"ratio": 3},
    "%": {"justify": "right"},
}
"""The columns where there is no room for all."""
WIDE_FROM: Final = 110
"""Columns of a terminal from which on a row has room for everything."""
TABLE_LINES: Final = 4
"""What a table has above and below its rows."""


def drawn(board: Board, now: datetime, console: Console, height: int | None = None) -> Group:
    """Counts by status and one row per station, as wide as the console; as many as `height` lines hold."""
    above = _head(board, console.width)
    if board.trouble:
        above.append(Text(board.trouble, style="red"))
    if not board.stations:
        return Group(*above, Text(_nothing(board), style="dim"))
    ranked = sorted(board.stations.values(), key=lambda one: (_rank(_status(one)), one["name"]))
    # The last line says how many have no room.
    taken = sum(len(line.wrap(console, console.width)) for line in above) + TABLE_LINES + 1
    room = len(ranked) if height is None else max(1, height - taken)
    parts: list[RenderableType] = [*above, _table(board, ranked[:room], now, wide=console.width >= WIDE_FROM)]
    hidden = len(ranked) - room
    if hidden > 0:
        more = f"… and {hidden} more, none of them worse: a taller window shows them"
        parts.append(Text(more, style="dim", no_wrap=True, overflow="ellipsis"))
    return Group(*parts)


def _head(board: Board, width: int) -> list[Text]:
    """How the line is and how many stations are in each status; no count is torn apart."""
    counts = Counter(_status(one) for one in board.stations.values())
    lines = [Text(f"Floorgraph: {board.link} ", style="bold")]
    for status in sorted(counts, key=_rank):
        sign, style = LOOKS.get(status, ("?", ""))
        count = Text(f" {sign} {counts[status]} {status.lower()} ", style=style)
        if lines[-1].cell_len + count.cell_len + 1 > width:
            lines.append(Text())
        lines[-1].append(" ").append_text(count)
    return lines


def _nothing(board: Board) -> str:
    if board.whole and board.fresh:
        return "No source has a station for you. `floorgraph check` asks the sources what they have."
    return "Waiting for the stations. Ctrl+C ends it."


def _table(board: Board, stations: list[dict[str, Any]], now: datetime, *, wide: bool) -> Table:
    table = Table(expand=True, header_style="bold", box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    columns = COLUMNS if wide else NARROW
    for title, widths in columns.items():
        table.add_column(title, no_wrap=True, overflow="ellipsis", **widths)
    for station in stations:
        cells = _cells(station, now, old=not board.fresh or station["stale"], wide=wide)
        table.add_row(*(cells[title] for title in columns))
    return table


def _cells(station: dict[str, Any], now: datetime, *, old: bool, wide: bool) -> dict[str, Text]:
    """What a row can have, by the titles of all columns."""
    status, state, job = _status(station), station["state"] or {}, station["currentJob"] or {}
    sign, style = LOOKS.get(status, ("?", ""))
    percent = (station["progress"] or job.get("progress") or {}).get("percent")
    alarms = ", ".join(
        " ".join(filter(None, (one["code"], one["message"]))) for one in station["alarms"] or ()
    )
    work = Text(job.get("name") or station["jobName"] or "")
    alarm = Text(alarms, style="red")
    mark = "" if not old else " (out of date)" if wide else ", old"
    return {
        "Station": Text(station["name"]),
        "Source": Text(station["source"]["key"]),
        "State": Text(f"{sign} {status.lower()}{mark}", style=style),
        "For": Text(_span(state.get("since"), now)),
        "Job": work,
        "%": Text("" if percent is None else f"{percent:.0f}"),
        "Alarm": alarm,
        "Alarm, or job": alarm if alarms else work,
    }


def _rank(status: str) -> int:
    return RANKS.get(status, len(RANKS))


def _status(station: dict[str, Any]) -> str:
    return str((station["state"] or {}).get("status") or "UNKNOWN")


def _span(since: str | None, now: datetime) -> str:
    if since is None:
        return ""
    seconds = max(0, int((now - datetime.fromisoformat(since)).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
