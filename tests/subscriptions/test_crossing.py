"""Stations that are followed by what is done on them: they come and go with jobs, not with themselves."""

from collections.abc import Collection
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.record import Record
from floorgraph.vendors.answers import Listing
from floorgraph.vendors.turns import at_once
from subscriptions.audience import Seat
from subscriptions.comparison import Comparison
from subscriptions.crossing import Crossing
from subscriptions.cursor import Signet
from subscriptions.engine import Engine
from subscriptions.journal import Entry, Journal, View
from subscriptions.mailbox import Mailbox
from subscriptions.pause import Pause
from subscriptions.policy import EnginePolicy
from subscriptions.tally import Tally
from subscriptions.teller import Teller
from subscriptions.topic import Topic, Way
from tests.subscriptions.faketime import START, FakeTime, settle
from tests.subscriptions.listening import listening, running
from tests.subscriptions.riding import Rendering, following
from tests.subscriptions.toy import JOBS, STATIONS, Toy, job, station


def of_the_order(record: Record) -> Collection[str]:
    """Where the jobs are whose name is `order`."""
    return (
        (record.station_id,)
        if isinstance(record, Job) and record.station_id and record.name == "order"
        else ()
    )


BY_ORDER = Topic(kind=Kind.STATION, ways=(Way(Kind.JOB, of_the_order),))


def shop(time: FakeTime) -> Toy:
    toy = Toy(time, feeds=(STATIONS, JOBS))
    for remote in "123":
        toy.put(remote)
    toy.truth[Kind.JOB] = {"a": "order", "b": "other"}
    toy.places = {"a": "1", "b": "2"}
    return toy


async def test_a_station_comes_and_goes_with_the_jobs_that_lead_to_it() -> None:
    time = FakeTime()
    toy = shop(time)
    async with running(time, toy) as engine, listening(engine, BY_ORDER) as listener:
        await time.advance(3)
        assert listener.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        toy.places["a"] = "3"
        await time.advance(70)
        left, entered = listener.changes()
        assert (left.kind.name, left.id, left.reason) == (
            "REMOVED",
            "north:station:1",
            "no longer matches the filter",
        )
        assert (entered.kind.name, entered.id, entered.previous) == ("ADDED", "north:station:3", None)
        toy.put("3", "Saw")
        toy.put("1", "Saw")
        await time.advance(30)
        (updated,) = listener.changes()
        assert (updated.kind.name, updated.id, updated.changed_fields) == (
            "UPDATED",
            "north:station:3",
            ("name",),
        )
        toy.truth[Kind.JOB]["b"] = "order"
        await time.advance(70)
        assert listener.told() == ["ADDED 2"]
        toy.places["a"] = "2"
        await time.advance(70)
        assert listener.told() == ["REMOVED 3"]
        toy.truth[Kind.JOB].pop("b")
        await time.advance(130)
        assert listener.told() == []
        toy.truth[Kind.JOB]["a"] = "other"
        await time.advance(70)
        assert listener.told() == ["REMOVED 2"]


async def test_the_way_is_polled_at_its_own_pace_and_nothing_is_asked_beside_the_polls() -> None:
    time = FakeTime()
    toy = shop(time)
    async with running(time, toy) as engine, listening(engine, BY_ORDER), listening(engine, BY_ORDER):
        await time.advance(300)
        polls = [name for name, _, _ in toy.polls]
    time = FakeTime()
    alone = shop(time)
    both = Topic(kind=Kind.STATION), Topic(kind=Kind.JOB)
    async with running(time, alone) as engine, listening(engine, both[0]), listening(engine, both[1]):
        await time.advance(300)
    assert polls == [name for name, _, _ in alone.polls]
    assert {"stations", "jobs"} == set(polls)


async def test_without_demand_for_the_way_it_is_not_polled() -> None:
    time = FakeTime()
    toy = shop(time)
    async with running(time, toy) as engine, listening(engine):
        await time.advance(100)
    assert {name for name, _, _ in toy.polls} == {"stations"}


async def test_who_returns_hears_which_stations_came_and_went_meanwhile() -> None:
    time = FakeTime()
    toy = shop(time)
    async with running(time, toy) as engine, listening(engine, Topic(kind=Kind.JOB)):
        async with listening(engine, BY_ORDER) as listener:
            await time.advance(3)
            cursor = listener.cursor
        toy.places["a"] = "3"
        await time.advance(70)
        async with listening(engine, replace(BY_ORDER, after=cursor)) as returned:
            await settle()
            assert returned.told() == ["REMOVED 1", "ADDED 3"]


async def test_a_cohort_that_crosses_is_told_once_for_all_and_catches_up_whoever_was_blocked() -> None:
    time = FakeTime()
    toy = shop(time)
    rendering = Rendering()
    async with (
        running(time, toy) as engine,
        following(engine, rendering, BY_ORDER) as quick,
        following(engine, rendering, BY_ORDER) as slow,
    ):
        await time.advance(3)
        assert quick.told() == slow.told() == ["SNAPSHOT 1", "CAUGHT_UP"]
        rendered = len(rendering.changes)
        slow.block()
        toy.places["a"] = "3"
        await time.advance(70)
        assert quick.told() == ["REMOVED 1", "ADDED 3"]
        assert len(rendering.changes) == rendered + 2
        toy.places["a"] = "2"
        await time.advance(70)
        assert quick.told() == ["REMOVED 3", "ADDED 2"]
        slow.unblock()
        await time.advance(1)
        # Station 3 came and went unread: of that nothing is told but that something was folded.
        assert slow.told() == ["LAGGED", "REMOVED 1", "ADDED 2"]


async def test_what_the_engine_counts_as_one_seat_and_one_demand_is_one() -> None:
    time = FakeTime()
    async with running(time, shop(time)) as engine, listening(engine, BY_ORDER):
        await time.advance(3)
        figures = engine.figures()
        assert (figures.seats, figures.demands) == (1, 1)
        assert {state.name: state.subscribers for state in engine.feed_states("north")} == {
            "stations": 1,
            "jobs": 1,
        }
        await leave_one(engine, time)


async def leave_one(engine: Engine, time: FakeTime) -> None:
    async with listening(engine, BY_ORDER):
        await time.advance(1)
        assert engine.figures().seats == 2
    assert engine.figures().seats == 1


remotes = st.sampled_from("123")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("job"), st.sampled_from("ab"), remotes, st.sampled_from(["order", "other"])),
        st.tuples(st.just("no job"), st.sampled_from("ab")),
        st.tuples(st.just("station"), remotes, st.sampled_from(["Mill", "Saw"])),
        st.tuples(st.just("no station"), remotes),
    ),
    max_size=30,
)


class Floor:
    """Two collections, their journal, and what everybody holds who followed since some place in it."""

    def __init__(self) -> None:
        self.jobs: dict[str, Record] = {}
        self.stations: dict[str, Record] = {}
        self.journal = Journal(capacity=1000)
        self.comparisons = {Kind.JOB: Comparison(), Kind.STATION: Comparison()}
        self.log: list[tuple[Kind, Entry]] = []
        self.polls = 0

    def take(self, step: tuple[str, ...]) -> tuple[Kind, list[Entry], View]:
        match step:
            case ("job", remote, place, name):
                self.jobs[remote] = job(remote, name=name, station_id=f"north:station:{place}")
            case ("no job", remote):
                self.jobs.pop(remote, None)
            case ("station", remote, name):
                self.stations[remote] = station(remote, name)
            case ("no station", remote):
                self.stations.pop(remote, None)
        kind = Kind.JOB if "job" in step[0] else Kind.STATION
        found = self.jobs if kind is Kind.JOB else self.stations
        self.polls += 1
        at = START.replace(year=2000 + self.polls)
        compared = self.comparisons[kind].compare(
            self.journal.known("north", kind), Listing(list(found.values()), True, at, authoritative=True)
        )
        entries = self.journal.record("north", kind, compared, compared.differences, at)
        self.log.extend((kind, entry) for entry in entries)
        return kind, entries, self.journal.view()

    def due(self) -> dict[str, str]:
        """Which stations the jobs lead to now, with their names."""
        led_to = {place for record in self.jobs.values() for place in of_the_order(record)}
        return {one.id: one.name for one in self.stations.values() if one.id in led_to}  # type: ignore[attr-defined]


def replay(held: dict[str, str], entries: Collection[Entry]) -> None:
    for entry in entries:
        difference = entry.difference
        if difference.kind.name == "ADDED":
            assert difference.id not in held
        if difference.record is None:
            del held[difference.id]
        else:
            held[difference.id] = difference.record.name  # type: ignore[attr-defined]


@given(steps, steps)
def test_whoever_follows_holds_what_is_led_to_from_whatever_place_on(
    first: list[tuple[str, ...]], then: list[tuple[str, ...]]
) -> None:
    floor = Floor()
    for step in first:
        floor.take(step)
    live, held = Crossing(BY_ORDER, floor.journal), floor.due()
    past: list[tuple[int, dict[str, str]]] = [(floor.journal.sequence, floor.due())]
    told: list[Entry] = []
    for step in then:
        entries = live.follow(*floor.take(step))
        told.extend(entries)
        replay(held, entries)
        assert held == floor.due()
        past.append((floor.journal.sequence, floor.due()))
    for position, state in past:
        missed = [one for one in floor.log if one[1].sequence > position]
        since = Crossing(BY_ORDER, floor.journal).since(missed)
        assert [(one.sequence, one.difference.kind, one.difference.id) for one in since] == [
            (one.sequence, one.difference.kind, one.difference.id) for one in told if one.sequence > position
        ]
        replay(state, since)
        assert state == floor.due()


@given(steps)
def test_every_cursor_of_what_was_missed_is_a_place_to_go_on_from(taken: list[tuple[str, ...]]) -> None:
    floor, time, signet = Floor(), FakeTime(), Signet()
    for step in taken:
        floor.take(step)
    missed = Crossing(BY_ORDER, floor.journal).since(floor.log)
    for number, change in enumerate(at_once(Teller(BY_ORDER, signet, time, Tally()).missed(missed)), 1):
        held: dict[str, Record] = {}
        position = signet.open(Kind.STATION, change.cursor).sequence
        since = [one for one in floor.log if one[1].sequence > position]
        for entry in (*missed[:number], *Crossing(BY_ORDER, floor.journal).since(since)):
            if entry.difference.record is None:
                held.pop(entry.difference.id, None)
            else:
                held[entry.difference.id] = entry.difference.record
        assert held.keys() == floor.due().keys()


@given(steps, st.integers(1, 4))
def test_what_waits_for_a_slow_one_comes_to_the_same(taken: list[tuple[str, ...]], pace: int) -> None:
    floor = Floor()
    box = Mailbox(BY_ORDER, position=0, capacity=EnginePolicy().waiting_records)
    seat = Seat(box, Pause(FakeTime().sleep), Crossing(BY_ORDER, floor.journal))
    held: dict[str, Record] = {}

    def read() -> bool:
        parcels = list(box.take_out(1))
        for parcel in parcels:
            if parcel.entry.difference.record is None:
                held.pop(parcel.entry.difference.id)
            else:
                held[parcel.entry.difference.id] = parcel.entry.difference.record
        return bool(parcels)

    for number, step in enumerate(taken):
        seat.tell(*floor.take(step))
        if number % pace == 0:
            read()
    while read():
        pass
    assert held.keys() == floor.due().keys()
    assert box.settled == floor.journal.sequence
