"""D12: sources that come and go while the engine runs."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from floorgraph.vendors.floor import Floor
from subscriptions.change import ChangeKind
from subscriptions.ended import SourceRemoved
from subscriptions.engine import Engine
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import STATIONS, listening, running
from tests.subscriptions.riding import Rendering, following
from tests.subscriptions.toy import Toy


async def test_a_source_that_is_added_is_polled_for_whoever_follows_all() -> None:  # D12
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south")
    for toy in (north, south):
        toy.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        assert listener.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        polls = len(north.polls)
        engine.add_source(south)
        await time.advance(3)
        (change,) = listener.changes()
        assert (change.kind, change.id) == (ChangeKind.ADDED, "south:station:1")
        assert len(south.probes) <= 1
        assert len(north.polls) == polls
        with pytest.raises(ValueError, match="south"):
            engine.add_source(Toy(time, "south"))


async def test_a_source_that_is_removed_ends_what_follows_it_alone_and_leaves_the_rest() -> None:  # D12
    time = FakeTime()
    north, south, rendering = Toy(time), Toy(time, "south"), Rendering()
    for toy in (north, south):
        toy.put("1")
    only = replace(STATIONS, sources=frozenset({"south"}))
    ids = replace(STATIONS, ids=frozenset({"south:station:1"}))
    async with running(time, north, south) as engine:
        async with (
            listening(engine) as everything,
            listening(engine, only) as alone,
            listening(engine, replace(STATIONS, sources=frozenset({"north"}))) as other,
            following(engine, rendering, ids) as rider,
        ):
            await time.advance(2)
            for listener in (everything, alone, other):
                listener.changes()
            await engine.remove_source("south")
            await engine.remove_source("south")
            await settle()
            (gone,) = everything.changes()
            assert (gone.kind, gone.id) == (ChangeKind.REMOVED, "south:station:1")
            assert gone.reason == "the source is no longer configured"
            assert isinstance(alone.error, SourceRemoved)
            assert isinstance(rider.error, SourceRemoved)
            assert other.changes() == []
            polls = len(south.polls)
            north.put("2")
            await time.advance(60)
            assert everything.told() == ["ADDED 2"]
            assert other.told() == ["ADDED 2"]
            assert len(south.polls) == polls
            assert engine.feed_states("south") == []
        await time.advance(60)
        assert not [task for task in asyncio.all_tasks() if "south" in task.get_name()]


async def test_the_change_of_sources_is_told() -> None:
    time = FakeTime()
    north, south = Toy(time), Toy(time, "south")
    engine = Engine(Floor([north]), clock=time, sleep=time.sleep, chance=lambda: 0.5)
    async with engine.running(), aclosing(engine.subscribe_sources()) as stream:
        assert [(await anext(stream)).kind for _ in range(2)] == [ChangeKind.SNAPSHOT, ChangeKind.CAUGHT_UP]
        engine.add_source(south)
        added = await anext(stream)
        assert (added.kind, added.key) == (ChangeKind.UPDATED, "south")
        await engine.remove_source("south")
        gone = await anext(stream)
        assert (gone.kind, gone.key) == (ChangeKind.REMOVED, "south")


async def test_a_source_that_comes_back_is_told_anew() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        await engine.remove_source("north")
        again = Toy(time)
        again.put("1")
        engine.add_source(again)
        await time.advance(30)
        assert listener.told() == ["REMOVED 1", "ADDED 1"]


async def test_a_source_is_replaced_under_its_polls_without_a_word_of_trouble() -> None:
    time = FakeTime()
    north, again = Toy(time), Toy(time)
    for toy in (north, again):
        toy.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        await time.advance(3)
        listener.changes()
        again.put("2")
        with capture_logs() as logs:
            await engine.replace_source(again)
            await time.advance(30)
        assert listener.told() == ["ADDED 2"]
        assert [entry for entry in logs if entry["log_level"] in ("error", "critical")] == []
