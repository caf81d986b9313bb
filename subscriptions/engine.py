"""The polling engine: put together from its parts, started, stopped, and what callers may ask of it."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Hashable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import structlog

from floorgraph.model.ids import Kind
from floorgraph.model.source import FeedState
from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from subscriptions.audience import Audience
from subscriptions.change import Change
from subscriptions.circles import Circles
from subscriptions.cohorts import Cohorts
from subscriptions.commands import Commands
from subscriptions.cursor import Signet
from subscriptions.delivery import Delivery
from subscriptions.demand import Demand
from subscriptions.ended import SourceRemoved, SubscriptionEnded
from subscriptions.figures import Figures, completed, figures
from subscriptions.heartbeat import Heartbeats, HeartbeatTools
from subscriptions.journal import Journal
from subscriptions.newsroom import Newsroom
from subscriptions.outlet import Outlet, Render
from subscriptions.pause import Bell, Sleep
from subscriptions.policy import EnginePolicy
from subscriptions.poller import PollingTools
from subscriptions.polling import Polling
from subscriptions.publishing import Publishing
from subscriptions.sources import SourceChanged, SourceTopic, SourceWatch
from subscriptions.tally import Tally
from subscriptions.topic import Topic

log = structlog.get_logger("floorgraph.subscriptions")


class Engine:
    """Polls what is wanted, compares, and delivers what changed, for all sources of a floor.

    Runs once, within `running()`; all methods belong to that event loop.
    """

    def __init__(
        self,
        floor: Floor,
        *,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        policy: EnginePolicy | None = None,
    ) -> None:
        self.policy = policy = policy or EnginePolicy()
        self._floor = floor
        self._clock = clock = clock or SystemClock()
        self._sleep = sleep
        self._bell = Bell()
        self._audience = Audience()
        self._audience.ended = SubscriptionEnded("The engine is not running.")
        self._journal = Journal(policy.remembered_changes)
        self._commands = Commands(policy.command_patience)
        demand, signet = Demand(policy.linger), Signet(secret=policy.secret)
        self._publishing = publishing = Publishing(
            self._journal,
            self._audience,
            self._commands,
            clock=clock,
            policy=policy,
            calm=lambda key: self._polling.calm(key),
        )
        self._polling = Polling(
            floor,
            PollingTools(demand, clock, sleep, chance, policy, publishing.publish, self._polled),
        )
        self._watch = SourceWatch(floor, self._polling, self._audience, signet, clock=clock, sleep=sleep)
        self._heartbeats = Heartbeats(
            floor, HeartbeatTools(clock, sleep, chance, policy, self._polling.active, self._probed)
        )
        self._room = Newsroom(
            audience=self._audience,
            bell=self._bell,
            clock=clock,
            demand=demand,
            heartbeats=self._heartbeats,
            journal=self._journal,
            policy=policy,
            polling=self._polling,
            signet=signet,
            sleep=sleep,
            tally=Tally(),
        )
        self._cohorts = Cohorts(self._room)
        self._circles = Circles(self._watch, clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Engine"]:
        """Run until the block is left; then every stream ends with `SubscriptionEnded`."""
        ready = asyncio.Event()
        owner = asyncio.create_task(self._run(ready), name="polling engine")
        try:
            await ready.wait()
            yield self
        finally:
            owner.cancel()
            await asyncio.wait((owner,))
        if not owner.cancelled():
            owner.result()

    def subscribe(self, topic: Topic) -> AsyncGenerator[Change, None]:
        """The changes of a topic, beginning with a snapshot or with what was missed since `topic.after`.

        The demand for polling lasts from the first change asked for until the
        stream is closed; close it (`contextlib.aclosing`). Raises `BadId` at
        once; the stream raises `BadCursor` first, and `SubscriptionEnded`
        last when the engine stops.
        """
        return Delivery(self._room, topic).stream()

    def follow(
        self, key: Hashable, topic: Topic, render: Render, outlet: Outlet
    ) -> Coroutine[Any, Any, None]:
        """Send a topic's changes, put into bytes by `render`, to an outlet.

        Subscribers with the same key share the work: each change is rendered
        once and the same bytes go to all of them. The key stands for all that
        decides what is sent, except where `topic` begins (`after`, `snapshot`).
        Never returns; cancel it to end. Raises `BadId` and `BadCursor` first,
        and `SubscriptionEnded` last when the engine stops.
        """
        return self._cohorts.follow(key, topic, render, outlet)

    def subscribe_sources(self, keys: Iterable[str] | None = None) -> AsyncGenerator[SourceChanged, None]:
        """The present sources, then what changes about them; of some sources, or of all when None."""
        return self._watch.stream(SourceTopic(None if keys is None else frozenset(keys)))

    def follow_sources(
        self, key: Hashable, topic: SourceTopic, render: Render, outlet: Outlet
    ) -> Coroutine[Any, Any, None]:
        """Send the present sources and then their changes, put into bytes by `render`, to an outlet.

        Each change is rendered once for all with the same key. Never returns;
        raises `SubscriptionEnded` when the engine stops.
        """
        return self._circles.follow(key, topic, render, outlet)

    def feed_states(self, source_key: str) -> list[FeedState]:
        """The feeds of a source as they stand; none for an unknown source."""
        return [
            completed(self._room, self._cohorts, self._publishing, source, state)
            for source in self._polling.sources((source_key,))
            for state in self._polling.states(source)
        ]

    def figures(self) -> Figures:
        """What the engine is doing now, for measuring and for looking inside."""
        return figures(self._room, self._cohorts, self._circles, self._publishing, self._floor)

    def held_back(self, source_key: str) -> list[str]:
        """Why removals of a source wait for more than the usual confirmation; empty when none do."""
        return self._publishing.held_back(source_key)

    def add_source(self, source: Source) -> None:
        """Take up one more source; whoever follows all sources follows it from now on.

        Raises `ValueError` when its key is taken.
        """
        self._floor.add(source)
        self._watch.add(source)
        self._heartbeats.add(source)
        self._polling.refresh((source.key,))

    async def remove_source(self, key: str) -> None:
        """Give a source up and close it.

        Whoever follows it alone gets `SourceRemoved`; for all others its
        records are REMOVED. Unknown keys are ignored.
        """
        source = self._floor.remove(key)
        if source is None:
            return
        self._heartbeats.remove(key)
        self._watch.remove(source)
        await self._polling.remove(key)
        self._publishing.withdraw(key, "the source is no longer configured")
        self._audience.end_those_of(key, SourceRemoved(f"The source '{key}' is no longer configured."))
        await source.close()

    async def replace_source(self, source: Source) -> None:
        """Go on with another source of the same key, such as one with other credentials; close the former.

        What is known stays known, so that subscribers get what differs and
        nothing else. Raises `KeyError` when there is no source of that key.
        """
        key = source.key
        former = self._floor.replace(source)
        source.inherit(former)
        self._heartbeats.remove(key)
        self._watch.remove(former)
        await self._polling.remove(key)
        self._watch.add(source)
        self._heartbeats.add(source)
        self._polling.refresh((key,))
        await former.close()

    def expect(self, command_id: str, ids: Iterable[str]) -> None:
        """A command on these records is about to be sent.

        The first change of each of them that is asked for from now on, within
        the engine's patience, carries the command's id.
        """
        self._commands.issued(command_id, ids, self._clock.monotonic())

    def begin(self, command_id: str, source_key: str, kinds: Iterable[Kind]) -> None:
        """A command is about to be sent that may bring records of these kinds of a source.

        New ones are told after `answered`, or a while later, so that they carry the command's id.
        """
        self._commands.begun(command_id, source_key, kinds, self._clock.monotonic())

    def answered(self, command_id: str) -> None:
        """All that a command brought is expected by now."""
        self._commands.answered(command_id)

    def unexpect(self, command_id: str) -> None:
        """A command changed nothing, or nothing more: later changes are not its effect."""
        self._commands.withdrawn(command_id)

    def renew(self, command_id: str) -> None:
        """A command is still worked on: its effect may take as long again."""
        self._commands.renewed(command_id, self._clock.monotonic())

    def burst(self, source_key: str, kinds: Iterable[Kind]) -> None:
        """After a command: poll these kinds of a source in quick succession, watched or not.

        Ends early once all records changed that are expected to.
        """
        for source in self._polling.sources((source_key,)):
            self._polling.burst(source, frozenset(kinds))

    async def _run(self, ready: asyncio.Event) -> None:
        give_back = self._watch.install()
        self._audience.ended = None
        try:
            async with asyncio.TaskGroup() as group:
                self._polling.open(group)
                self._heartbeats.open(group)
                self._cohorts.open(group)
                group.create_task(self._watch.run(), name="watch sources")
                group.create_task(self._watch_clocks(), name="watch clocks")
                ready.set()
        finally:
            ready.set()
            self._polling.close()
            self._cohorts.close()
            give_back()
            self._audience.end(SubscriptionEnded("The server stops delivering changes."))
            self._watch.end()
            self._bell.ring()

    async def _watch_clocks(self) -> None:
        """Notice that the machine was suspended: the wall clock went on, the monotonic one did not."""
        before = self._clocks_apart()
        while True:
            await self._sleep(self.policy.watch_interval)
            apart = self._clocks_apart()
            if apart - before > self.policy.suspended:
                log.warning("suspended", seconds=round(apart - before))
                self._polling.hurry()
                self._heartbeats.hurry()
            before = apart

    def _clocks_apart(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _polled(self, key: str) -> None:
        self._polling.look_again()
        self._watch.note(key)
        self._bell.ring()

    def _probed(self, key: str) -> None:
        self._polling.refresh((key,))
        self._watch.note(key)
        self._bell.ring()
