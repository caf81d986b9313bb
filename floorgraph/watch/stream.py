"""The stream of changes of all stations, from a server to a board."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from floorgraph.watch.board import LIVE, Board
from floorgraph.watch.server import Refused, Server

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
WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
ENDED: Final = "The server ended the stream."
FAILURES: Final = (OSError, WebSocketException)

Told = Callable[[dict[str, Any]], None]
Lost = Callable[[str], None]


def _nobody(_: object) -> None:
    """Tells nobody."""


async def follow(server: Server, board: Board, told: Told = _nobody, lost: Lost = _nobody) -> None:
    """Keep a board current for good; a broken line is tried again. Raises `Refused`.

    `told` is called with each change after the board has taken it in, `lost` with the reason whenever
    there is no line.
    """
    tries = 0
    while True:
        trouble = ENDED
        try:
            await _follow_once(server, board, told)
        except FAILURES as failure:
            if why := server.refuses(failure):
                raise Refused(why) from None
            trouble = server.trouble(failure)
        tries = 0 if board.link == LIVE else tries + 1
        board.lose(f"{trouble} Trying again.")
        lost(trouble)
        await asyncio.sleep(WAITS[min(tries, len(WAITS) - 1)])


async def snapshot(server: Server, board: Board) -> None:
    """Fill a board with every station as it is now. Raises `Refused`, also when nobody answers."""
    whole = asyncio.Event()
    following = asyncio.create_task(
        _follow_once(server, board, lambda change: whole.set() if change["kind"] == "CAUGHT_UP" else None)
    )
    waiting = asyncio.create_task(whole.wait())
    try:
        await asyncio.wait((following, waiting), return_when=asyncio.FIRST_COMPLETED)
        if not whole.is_set():
            await following
            raise Refused(f"{ENDED} Not every station was told by then.")
    except FAILURES as failure:
        raise Refused(server.refuses(failure) or server.trouble(failure)) from None
    finally:
        for task in (following, waiting):
            task.cancel()
        await asyncio.wait((following, waiting))


async def _follow_once(server: Server, board: Board, told: Told) -> None:
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(server.socket, subprotocols=[protocol], max_size=None) as socket:
        payload = {"Authorization": f"Bearer {server.key}"} if server.key else {}
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
    """Raises `Refused` for an error that another try would not mend."""
    code = error.get("extensions", {}).get("code")
    if code == "BAD_CURSOR" and board.cursor is not None:
        board.cursor = None
    elif code != "SUBSCRIPTION_ENDED" and not error.get("extensions", {}).get("retryable"):
        raise Refused(str(error.get("message")))
