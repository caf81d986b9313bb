"""The log of commands: who asked for what, what was before and after, how it ended. Off the event loop."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from floorgraph.commands.entry import Entry, Event
from floorgraph.commands.store import Page, Store, Wanted
from floorgraph.model.errors import FloorgraphError

T = TypeVar("T")


class LogUnusable(FloorgraphError):
    """The log of commands cannot be read or written, so that no command is sent."""

    code = "COMMAND_LOG_UNUSABLE"
    retryable = True


class Log:
    """The store behind a thread of its own. For one process at a time. Its methods raise `LogUnusable`."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._thread: ThreadPoolExecutor | None = None
        self._store: Store | None = None

    @property
    def lasting(self) -> bool:
        """Whether it outlives the process."""
        return self._folder is not None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Open it for the time of the block; trouble shows when it is first used."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log of commands")
        try:
            yield
        finally:
            thread, self._thread = self._thread, None
            # Whatever is still to be written is written first.
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown()

    async def begin(self, entry: Entry) -> tuple[Entry, bool]:
        """See `Store.begin`."""
        return await self._run(lambda store: store.begin(entry))

    async def note(self, number: int, event: Event) -> None:
        """See `Store.note`."""
        await self._run(lambda store: store.note(number, event))

    async def entry(self, number: int) -> Entry | None:
        """A command by its number."""
        return await self._run(lambda store: store.entry(number))

    async def named(self, command_id: str, who: str | None, *, anybody: bool) -> Entry | None:
        """See `Store.named`."""
        return await self._run(lambda store: store.named(command_id, who, anybody=anybody))

    async def page(self, wanted: Wanted, first: int, before: int | None) -> Page:
        """See `Store.page`."""
        return await self._run(lambda store: store.page(wanted, first, before))

    async def unfinished(self) -> list[Entry]:
        """See `Store.open`."""
        return await self._run(lambda store: store.open())

    async def use(self, work: Callable[[Store], T]) -> T:
        """Do something else with the store."""
        return await self._run(work)

    async def _run(self, work: Callable[[Store], T]) -> T:
        if self._thread is None:
            raise LogUnusable("The log of commands is closed: the server is stopping.")
        loop = asyncio.get_running_loop()
        # A write that was begun is finished even if its task is cancelled.
        return await asyncio.shield(loop.run_in_executor(self._thread, self._work, work))

    def _work(self, work: Callable[[Store], T]) -> T:
        try:
            if self._store is None:
                self._store = Store(self._folder)
            return work(self._store)
        except (sqlite3.Error, OSError) as error:
            raise LogUnusable(f"The log of commands cannot be used: {error}.") from error

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
