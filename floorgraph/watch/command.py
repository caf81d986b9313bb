"""The command: a board on the whole terminal, once, or as lines of JSON."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import Any, Final

import click
import orjson
from rich.console import Console
from rich.live import Live

from floorgraph.watch.board import Board
from floorgraph.watch.picture import drawn
from floorgraph.watch.server import Refused, Server
from floorgraph.watch.stream import follow, snapshot

REDRAWN_EVERY: Final = 0.5


class _NobodyReads(Exception):
    """Whoever read the lines has gone, as `head` does; no failure of the line to the server."""


def _read(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return Server(value).url
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


@click.command()
@click.option(
    "--url",
    default="http://127.0.0.1:8000",
    show_default=True,
    callback=_read,
    help="Address of the server.",
)
@click.option("--key", default=None, help="API key or token; better in the variable FLOORGRAPH_KEY.")
@click.option("--once", is_flag=True, help="Show the stations as they are now, and end.")
def watch(url: str, key: str | None, once: bool) -> None:
    """Show all stations of a running server, live, until Ctrl+C.

    Where the output is not a terminal, each change becomes one line of JSON.

    Ends with 1 when the server refuses the caller, with `--once` also when it does not answer.
    """
    server, console = Server(url, key or os.environ.get("FLOORGRAPH_KEY", "")), Console()
    if once:
        showing = _show_once(server, console)
    elif console.is_terminal:
        showing = _show(server, console)
    else:
        showing = _tell(server)
    try:
        asyncio.run(showing)
    except KeyboardInterrupt:
        return
    except (_NobodyReads, BrokenPipeError):
        # What is left in the buffer has nowhere to go when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Refused as refused:
        raise click.ClickException(str(refused)) from None


async def _show(server: Server, console: Console) -> None:
    """The board on the whole terminal, until it is interrupted."""
    board = Board()
    following = asyncio.create_task(follow(server, board))
    try:
        with Live(console=console, auto_refresh=False, screen=True) as live:
            while not following.done():
                picture = drawn(board, datetime.now(UTC), console, console.height)
                live.update(picture, refresh=True)
                await asyncio.wait((following,), timeout=REDRAWN_EVERY)
    finally:
        following.cancel()
        await asyncio.wait((following,))
    await following


async def _show_once(server: Server, console: Console) -> None:
    """The board as it is now, all rows of it."""
    board = Board()
    with Console(stderr=True).status(f"Asking {server.url} ..."):
        await snapshot(server, board)
    console.print(drawn(board, datetime.now(UTC), console))


async def _tell(server: Server) -> None:
    """Each change as a line of JSON; on standard error, why there are none."""
    said: str | None = None

    def lost(trouble: str) -> None:
        nonlocal said
        if trouble != said:
            click.echo(f"{trouble} Trying again.", err=True)
        said = trouble

    def told(change: dict[str, Any]) -> None:
        nonlocal said
        said = None
        try:
            click.echo(orjson.dumps(change).decode())
        except BrokenPipeError as gone:
            raise _NobodyReads from gone

    await follow(server, Board(), told, lost)
