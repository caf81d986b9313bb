"""Sockets dealt into groups, so that one timer sees to thousands of them, a few at a time."""

import asyncio
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

M = TypeVar("M")


class Dealt(ABC, Generic[M]):
    """Groups of which one after the other has its turn, while there is anybody in any."""

    def __init__(self, turns: int) -> None:
        self._groups: list[set[M]] = [set() for _ in range(turns)]
        self._members = 0
        self._turn = 0
        self._next: asyncio.Handle | None = None
        """What begins the next turn, or looks whether to."""

    def __len__(self) -> int:
        return self._members

    @property
    def running(self) -> bool:
        """Whether anybody will have a turn."""
        return self._next is not None

    def remove(self, member: M, place: int) -> None:
        """Give a member no more turns; `place` is the group's number."""
        self._groups[place].remove(member)
        self._members -= 1
        if not self._members and self._next is not None:
            self._next.cancel()
            self._next = None

    def _put(self, member: M, place: int) -> int:
        self._groups[place].add(member)
        self._members += 1
        if self._next is None:
            self._begin()
        return place

    def _next_group(self) -> tuple[M, ...]:
        """Whose turn it is now."""
        self._turn = (self._turn + 1) % len(self._groups)
        return tuple(self._groups[self._turn])

    @abstractmethod
    def _begin(self) -> None:
        """See to it that turns come; the first member is there."""
