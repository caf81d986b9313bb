"""What subscribers are sent: events that were put into bytes once, and where they go."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

S = TypeVar("S")

CHUNK = 64 * 1024
"""Bytes of events after which it is looked again whether a subscriber keeps up."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as bytes, and the cursor that goes on behind it."""

    cursor: str
    payload: bytes


class Told(Protocol):
    """Something that subscribers are told."""

    @property
    def cursor(self) -> str:
        """Where the stream stands behind it."""


Render = Callable[[Sequence[Any]], Awaitable[list[Event]]]
"""Puts changes into bytes, one event per change; all in one call share what they look up."""


@dataclass(slots=True)
class Batch:
    """Events that are sent together, the same ones to everybody.

    What a transport makes of them is made once and kept with them.
    """

    events: Sequence[Event]
    shapes: dict[Any, Any] = field(default_factory=dict)
    """What transports made of them, under keys of their own."""
    _chunks: "list[Batch] | None" = None

    @property
    def size(self) -> int:
        """Bytes of all payloads."""
        return sum(len(event.payload) for event in self.events)

    def shaped(self, key: object, make: Callable[[Sequence[Event]], S]) -> S:
        """What `make` makes of the events, remembered under the key."""
        if key not in self.shapes:
            self.shapes[key] = make(self.events)
        shape: S = self.shapes[key]
        return shape

    def chunks(self) -> "list[Batch]":
        """The batch in parts of about `CHUNK` bytes, in order."""
        if self._chunks is not None:
            return self._chunks
        if self.size <= CHUNK:
            # Not kept: it would refer to itself, and its bytes stay until cycles are looked for.
            return [self]
        self._chunks = [Batch(part) for part in _parts(self.events)]
        return self._chunks


def _parts(events: Sequence[Event]) -> Iterator[list[Event]]:
    part: list[Event] = []
    size = 0
    for event in events:
        part.append(event)
        size += len(event.payload)
        if size >= CHUNK:
            yield part
            part, size = [], 0
    if part:
        yield part


class Outlet(Protocol):
    """Where one subscriber's events go."""

    @property
    def clear(self) -> bool:
        """Whether what was sent before has left, so that more does not pile up."""

    def write(self, batch: Batch) -> None:
        """Send events; never waits, and does nothing once the subscriber is gone."""

    async def drained(self) -> None:
        """Wait until clear, or until the subscriber is gone."""
