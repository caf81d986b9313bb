"""Many who come in the same moment, let through one by one: none of what they begin with adds up."""

import asyncio
from collections import deque


class Turnstile:
    """Lets one through in each round of the event loop, in the order in which they come."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False
        """Whether somebody went through in this round."""

    async def passed(self) -> None:
        """Return when it is one's turn; at once where nobody went through a moment ago."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._turn, loop)
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            # Whoever gave up meanwhile takes no round.
            if not turn.done():
                turn.set_result(None)
                loop.call_soon(self._turn, loop)
                return
        self._taken = False
