"""D15 with everything at once: a vendor that changes and fails, engines that end and begin, subscribers that
come, go and return with their cursors. At every moment each of them holds what the last good polls said."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from floorgraph.model.errors import BadCursor
from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.record import Record
from floorgraph.model.source import Feed
from floorgraph.model.station import Station
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.call import Freshness
from subscriptions.change import Change, ChangeKind
from subscriptions.ended import SubscriptionEnded
from subscriptions.engine import Engine
from subscriptions.policy import EnginePolicy
from subscriptions.topic import Topic, Way
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.riding import Desk, Rendering
from tests.subscriptions.toy import JOBS, STATIONS, Toy, unreachable

Held = dict[str, tuple[str, str | None]]
"""What somebody holds: name and, of jobs, station by id."""


def content(record: Record) -> tuple[str, str | None]:
    assert isinstance(record, Station | Job)
    return record.name, record.station_id if isinstance(record, Job) else None


@dataclass
class Book:
    """What the polls of one engine said about a collection, kept by the words of the documentation alone."""

    known: Held
    missing: dict[str, tuple[int, int]]
    """How often a record was missing from complete listings in a row, and how often is often enough."""

    def take(self, listing: Listing) -> None:
        found = {record.id: content(record) for record in listing.records}
        for key in found:
            self.missing.pop(key, None)
        if listing.complete:
            gone = [key for key in self.known if key not in found]
            fresh = [key for key in gone if key not in self.missing]
            # More than a fifth, and more than two records, at once: a third listing must confirm it.
            needed = 3 if len(fresh) > max(2, 0.2 * len(self.known)) else 2
            for key in gone:
                times, enough = self.missing.get(key, (0, needed))
                self.missing[key] = (times + 1, enough)
                if times + 1 >= enough:
                    del self.missing[key], self.known[key]
        self.known |= found


class Kept(Toy):
    """A toy that keeps the books of its good polls."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__(time, feeds=(STATIONS, JOBS))
        self.begin()

    def begin(self) -> None:
        """Another engine begins: it knows nothing."""
        self.books = {kind: Book({}, {}) for kind in (Kind.STATION, Kind.JOB)}
        self.polls.clear()

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        listings = await super().poll(feed, freshness)
        for kind, listing in listings.items():
            self.books[kind].take(listing)
        return listings


def mill(record: Record) -> bool:
    return isinstance(record, Station) and record.name == "Mill"


def ordered(record: Record) -> Collection[str]:
    """Where jobs of the name `order` are."""
    return (
        (record.station_id,)
        if isinstance(record, Job) and record.name == "order" and record.station_id
        else ()
    )


def of_order(toy: Kept) -> Held:
    led_to = {place for name, place in toy.books[Kind.JOB].known.values() if name == "order"}
    return {key: value for key, value in toy.books[Kind.STATION].known.items() if key in led_to}


SORTS: tuple[tuple[Topic, Callable[[Kept], Held]], ...] = (
    (Topic(kind=Kind.STATION), lambda toy: toy.books[Kind.STATION].known),
    (Topic(kind=Kind.JOB), lambda toy: toy.books[Kind.JOB].known),
    (
        Topic(kind=Kind.STATION, matches=mill, scope="mills"),
        lambda toy: {key: one for key, one in toy.books[Kind.STATION].known.items() if one[0] == "Mill"},
    ),
    (Topic(kind=Kind.STATION, ways=(Way(Kind.JOB, ordered),), scope="order"), of_order),
    (
        Topic(kind=Kind.STATION, ids=frozenset({"north:station:1", "north:station:2"})),
        lambda toy: {key: one for key, one in toy.books[Kind.STATION].known.items() if key[-1] in "12"},
    ),
)


class Follower:
    """A subscriber that keeps what it was told, over all its connections and all engines."""

    def __init__(self, sort: int, *, shared: bool) -> None:
        self.topic, self.due = SORTS[sort]
        self.key = ("cohort", sort) if shared else None
        self.held: Held = {}
        self.cursor: str | None = None
        self.current = False
        """Whether it was told all there is, by its own understanding."""
        self.told: list[Change] = []
        self.expects = ""
        """What must come first: `RESYNC` for a reason, what was missed (`the rest`), or anything."""
        self._of = self._life = -1
        """The engine that the cursor comes from, and the one that it is with."""
        self._whole = False
        """Whether the cursor stands behind a whole snapshot."""
        self.error: Exception | None = None
        self._task: asyncio.Task[None] | None = None
        self._desk: Desk | None = None

    @property
    def here(self) -> bool:
        return self._task is not None and not self._task.done()

    def come(self, engine: Engine, rendering: Rendering, life: int) -> None:
        """Connect, from where it stood the last time."""
        if self.cursor is None:
            self.expects = ""
        elif self._of != life:
            self.expects = "the server was restarted"
        else:
            self.expects = "the rest" if self._whole else "the snapshot had not been sent"
        self.current = self.expects == "the rest"
        self._life = life
        self._task = asyncio.create_task(self._follow(engine, rendering))

    async def _follow(self, engine: Engine, rendering: Rendering) -> None:
        topic = replace(self.topic, after=self.cursor)
        try:
            if self.key is not None:
                self._desk = Desk(rendering)
                await engine.follow(self.key, topic, rendering, self._desk)
            else:
                async for change in engine.subscribe(topic):
                    self.told.append(change)
        except SubscriptionEnded as ended:
            self.error = ended

    async def leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        self.hear()

    def hear(self) -> None:
        """Take up what was told; whatever breaks a promise fails here."""
        told, self.told = self.told, []
        if self._desk is not None:
            told.extend(self._desk.changes())
        for change in told:
            self._take(change)
            self.cursor, self._of, self._whole = change.cursor, self._life, self.current

    def _take(self, change: Change) -> None:
        if self.expects == "the rest":
            assert change.kind in (ChangeKind.ADDED, ChangeKind.UPDATED, ChangeKind.REMOVED)
        elif self.expects:
            assert change.kind is ChangeKind.RESYNC
            assert (change.reason or "").startswith(self.expects)
            self.expects = ""
        match change.kind:
            case ChangeKind.RESYNC:
                self.held.clear()
                self.current = False
            case ChangeKind.CAUGHT_UP:
                self.current = True
            case ChangeKind.REMOVED:
                assert change.id is not None
                del self.held[change.id]
            case ChangeKind.UPDATED:
                assert change.previous is not None
                assert change.changed_fields
                assert self.held[change.previous.id] == content(change.previous)
            case ChangeKind.ADDED | ChangeKind.SNAPSHOT:
                assert change.id not in self.held
            case other:
                raise AssertionError(other)
        if change.record is not None:
            self.held[change.record.id] = content(change.record)


class World:
    """One run."""

    def __init__(self, policy: EnginePolicy) -> None:
        self.time = FakeTime()
        self.toy = Kept(self.time)
        self.policy = policy
        self.followers: list[Follower] = []
        self.rendering = Rendering()
        self.stack = AsyncExitStack()
        self.engine: Engine
        self.life = -1

    async def begin(self) -> None:
        self.life += 1
        self.toy.begin()
        self.rendering = Rendering()
        self.engine = Engine(
            Floor([self.toy]), clock=self.time, sleep=self.time.sleep, chance=lambda: 0.5, policy=self.policy
        )
        await self.stack.enter_async_context(self.engine.running())
        await self.time.advance(1)

    async def end(self) -> None:
        await self.stack.aclose()
        await settle()
        for follower in self.followers:
            follower.hear()
            assert not follower.here

    async def act(self, word: str, number: int, name: str) -> None:
        """One thing happens."""
        if word == "wait":
            await self.time.advance(6 * (number + 1))
        elif word == "restart":
            await self.end()
            await self.begin()
        elif word == "subscribe" and len(self.followers) < 8:
            self.followers.append(Follower(number % len(SORTS), shared=name == "Mill"))
            self.followers[-1].come(self.engine, self.rendering, self.life)
        elif word in ("leave", "return", "forge") and self.followers:
            await self._meet(word, self.followers[number % len(self.followers)])
        else:
            self._work(word, str(number), name)

    async def _meet(self, word: str, follower: Follower) -> None:
        if word == "leave":
            await follower.leave()
        elif word == "forge":
            await self.forge(follower.cursor)
        elif not follower.here:
            follower.come(self.engine, self.rendering, self.life)

    def _work(self, word: str, remote: str, name: str) -> None:
        """What happens at the vendor."""
        toy = self.toy
        match word:
            case "station":
                toy.put(remote, name)
            case "job":
                toy.truth[Kind.JOB][remote] = "order" if name == "Mill" else "other"
                toy.places[remote] = str((int(remote) * 7 + len(name)) % 5)
            case "no station" | "no job":
                toy.truth[Kind.STATION if "station" in word else Kind.JOB].pop(remote, None)
            case "nothing left":
                toy.truth[Kind.STATION].clear()
            case "fail" | "heal":
                toy.failure = unreachable() if word == "fail" else None
            case "cut" | "whole":
                toy.complete = word == "whole"

    async def forge(self, cursor: str | None) -> None:
        """A cursor that was tampered with gives nothing: an error, or, where nobody can tell, a new start."""
        if cursor is None:
            return
        tampered = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        stream = self.engine.subscribe(Topic(kind=Kind.STATION, after=tampered))
        try:
            first = await anext(stream)
            assert first.kind is ChangeKind.RESYNC
        except BadCursor:
            pass
        finally:
            await stream.aclose()

    async def check(self) -> None:
        """At any moment: whoever is here and up to date holds what the last good polls said."""
        await settle()
        for follower in self.followers:
            follower.hear()
            if follower.here and follower.current:
                assert follower.held == follower.due(self.toy)
        for feed in (STATIONS, JOBS):
            starts = [at for name, at, _ in self.toy.polls if name == feed.name]
            assert all(later - sooner >= feed.minimum - 1e-9 for sooner, later in pairwise(starts))
        assert self.toy.most_flying <= 2


@asynccontextmanager
async def world(policy: EnginePolicy) -> AsyncIterator[World]:
    found = World(policy)
    await found.begin()
    try:
        yield found
    finally:
        for follower in found.followers:
            await follower.leave()
        await found.stack.aclose()


WORDS = (
    *(
        "station",
        "station",
        "no station",
        "job",
        "job",
        "job",
        "no job",
        "nothing left",
        "fail",
        "heal",
        "heal",
    ),
    *("cut", "whole", "wait", "wait", "wait", "wait", "subscribe", "restart", "forge"),
    *("leave", "leave", "leave", "return", "return", "return"),
)
step = st.tuples(st.sampled_from(WORDS), st.integers(0, 7), st.sampled_from(["Mill", "Saw"]))
# Short runs find little: what matters happens after several polls, to somebody who was away for some of them.
steps = st.lists(step, min_size=40, max_size=80)
FIRST = (
    *(("station", number, "Mill" if number % 2 else "Saw") for number in range(5)),
    *(("job", number, "Mill") for number in range(3)),
    *(("subscribe", number, name) for number, name in enumerate(("Mill", "Saw", "Mill", "Saw", "Mill"))),
    ("wait", 4, "Mill"),
)


@settings(max_examples=100, deadline=None)
@given(steps, st.booleans())
def test_whatever_happens_and_however_often_the_engine_restarts_everybody_holds_the_truth(
    found: list[tuple[str, int, str]], configured: bool
) -> None:  # D15
    asyncio.run(_live_through(found, EnginePolicy(secret=b"x" * 32 if configured else None)))


async def _live_through(found: list[tuple[str, int, str]], policy: EnginePolicy) -> None:
    with capture_logs():
        async with world(policy) as lived:
            for word, number, name in (*FIRST, *found):
                await lived.act(word, number, name)
                await lived.check()
            lived.toy.failure, lived.toy.complete = None, True
            lived.followers += [Follower(0, shared=True), Follower(1, shared=False)]
            for follower in lived.followers:
                if not follower.here:
                    follower.come(lived.engine, lived.rendering, lived.life)
            await lived.time.advance(700)
            await lived.check()
            assert all(follower.current for follower in lived.followers)
            for kind in (Kind.STATION, Kind.JOB):
                held = {
                    key.rpartition(":")[2]: name for key, (name, _) in lived.toy.books[kind].known.items()
                }
                assert held == lived.toy.truth[kind]
