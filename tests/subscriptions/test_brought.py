"""New records while a command is under way that may have brought them."""

import asyncio

from floorgraph.model.ids import Kind
from subscriptions.change import Change
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import listening, running
from tests.subscriptions.toy import Toy

STATIONS = frozenset({Kind.STATION})


def shown(changes: list[Change]) -> list[tuple[str, str | None, str | None]]:
    return [(change.kind.name, change.id, change.command_id) for change in changes]


async def test_what_a_command_brings_carries_its_id_however_soon_a_poll_finds_it() -> None:
    """The vendor has made it, a poll finds it, and only then comes the answer that says whose it is."""
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        engine.begin("c1", "north", STATIONS)
        north.put("2")
        north.put("1", "B")
        await time.advance(11)
        assert shown(listener.changes()) == [("UPDATED", "north:station:1", None)]
        engine.expect("c1", ["north:station:2"])
        engine.answered("c1")
        await time.advance(11)
        assert shown(listener.changes()) == [("ADDED", "north:station:2", "c1")]


async def test_a_poll_that_was_sent_before_the_answer_does_not_tell_of_what_it_names() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        engine.begin("c1", "north", STATIONS)
        north.put("2")
        north.gate = asyncio.Event()
        await time.advance(11)
        engine.expect("c1", ["north:station:2"])
        engine.answered("c1")
        north.gate.set()
        await settle()
        assert shown(listener.changes()) == []
        await time.advance(11)
        assert shown(listener.changes()) == [("ADDED", "north:station:2", "c1")]


async def test_new_records_do_not_wait_long_for_an_answer() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        engine.begin("c1", "north", STATIONS)
        north.put("2")
        await time.advance(11)
        assert shown(listener.changes()) == []
        await time.advance(22)
        assert shown(listener.changes()) == [("ADDED", "north:station:2", None)]


async def test_new_records_of_other_sources_and_kinds_do_not_wait() -> None:
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        engine.begin("c1", "south", STATIONS)
        engine.begin("c2", "north", frozenset({Kind.JOB}))
        north.put("2")
        await time.advance(11)
        assert shown(listener.changes()) == [("ADDED", "north:station:2", None)]


async def test_what_is_known_first_is_known_at_once() -> None:
    """A command does not hide the floor from whoever looks for the first time."""
    time = FakeTime()
    north = Toy(time)
    north.put("1")
    async with running(time, north) as engine:
        engine.begin("c1", "north", STATIONS)
        async with listening(engine) as listener:
            assert ("SNAPSHOT", "north:station:1", None) in shown(listener.changes())
