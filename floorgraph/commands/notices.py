"""Notices: tells whoever watches a command that something new is known of it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Notices:
    """The watchers of commands, by the command's number."""

    def __init__(self) -> None:
        self._watchers: dict[int, set[asyncio.Event]] = {}
        self.over = False
        """Whether nothing more will be told."""

    @contextmanager
    def watching(self, number: int) -> Iterator[asyncio.Event]:
        """An event that is set whenever something new is known of a command."""
        event = asyncio.Event()
        self._watchers.setdefault(number, set()).add(event)
        try:
            yield event
        finally:
            self._watchers[number].discard(event)
            if not self._watchers[number]:
                del self._watchers[number]

    def tell(self, number: int) -> None:
        """Something new is known of a command."""
        for event in self._watchers.get(number, ()):
            event.set()

    def end(self) -> None:
        """Nothing more will be known: let everybody go."""
        self.over = True
        for number in tuple(self._watchers):
            self.tell(number)
