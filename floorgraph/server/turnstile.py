"""Many who come in the same moment, let through a few at a time: what they begin with must not add up."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

SHORT: Final = 0.008
"""Seconds for once around the event loop below which more are let through at a time."""
LONG: Final = 0.016
"""Seconds above which fewer are."""
MOST: Final = 32
"""Let through at a time, at most."""
PATIENCE: Final = 1.0
"""Seconds in which most of those who wait go through even where others make the rounds long, unless they are
more than `MOST` for each round."""


class Turnstile:
    """Lets one through in each round of the event loop, and more as long as the rounds stay short.

    In the order in which they come. Rounds may be long because of others as well: the more wait, the
    more go through all the same, so that thousands are through in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning = False
        """Whether somebody went through in this round."""
        self._together = 1
        self._since = 0.0

    async def passed(self) -> None:
        """Return when it is one's turn; at once where nobody went through a moment ago."""
        loop = asyncio.get_running_loop()
        if not self._turning:
            self._turning, self._together, self._since = True, 1, self._clock()
            loop.call_soon(self._turn, loop)
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        now = self._clock()
        seconds, self._since = now - self._since, now
        self._together = _adapted(self._together, seconds)
        places = left = max(self._together, min(MOST, int(len(self._waiting) * seconds / PATIENCE)))
        while left and self._waiting:
            turn = self._waiting.popleft()
            # Whoever gave up meanwhile takes nobody's place.
            if not turn.done():
                turn.set_result(None)
                left -= 1
        self._turning = left < places
        if self._turning:
            loop.call_soon(self._turn, loop)


def _adapted(together: int, seconds: float) -> int:
    """How many go through at a time after a round of so many seconds."""
    if seconds > LONG:
        return max(1, together // 2)
    return min(MOST, together * 2) if seconds < SHORT else together
