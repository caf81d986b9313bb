"""How many websockets and event streams at the same time: in all, per address, and per caller."""

from collections import Counter

from floorgraph.server.access.bounds import Bounds
from floorgraph.server.access.refusals import TooManySockets


class Places:
    """Counts who is connected."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._taken = 0
        self._addresses: Counter[str] = Counter()
        self._identities: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._taken

    def enter(self, address: str) -> None:
        """Take a place; give it back with `leave`. Raises `TooManySockets`."""
        if self._bounds.refuse("sockets", self._taken + 1):
            raise TooManySockets("This server has as many connections as it may have.", retry_after=5)
        if self._bounds.refuse("sockets_per_address", self._addresses[address] + 1):
            raise TooManySockets("Too many connections from this address.", retry_after=5)
        self._taken += 1
        self._addresses[address] += 1

    def name(self, identity: str) -> None:
        """Count a place for a caller too; undo with `unname`. Raises `TooManySockets`."""
        if self._bounds.refuse("sockets_per_identity", self._identities[identity] + 1):
            raise TooManySockets("Too many connections of this caller.", retry_after=5)
        self._identities[identity] += 1

    def unname(self, identity: str) -> None:
        """Count a place for a caller no more."""
        _less(self._identities, identity)

    def leave(self, address: str) -> None:
        """Give a place back."""
        self._taken -= 1
        _less(self._addresses, address)


def _less(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
