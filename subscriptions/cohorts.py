"""The cohorts of one engine: made for the first member, ended after the last one."""

import asyncio
import traceback
from collections.abc import Hashable, Iterator

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
        cohort = self._joined(key, topic, render)
        member = Member(cohort, topic, outlet)
        # Kept as long as the subscription, by each of thousands: only what is needed further on.
        del key, topic, render, outlet
        try:
            await member.run()
        except asyncio.CancelledError as error:
            # It refers to the calls that it ended, and they to all that waited for the subscriber.
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            self._left(cohort)

    def _joined(self, key: Hashable, topic: Topic, render: Render) -> Cohort:
        """The cohort of a key with one more member. Raises `SubscriptionEnded`."""
        self._room.audience.check()
        found = self._cohorts.get(key)
        if found is None or found[1].done():
            if self._group is None:
                raise RuntimeError("The engine runs without a place for cohorts.")
            cohort = Cohort(self._room, key, topic, render)
            found = cohort, self._group.create_task(cohort.run(), name=f"cohort {topic.kind}")
            self._cohorts[key] = found
            # Its task may outlast its place here, when it ended by itself and others came.
            cohort.end = found[1].cancel
        found[0].members += 1
        return found[0]

    def _left(self, cohort: Cohort) -> None:
        cohort.members -= 1
        if not cohort.members:
            cohort.end()
            known = self._cohorts.get(cohort.key)
            if known is not None and known[0] is cohort:
                del self._cohorts[cohort.key]
