"""What asyncio's `Event` and `Queue` do, in a tenth of their memory: there are several for every socket.

Those keep room for 64 waiters and 64 items from the beginning; here nothing
is kept but what there is.
"""

import asyncio
from collections import deque
from typing import Any


class Latch:
    """An `asyncio.Event` that takes little memory."""

    __slots__ = ("_waiters", "opened")

    def __init__(self) -> None:
        self.opened = False
        """Whether nobody has to wait."""
        self._waiters: list[asyncio.Future[None]] | None = None

    def is_set(self) -> bool:
        """Whether nobody has to wait."""
        return self.opened

    def set(self) -> None:
        """Let everybody go on."""
        self.opened = True
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)

    def clear(self) -> None:
        """Let everybody wait from now on."""
        self.opened = False

    async def wait(self) -> None:
        """Return once it is set."""
        if self.opened:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters = [*(self._waiters or ()), waiter]
        try:
            await waiter
        finally:
            if self._waiters is not None and waiter in self._waiters:
                self._waiters.remove(waiter)


class Inbox:
    """What an `asyncio.Queue` without bounds does for one reader; keeps no queue while nothing waits."""

    __slots__ = ("_items", "_reader")

    def __init__(self) -> None:
        self._items: deque[Any] | None = None
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, item: Any) -> None:
        """Add something."""
        if self._items is None:
            self._items = deque((item,))
        else:
            self._items.append(item)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items

    def news(self) -> asyncio.Future[None]:
        """Done once something waits; not for the items themselves, so that none is lost with who waits."""
        self._reader = asyncio.get_running_loop().create_future()
        if self._items:
            self._reader.set_result(None)
        return self._reader

    def take(self) -> Any:
        """The oldest item. Raises `IndexError` when nothing waits."""
        if not self._items:
            raise IndexError("Nothing waits.")
        item = self._items.popleft()
        if not self._items:
            self._items = None
        return item

    async def get(self) -> Any:
        """The oldest item, once there is one."""
        while not self._items:
            await self.news()
        return self.take()
