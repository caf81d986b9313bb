"""Steps that a vendor's own history fills in between two polls."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record, again
from floorgraph.model.station import Station
from floorgraph.vendors.answers import Step
from subscriptions.change import Change, ChangeCause, ChangeKind
from subscriptions.difference import through, updated
from subscriptions.policy import EnginePolicy
from tests.subscriptions.faketime import FakeTime, settle
from tests.subscriptions.listening import STATIONS, listening, running
from tests.subscriptions.riding import Rendering, following
from tests.subscriptions.toy import STATIONS as STATIONS_FEED
from tests.subscriptions.toy import Toy, station, unreachable
from tests.support.deadline import DEADLINE


class Remembering(Toy):
    """A source that remembers the names its stations had."""

    backfilled = frozenset({Kind.STATION})

    def __init__(self, time: FakeTime) -> None:
        super().__init__(time)
        self.passed: dict[str, list[str]] = {}
        self.asked: list[list[tuple[str, str]]] = []
        self.history_failure: Exception | None = None

    async def backfill(self, kind: Kind, steps: Sequence[Step]) -> Mapping[str, Sequence[Record]]:
        assert kind is Kind.STATION
        self.asked.append([(name(step.before), name(step.after)) for step in steps])
        if self.history_failure is not None:
            raise self.history_failure
        return {
            step.after.id: [
                replace_name(step.before, one) for one in self.passed.get(step.after.remote_id, ())
            ]
            for step in steps
        }


def name(record: Record | None) -> str:
    assert isinstance(record, Station)
    return record.name


def replace_name(record: Record, text: str) -> Record:
    assert isinstance(record, Station)
    return again(record, name=text)


def steps_of(changes: Sequence[Change]) -> list[tuple[str, str, str]]:
    return [(name(change.previous), name(change.record), change.cause.name) for change in changes]


async def test_what_happened_between_two_polls_is_told_in_order_and_marked() -> None:  # C21
    time = FakeTime()
    north = Remembering(time)
    north.put("1", "A")
    north.put("2", "X")
    async with running(time, north) as engine, listening(engine) as listener:
        cursor = listener.changes()[-1].cursor
        north.put("1", "D")
        north.passed["1"] = ["B", "C"]
        await time.advance(11)
        told = [("A", "B", "BACKFILL"), ("B", "C", "BACKFILL"), ("C", "D", "POLL")]
        assert steps_of(listener.changes()) == told
        assert north.asked == [[("A", "D")]]
        await time.advance(30)
        assert listener.changes() == []
        async with listening(engine, replace(STATIONS, after=cursor)) as back:
            assert steps_of(back.changes()) == told


async def test_a_cohort_that_keeps_up_gets_every_step_and_one_that_does_not_the_last() -> None:
    time = FakeTime()
    north, rendering = Remembering(time), Rendering()
    north.put("1", "A")
    async with (
        running(time, north) as engine,
        following(engine, rendering) as steady,
        following(engine, rendering) as slow,
    ):
        steady.changes()
        slow.changes()
        slow.block()
        for last, between in (("C", ["B"]), ("F", ["D", "E"])):
            north.put("1", last)
            north.passed["1"] = between
            await time.advance(11)
        assert [name(change.record) for change in steady.changes()] == ["B", "C", "D", "E", "F"]
        slow.unblock()
        await settle()
        lagged, *rest = slow.changes()
        assert lagged.kind is ChangeKind.LAGGED
        assert name(rest[-1].record) == "F"
        assert (lagged.missed or 0) + len(rest) == 5


async def test_a_way_there_and_back_is_told_although_its_end_is_as_its_beginning() -> None:  # C21
    time = FakeTime()
    north = Remembering(time)
    north.put("1", "A")
    async with running(time, north) as engine, listening(engine) as listener:
        listener.changes()
        north.put("1", "A2")
        north.passed["1"] = ["B", "A2"]
        await time.advance(11)
        assert steps_of(listener.changes()) == [("A", "B", "BACKFILL"), ("B", "A2", "POLL")]


@pytest.mark.parametrize("failure", [unreachable(), ValueError("a defect")])
async def test_a_history_that_fails_costs_the_steps_and_nothing_else(failure: Exception) -> None:
    time = FakeTime()
    north = Remembering(time)
    north.put("1", "A")
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine) as listener:
            listener.changes()
            north.history_failure = failure
            north.put("1", "B")
            await time.advance(11)
            assert steps_of(listener.changes()) == [("A", "B", "POLL")]
            assert engine.feed_states("north")[0].consecutive_failures == 0
    assert [entry["event"] for entry in logs] in (["no backfill"], ["backfill broken"])


class Hanging(Toy):
    """A source whose history never answers."""

    backfilled = frozenset({Kind.STATION})

    async def backfill(self, kind: Kind, steps: Sequence[Step]) -> Mapping[str, Sequence[Record]]:
        del kind, steps
        await asyncio.Event().wait()
        return {}


async def test_a_history_that_hangs_is_given_up() -> None:
    time = FakeTime()
    north = Hanging(time)
    north.put("1", "A")
    with capture_logs():
        async with (
            running(time, north, policy=EnginePolicy(backfill_deadline=0.01)) as engine,
            listening(engine) as listener,
        ):
            listener.changes()
            north.put("1", "B")
            await time.advance(11)
            async with asyncio.timeout(DEADLINE):
                while not listener.heard:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert steps_of(listener.changes()) == [("A", "B", "POLL")]


async def test_kinds_without_a_history_are_not_asked_about() -> None:
    time = FakeTime()
    north = Remembering(time)
    north.offered = [replace(STATIONS_FEED, kinds=frozenset({Kind.STATION, Kind.JOB}))]
    north.put("1", "A")
    north.truth[Kind.JOB]["1"] = "Bolts"
    with capture_logs() as logs:
        async with running(time, north) as engine, listening(engine) as listener:
            listener.changes()
            north.put("1", "B")
            north.truth[Kind.JOB]["1"] = "Nuts"
            await time.advance(11)
            assert steps_of(listener.changes()) == [("A", "B", "POLL")]
    assert north.asked == [[("A", "B")]]
    assert not any(entry["event"] == "backfill broken" for entry in logs)


async def test_only_what_changed_is_asked_about_and_no_more_than_allowed() -> None:
    time = FakeTime()
    north = Remembering(time)
    for number in range(6):
        north.put(str(number), "A")
    policy = EnginePolicy(backfilled_records=3)
    async with running(time, north, policy=policy) as engine, listening(engine):
        await time.advance(30)
        assert north.asked == []
        for number in range(5):
            north.put(str(number), "B")
        await time.advance(11)
        assert north.asked == [[("A", "B")] * 3]


def test_steps_without_a_difference_are_left_out() -> None:
    before, after = station("1", "A"), station("1", "C")
    difference = updated(before, after)
    assert difference is not None
    told = through(difference, [station("1", "A"), station("1", "B"), station("1", "B")])
    assert [(name(one.previous), name(one.record), one.cause) for one in told] == [
        ("A", "B", ChangeCause.BACKFILL),
        ("B", "C", ChangeCause.POLL),
    ]
