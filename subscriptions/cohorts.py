"""The cohorts of one engine: made for the first member, ended after the last one."""

import asyncio
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from subscriptions.cohort import Cohort
from subscriptions.member import Member
from subscriptions.newsroom import Newsroom
from subscriptions.outlet import Outlet, Render
from subscriptions.topic import Topic


class Cohorts:
    """The cohorts by what tells them apart; their tasks belong to the engine's task group."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room
        self._cohorts: dict[Hashable, tuple[Cohort, asyncio.Task[None]]] = {}
        self._group: asyncio.TaskGroup | None = None

    def __iter__(self) -> Iterator[Cohort]:
        return (cohort for cohort, _ in self._cohorts.values())

    def open(self, group: asyncio.TaskGroup) -> None:
        """Run cohorts in this group from now on."""
        self._group = group

    def close(self) -> None:
        """Make no more cohorts."""
        self._group = None

    async def follow(self, key: Hashable, topic: Topic, render: Render, outlet: Outlet) -> None:
        """Send a topic's events to an outlet, together with all others of the same key.

        `key` stands for everything that decides what is sent: topic, form and
        rights. Returns never; cancel it. Raises what ends the subscription.
        """
        with self._membership(key, topic, render) as cohort:
            await Member(cohort, topic, outlet).run()

    @contextmanager
    def _membership(self, key: Hashable, topic: Topic, render: Render) -> Iterator[Cohort]:
        cohort, task = self._found(key, topic, render)
        cohort.members += 1
        try:
            yield cohort
        finally:
            cohort.members -= 1
            if not cohort.members:
                task.cancel()
                if (known := self._cohorts.get(key)) is not None and known[0] is cohort:
                    del self._cohorts[key]

    def _found(self, key: Hashable, topic: Topic, render: Render) -> tuple[Cohort, asyncio.Task[None]]:
        self._room.audience.check()
        found = self._cohorts.get(key)
        if found is None or found[1].done():
            if self._group is None:
                raise RuntimeError("The engine runs without a place for cohorts.")
            cohort = Cohort(self._room, topic, render)
            found = cohort, self._group.create_task(cohort.run(), name=f"cohort {topic.kind}")
            self._cohorts[key] = found
        return found
