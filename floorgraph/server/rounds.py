"""Rounds among thousands of sockets: each is looked at in turn, a few at a time, from one timer.

A timer for each socket would wake the process up for each. Rounds also give
way: while something else keeps the loop busy, such as a change on its way to
all sockets, whoever is to be looked at waits a little.
"""

import asyncio
from typing import Final, Protocol

from floorgraph.server.dealing import Dealt

TURNS: Final = 50
"""Groups into which sockets are dealt; one is looked at in each turn."""
BUSY_SECONDS: Final = 0.0005
"""A loop that takes longer for once around has something better to do."""
PUT_OFF: Final = 0.1
"""Longest time that a turn waits for a quiet moment, as a share of a round."""


class Watched(Protocol):
    """A socket that is looked at."""

    def look(self, now: float) -> None:
        """See whether the peer is there; `now` is the loop's time. Never waits."""


class Rounds(Dealt[Watched]):
    """Looks at each member once in so many seconds, while there are any."""

    def __init__(self, seconds: float) -> None:
        super().__init__(TURNS)
        self.seconds = seconds
        """From one look at a socket to the next, as planned."""
        self._dealt = 0
        self._due = 0.0

    def add(self, member: Watched) -> int:
        """Look at somebody from now on; the number is for `remove`."""
        # Like cards: many who come at once are not to be looked at together ever after.
        self._dealt = (self._dealt + 1) % TURNS
        return self._put(member, self._dealt)

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time()
        self._later(loop)

    def _later(self, loop: asyncio.AbstractEventLoop) -> None:
        """Come to the next turn when it is due; turns that are late follow each other with breaks between."""
        turn = self.seconds / TURNS
        now = loop.time()
        # Whoever stood still for a whole round does not make up for it.
        self._due = max(self._due + turn, now - self.seconds)
        self._next = loop.call_at(max(self._due, now + turn / 5), self._try)

    def _try(self) -> None:
        """See how long the loop takes for once around."""
        loop = asyncio.get_running_loop()
        self._next = loop.call_soon(self._decide, loop, loop.time())

    def _decide(self, loop: asyncio.AbstractEventLoop, began: float) -> None:
        now = loop.time()
        late = now - self._due
        if now - began > BUSY_SECONDS and late < self.seconds * PUT_OFF:
            self._next = loop.call_later(self.seconds / TURNS / 5, self._try)
            return
        self._later(loop)
        for member in self._next_group():
            member.look(now)
