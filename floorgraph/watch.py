"""`floorgraph watch`: the board in a terminal, over the websocket of a running server."""

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import click
import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

SUBSCRIPTION: Final = """
subscription Watch($after: String) {
  stationChanged(after: $after) {
    kind id cursor
    station {
      id name workshop stale jobName
      source { key }
      state { status name since }
      progress { percent }
      currentJob { name progress { percent } }
      alarms { code message }
    }
  }
}
"""
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
COLUMNS: Final[dict[str, dict[str, Any]]] = {
    "Station": {"ratio": 3},
    "Source": {"max_width": 12},
    "State": {},
    "For": {"justify": "right"},
    "Job": {"ratio": 2},
    "%": {"justify": "right"},
    "Alarm": {"ratio": 4},
}
FRAME_LINES: Final = 6
"""What stands above and below the rows."""
WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
REDRAWN_EVERY: Final = 0.5
STRANGER: Final = (4401, 4403)
WHO: Final = "The server asks who you are: give a key with --key or FLOORGRAPH_KEY."


Told = Callable[[dict[str, Any]], None]


def _nobody(change: dict[str, Any]) -> None:
    """Tells nobody."""


class Refused(Exception):
    """The server does not let the caller in, or does not know what is asked; the text says why."""


class Board:
    """The stations as the stream tells them. Pure: `apply` takes one change, `drawn` gives a picture."""

    def __init__(self) -> None:
        self.stations: dict[str, dict[str, Any]] = {}
        self.cursor: str | None = None
        self.link = "connecting"
        self._seen: set[str] | None = None
        self._current = False

    def begin(self) -> None:
        """A connection was made: a snapshot follows, or what was missed since the cursor."""
        self._current = self.cursor is not None
        self._seen = None if self._current else set()
        self.link = "catching up"

    def apply(self, change: dict[str, Any]) -> None:
        """Take in one change of `stationChanged`."""
        kind, key, station = change["kind"], change["id"], change["station"]
        if kind == "RESYNC":
            self.cursor, self._current, self._seen = None, False, set()
        elif kind == "CAUGHT_UP":
            kept = self._seen if self._seen is not None else set(self.stations)
            self.stations = {known: one for known, one in self.stations.items() if known in kept}
            self._current, self._seen = True, None
        elif kind == "REMOVED":
            self.stations.pop(key, None)
        elif station is not None:
            self.stations[key] = station
            if self._seen is not None:
                self._seen.add(key)
        if self._current:
            self.cursor, self.link = change["cursor"], "live"

    def drawn(self, now: datetime, height: int | None = None) -> Group:
        """Counts by status and one row per station, worst first; as many as `height` lines hold, or all."""
        table = Table(expand=True, header_style="bold", box=SIMPLE_HEAD, padding=(0, 1))
        for title, widths in COLUMNS.items():
            table.add_column(title, no_wrap=True, overflow="ellipsis", **widths)
        order = list(LOOKS)
        ranked = sorted(self.stations.values(), key=lambda one: (_rank(order, _status(one)), one["name"]))
        room = len(ranked) if height is None else max(1, height - FRAME_LINES)
        for station in ranked[:room]:
            table.add_row(*_row(station, now, stale=self.link not in ("live", "catching up")))
        counts = Counter(_status(one) for one in self.stations.values())
        head = Text(f"Floorgraph: {self.link}   ", style="bold", no_wrap=True, overflow="ellipsis")
        for status in sorted(counts, key=lambda one: _rank(order, one)):
            sign, style = LOOKS.get(status, ("?", ""))
            head.append(f" {sign} {counts[status]} {status.lower()} ", style=style)
        hidden = len(ranked) - room
        more = f"… and {hidden} more, none of them worse: a taller window shows them" if hidden > 0 else ""
        return Group(head, table, Text(more, style="dim"))


def _rank(order: list[str], status: str) -> int:
    return order.index(status) if status in order else len(order)


def _status(station: dict[str, Any]) -> str:
    return str((station["state"] or {}).get("status") or "UNKNOWN")


def _row(station: dict[str, Any], now: datetime, *, stale: bool) -> list[Text]:
    status, state = _status(station), station["state"] or {}
    sign, style = LOOKS.get(status, ("?", ""))
    job = station["currentJob"] or {}
    progress = station["progress"] or job.get("progress") or {}
    percent = progress.get("percent")
    alarms = [" ".join(filter(None, (one["code"], one["message"]))) for one in station["alarms"] or ()]
    old = " (out of date)" if stale or station["stale"] else ""
    return [
        Text(station["name"]),
        Text(station["source"]["key"]),
        Text(f"{sign} {status.lower()}{old}", style=style),
        Text(_span(state.get("since"), now)),
        Text(job.get("name") or station["jobName"] or ""),
        Text("" if percent is None else f"{percent:.0f}"),
        Text(", ".join(alarms), style="red"),
    ]


def _span(since: str | None, now: datetime) -> str:
    if since is None:
        return ""
    seconds = max(0, int((now - datetime.fromisoformat(since)).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


async def follow(url: str, key: str, board: Board, told: Told = _nobody) -> None:
    """Keep a board current for good; a broken line is tried again. Raises `Refused`.

    `told` is called with each change, after the board has taken it in.
    """
    for attempt in itertools.count():
        try:
            await _follow_once(url, key, board, told)
        except (OSError, WebSocketException, TimeoutError) as failure:
            if isinstance(failure, ConnectionClosed) and failure.rcvd and failure.rcvd.code in STRANGER:
                raise Refused(WHO) from None
        wait = WAITS[0] if board.link == "live" else WAITS[min(attempt, len(WAITS) - 1)]
        board.link = "connection lost, trying again"
        await asyncio.sleep(wait)


async def _follow_once(url: str, key: str, board: Board, told: Told) -> None:
    async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], max_size=None) as socket:
        payload = {"Authorization": f"Bearer {key}"} if key else {}
        await socket.send(orjson.dumps({"type": "connection_init", "payload": payload}).decode())
        async for text in socket:
            message = orjson.loads(text)
            match message["type"]:
                case "connection_ack":
                    board.begin()
                    asked = {"query": SUBSCRIPTION, "variables": {"after": board.cursor}}
                    frame = {"id": "watch", "type": "subscribe", "payload": asked}
                    await socket.send(orjson.dumps(frame).decode())
                case "ping":
                    await socket.send('{"type":"pong"}')
                case "next" if change := (message["payload"].get("data") or {}).get("stationChanged"):
                    board.apply(change)
                    told(change)
                case "error":
                    _fail(message["payload"][0], board)
                    return
                case "complete":
                    return


def _fail(error: dict[str, Any], board: Board) -> None:
    code = error.get("extensions", {}).get("code")
    if code == "BAD_CURSOR" and board.cursor is not None:
        board.cursor = None
    elif code != "SUBSCRIPTION_ENDED" and not error.get("extensions", {}).get("retryable"):
        raise Refused(str(error.get("message")))


def socket_address(url: str) -> str:
    """The websocket of a server's base URL: `http://host:port` becomes `ws://host:port/graphql`."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise click.BadParameter("give the address as http://host:port or https://host", param_hint="--url")
    return urlunsplit((scheme, parts.netloc, f"{parts.path.rstrip('/')}/graphql", "", ""))


async def _show(url: str, key: str, console: Console) -> None:
    """The board on the whole terminal, until it is interrupted."""
    board = Board()
    following = asyncio.create_task(follow(url, key, board))
    try:
        with Live(console=console, auto_refresh=False, screen=True) as live:
            while not following.done():
                live.update(board.drawn(datetime.now(UTC), console.height), refresh=True)
                await asyncio.wait((following,), timeout=REDRAWN_EVERY)
    finally:
        following.cancel()
        await asyncio.wait((following,))
    await following


async def _show_once(url: str, key: str, console: Console) -> None:
    """The board as it is now, all rows of it."""
    board = Board()
    whole = asyncio.Event()
    following = asyncio.create_task(
        _follow_once(url, key, board, lambda change: whole.set() if change["kind"] == "CAUGHT_UP" else None)
    )
    waiting = asyncio.create_task(whole.wait())
    try:
        with Console(stderr=True).status(f"Asking {url} ..."):
            await asyncio.wait((following, waiting), return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            await following
            raise Refused("The server ended the stream before it had told of every station.")
    except ConnectionClosed as closed:
        raise Refused(WHO if closed.rcvd and closed.rcvd.code in STRANGER else str(closed)) from None
    except (OSError, WebSocketException, TimeoutError) as failure:
        raise Refused(f"No answer from {url}: {failure}") from None
    finally:
        for task in (following, waiting):
            task.cancel()
        await asyncio.wait((following, waiting))
    console.print(board.drawn(datetime.now(UTC)))


def _tell_line(change: dict[str, Any]) -> None:
    click.echo(orjson.dumps(change).decode())


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the server.")
@click.option("--key", default=None, help="API key or token; better in the variable FLOORGRAPH_KEY.")
@click.option("--once", is_flag=True, help="Show the stations as they are now, and end.")
def watch(url: str, key: str | None, once: bool) -> None:
    """Show all stations of a running server, live.

    Where the output is not a terminal, each change becomes one line of JSON.
    """
    address, who, console = socket_address(url), key or os.environ.get("FLOORGRAPH_KEY", ""), Console()
    if once:
        showing = _show_once(address, who, console)
    elif console.is_terminal:
        showing = _show(address, who, console)
    else:
        showing = follow(address, who, Board(), _tell_line)
    try:
        asyncio.run(showing)
    except (KeyboardInterrupt, BrokenPipeError):
        return
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
