"""Puts changes into bytes, once for all who want the same ones."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Sequence

from floorgraph.model.time import Clock
from floorgraph.vendors.turns import TURNS, Steps
from subscriptions.ended import SubscriptionEnded
from subscriptions.outlet import Batch, Render, Told

Changes = Callable[[], Sequence[Told] | Steps[Sequence[Told]]]
"""Makes the changes to put into bytes; many of them in steps."""
REMEMBERED = 8
YOUNG = 1.0
"""Seconds for which the same changes need not be put into bytes again."""


class Press:
    """One rendering, and what it made lately. Whoever owns it closes it."""

    def __init__(self, render: Render, clock: Clock) -> None:
        self.executions = 0
        """Changes put into bytes so far."""
        self._render = render
        self._clock = clock
        self._known: OrderedDict[Hashable, tuple[float, asyncio.Task[Batch]]] = OrderedDict()
        self._tasks: set[asyncio.Task[Batch]] = set()
        self._error: Exception | None = None

    async def shared(self, key: Hashable | None, changes: Changes) -> Batch:
        """Changes as bytes; with the same key only once within a moment, without one each time.

        Raises what `close` was told when that gives up what is awaited here.
        """
        if key is None:
            return await self._encode(changes())
        now = self._clock.monotonic()
        known = self._known.get(key)
        if known is None or known[0] + YOUNG < now:
            known = self._known[key] = (now, self._begin(changes()))
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return await self._made(known[1])

    async def close(self, error: Exception | None = None) -> None:
        """Give up what is being made, and let go of what was; the error is for all who still wait for it."""
        self._error = error
        self._known.clear()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _made(self, task: asyncio.Task[Batch]) -> Batch:
        try:
            # Shielded: whoever leaves while it is made must not take it from the others.
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            waiting = asyncio.current_task()
            if not task.cancelled() or (waiting is not None and waiting.cancelling()):
                raise
        # It was given up, and not who waits: who took that for an end of its own would end without a word.
        raise self._error or SubscriptionEnded("The server stops delivering changes.")

    async def _encode(self, told: Sequence[Told] | Steps[Sequence[Told]]) -> Batch:
        if isinstance(told, Generator):
            told = await TURNS.through(told)
        # All in one go, however many they are: so they share what they look up.
        events = await self._render(told) if told else []
        self.executions += len(told)
        return Batch(events)

    def _begin(self, told: Sequence[Told] | Steps[Sequence[Told]]) -> asyncio.Task[Batch]:
        task = asyncio.create_task(self._encode(told), name="encode changes")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Batch]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Whoever waits is told; that nobody waits any more is no news.
            task.exception()
