"""A source that fails and recovers: judged with patience, told once, logged once; and what budgets do."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.source import BudgetState, Feed, SourceCondition
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.gate import Call, Freshness, Gate, GatePolicy
from floorgraph.vendors.gate.budget import BudgetPolicy
from subscriptions.change import ChangeKind
from subscriptions.comparison import Comparison
from subscriptions.topic import Topic
from tests.subscriptions.faketime import START, FakeTime
from tests.subscriptions.listening import STATIONS, Listener, listening, running, told
from tests.subscriptions.toy import STATIONS as FEED
from tests.subscriptions.toy import Toy, station, unreachable


class Gated(Toy):
    """A source whose polls and probes go through a gate, which judges how it is doing."""

    def __init__(self, time: FakeTime, budget: BudgetPolicy | None = None) -> None:
        super().__init__(time)
        policy = GatePolicy(retries=0, retry_stale=0.0, budget=budget or BudgetPolicy())
        self.gate_of = Gate(self.key, policy, clock=time, sleep=time.sleep, chance=lambda: 0.5)
        self.gate_of.on_outcome = lambda: self.on_change()

    def condition(self) -> SourceCondition:
        return self.gate_of.condition()

    def budgets(self) -> Sequence[BudgetState]:
        return self.gate_of.budgets()

    async def probe(self) -> None:
        await self._ask()

    async def poll(self, feed: Feed, freshness: Freshness) -> dict[Kind, Listing]:
        del feed, freshness
        await self._ask()
        return {Kind.STATION: self.listing(Kind.STATION)}

    async def _ask(self) -> None:
        observed = await self.gate_of.read(Call("list", "list", 0.0, self._fetch), Freshness(max_age=0.0))
        if observed.failure is not None:
            raise observed.failure

    async def _fetch(self) -> None:
        self.polls.append(("list", self.time.monotonic(), Freshness()))
        if self.failure is not None:
            raise self.failure


class SourceListener:
    """Notes the status of a source at each of its changes."""

    def __init__(self, source: Toy) -> None:
        self.heard: list[str] = []
        self.source = source

    def note(self, fields: Sequence[str]) -> None:
        if "status" in fields:
            self.heard.append(self.source.condition().status.name)


async def test_failing_polls_degrade_a_source_then_take_it_down_and_one_success_brings_it_back() -> None:
    """A2, A3, A4: one failure marks nothing; one event and one line for each transition; data kept."""
    time = FakeTime()
    north = Gated(time)
    north.put("1")
    noted = SourceListener(north)
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine) as listener:
            changes = Listener(engine.subscribe_sources())  # type: ignore[arg-type]
            await time.advance(1)
            changes.heard.clear()
            listener.changes()
            logs.clear()
            north.failure = unreachable()
            north.put("1", "Lathe")
            while len(north.polls) < 40 and north.condition().failing_since is None:
                await time.advance(1)
                _note(changes, noted)
            await time.advance(600)
            _note(changes, noted)
            assert noted.heard == ["DEGRADED", "DOWN"]
            assert listener.told() == []
            async with listening(engine) as late:
                snapshot = late.changes()[0].record
                assert snapshot is not None
                assert snapshot.stale
            north.failure = None
            await time.advance(400)
            _note(changes, noted)
            assert noted.heard == ["DEGRADED", "DOWN", "UP"]
            assert listener.told() == ["UPDATED 1"]
            await changes.leave()
    lines = [(entry["event"], entry.get("status")) for entry in logs if entry["event"] == "source status"]
    assert lines == [("source status", status) for status in ("DEGRADED", "DOWN", "UP")]
    feeds = [entry["event"] for entry in logs if entry["event"].startswith("feed")]
    assert feeds[0] == "feed failing"
    assert feeds[-1] == "feed recovered"


def _note(changes: Listener, noted: SourceListener) -> None:
    for change in changes.heard:
        noted.note(change.changed_fields)
    changes.heard.clear()


class Budgeted(Toy):
    """A source whose budget pays for a poll only now and then."""

    interval = 0.0

    def affordable_interval(self, feed: Feed) -> float:
        del feed
        return self.interval


async def test_intervals_stretch_to_what_the_budget_can_pay_for() -> None:  # B6
    time = FakeTime()
    north = Budgeted(time)
    async with running(time, north) as engine, listening(engine):
        await time.advance(100)
        often = len(north.polls)
        assert often >= 10
        north.interval = 50.0
        assert engine.feed_states("north")[0].interval_seconds == 50.0
        await time.advance(10)
        before = len(north.polls)
        await time.advance(500)
        assert 9 <= len(north.polls) - before <= 11
        north.interval = 0.0
        assert engine.feed_states("north")[0].interval_seconds == FEED.interval


async def test_a_budget_that_runs_low_is_told_once_and_again_when_it_starts_anew() -> None:  # B6
    time = FakeTime()
    north = Gated(time, BudgetPolicy(per_second=None, per_day=20, reserve=0.5))
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine):
            changes = Listener(engine.subscribe_sources())  # type: ignore[arg-type]
            await time.advance(1)
            for wanted in (True, False):
                changes.heard.clear()
                while north.budgets()[0].low is not wanted:
                    await time.advance(60)
                await time.advance(60)
                told_of = [change for change in changes.heard if "budget" in change.changed_fields]
                assert len(told_of) == 1
            await changes.leave()
    lines = [entry for entry in logs if entry["event"].startswith("budget")]
    assert [line["event"] for line in lines] == ["budget low", "budget restored"]
    assert all((line["source"], line["endpoint"]) == ("north", "list") for line in lines)


async def test_overruns_and_the_next_poll_are_shown() -> None:  # D1
    time = FakeTime()
    north = Toy(time)
    async with running(time, north) as engine, listening(engine):
        state = engine.feed_states("north")[0]
        assert state.next_poll_at is not None
        assert (state.next_poll_at - time.now()).total_seconds() == pytest.approx(5.0, abs=5.0)
        north.gate = asyncio.Event()
        await time.advance(50)
        north.gate.set()
        north.gate = None
        await time.advance(1)
        assert engine.feed_states("north")[0].overruns == 1


def alarm(remote: str, at: datetime = START) -> Alarm:
    return Alarm(
        id=f"north:alarm:{remote}", source="north", remote_id=remote, observed_at=at, updated_at=at,
        station_id="north:station:1", code=remote,
    )  # fmt: skip


def hear(comparison: Comparison, known: dict[str, Record], listing: Listing) -> list[str]:
    compared = comparison.compare(known, listing)
    known.clear()
    known.update(compared.records)
    return [f"{one.kind.name} {one.id.rpartition(':')[2]}" for one in compared.differences]


def test_what_an_authoritative_listing_lacks_is_gone_at_once() -> None:
    """An alarm that is cleared is told with the poll that shows it, however many were cleared."""
    comparison, known = Comparison(), dict[str, Record]()
    whole = [alarm(str(number)) for number in range(10)]
    at = [START.replace(second=second) for second in range(5)]
    hear(comparison, known, Listing(whole, True, at[0], authoritative=True))
    gone = hear(comparison, known, Listing(whole[:1], True, at[1], authoritative=True))
    assert gone == [f"REMOVED {number}" for number in range(1, 10)]
    assert comparison.held_back == ()
    assert hear(comparison, known, Listing([], False, at[2], authoritative=True)) == []
    assert hear(comparison, known, Listing([], True, at[3])) == []
    assert hear(comparison, known, Listing([], True, at[4], authoritative=True)) == ["REMOVED 0"]


async def test_a_listing_that_is_not_authoritative_again_is_confirmed_as_before() -> None:
    comparison, known = Comparison(), dict[str, Record]()
    at = [START.replace(second=second) for second in range(4)]
    hear(comparison, known, Listing([station("1"), station("2")], True, at[0], authoritative=True))
    assert hear(comparison, known, Listing([station("1")], True, at[1])) == []
    assert hear(comparison, known, Listing([station("1")], True, at[2])) == ["REMOVED 2"]


async def test_topics_of_kinds_without_a_feed_are_quiet() -> None:
    time = FakeTime()
    async with running(time, Toy(time)) as engine, listening(engine, Topic(kind=Kind.PIECE)) as listener:
        assert [told(change) for change in listener.changes()] == [ChangeKind.CAUGHT_UP.name]
        assert STATIONS.kind is Kind.STATION
