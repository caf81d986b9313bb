"""Ends websockets when the sessions on them are over; no task waits for that, there are too many sockets."""

import asyncio
from collections.abc import Awaitable, Callable

from floorgraph.server.access.session import Session


class Curfew:
    """Over one session. Its owner calls `lift` when the socket has ended by itself."""

    __slots__ = ("_end", "_ending", "_session", "_timer")

    def __init__(self, session: Session, end: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._end = end
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None
        session.on_news = self.look

    def look(self) -> None:
        """Something about the session is new, or its time has come: end it, or look again when it is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._ending is not None:
            return
        if self._session.is_over():
            self._ending = asyncio.create_task(self._ended(), name="end the session of a caller")
            return
        wait = self._session.wait()
        if wait is not None:
            # The wall clock decides, and it may have been set meanwhile.
            self._timer = asyncio.get_running_loop().call_later(wait, self.look)

    async def lift(self) -> None:
        """Look no more, and let go of the socket, which holds this and all that belongs to it."""
        self._session.on_news = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._ending is not None:
            self._ending.cancel()
            await asyncio.gather(self._ending, return_exceptions=True)
        self._end = _nothing

    async def _ended(self) -> None:
        await self._end()


async def _nothing() -> None:
    pass
