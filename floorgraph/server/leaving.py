"""Requests whose clients leave before their answer is there: what was begun for them alone ends."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Final, TypeVar

from starlette.types import Receive

from loaders.scope import current_scope

T = TypeVar("T")

LOOK_AFTER_SECONDS: Final = 0.1
"""Most answers are there sooner; only for the others somebody listens whether the client is still there."""


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


async def unless_left(receive: Receive, answer: Awaitable[T]) -> T:
    """Wait for an answer to a request that only reads and whose body was read; `receive` gives what follows.

    Raises `ClientLeft` when the client leaves first; upstream calls that
    nobody else waits for end then, others go on.
    """
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  an answer is always made in a task
    watch: list[asyncio.Task[None]] = []
    left = False

    async def listen() -> None:
        nonlocal left
        while (await receive())["type"] != "http.disconnect":
            pass
        left = True
        task.cancel()

    def begin() -> None:
        watch.append(asyncio.create_task(listen(), name="notice that a client leaves"))

    timer = asyncio.get_running_loop().call_later(LOOK_AFTER_SECONDS, begin)
    try:
        return await answer
    except asyncio.CancelledError:
        if not left:
            raise
        task.uncancel()
        # None was entered where the client left before anything was asked.
        with suppress(LookupError):
            current_scope().abandon()
        raise ClientLeft from None
    finally:
        timer.cancel()
        if watch:
            watch[0].cancel()
            await asyncio.gather(*watch, return_exceptions=True)
