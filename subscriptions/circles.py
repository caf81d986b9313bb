"""Everybody who follows the sources themselves: a circle for those who want the same in the same form.

There is little to tell, and each time it is the present that is told: a
member holds the names of the fields that changed, however slow it is.
"""

from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from floorgraph.model.time import Clock
from subscriptions.outlet import Batch, Outlet, Render
from subscriptions.press import Press
from subscriptions.sources import SourceTopic, SourceWatch


@dataclass(slots=True)
class Circle:
    """What its members share."""

    topic: SourceTopic
    press: Press
    members: int = 0


class Circles:
    """The circles by what tells them apart: made for the first member, ended after the last one."""

    def __init__(self, watch: SourceWatch, clock: Clock) -> None:
        self._watch = watch
        self._clock = clock
        self._circles: dict[Hashable, Circle] = {}

    def __iter__(self) -> Iterator[Circle]:
        return iter(self._circles.values())

    async def follow(self, key: Hashable, topic: SourceTopic, render: Render, outlet: Outlet) -> None:
        """Send the present sources and then their changes to an outlet, until cancelled.

        Each change is put into bytes once for all members of the same key.
        Raises `SubscriptionEnded` when the engine stops.
        """
        watch = self._watch
        with watch.seated(topic) as seat:
            async with self._membership(key, topic, render) as press:
                at = ("present", watch.sequence)
                await _send(outlet, await press.shared(at, lambda: watch.present(topic)))
                while True:
                    news = await watch.news(seat)
                    told = await press.shared((watch.sequence, news), partial(watch.told, news))
                    await _send(outlet, told)

    @asynccontextmanager
    async def _membership(self, key: Hashable, topic: SourceTopic, render: Render) -> AsyncIterator[Press]:
        circle = self._circles.get(key)
        if circle is None:
            circle = self._circles[key] = Circle(topic, Press(render, self._clock))
        circle.members += 1
        try:
            yield circle.press
        finally:
            circle.members -= 1
            if not circle.members:
                del self._circles[key]
                await circle.press.close()


async def _send(outlet: Outlet, batch: Batch) -> None:
    for chunk in batch.chunks():
        await outlet.drained()
        outlet.write(chunk)
