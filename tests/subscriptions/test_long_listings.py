"""Long listings are compared and told in turns, and nobody sees one that was taken up in part."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record, again
from floorgraph.vendors.answers import Listing, Step
from floorgraph.vendors.turns import STRIDE, Turns, at_once
from subscriptions import audience as audience_module
from subscriptions.audience import FEW, Audience, Seat
from subscriptions.change import ChangeKind
from subscriptions.commands import Commands
from subscriptions.comparison import PER_STEP, UNITS, Comparison, Findings
from subscriptions.journal import Journal
from subscriptions.mailbox import Mailbox
from subscriptions.pause import Pause
from subscriptions.policy import EnginePolicy
from subscriptions.present import RUN, Picture
from subscriptions.publishing import Passed, Publishing
from subscriptions.topic import Topic
from tests.subscriptions.faketime import FakeTime
from tests.subscriptions.toy import Toy, job, station
from tests.support.deadline import DEADLINE

MANY = 20 * PER_STEP
TOPIC = Topic(kind=Kind.STATION)


def listing(time: FakeTime, names: Mapping[str, str]) -> Listing:
    time.seconds += 1
    records = [station(remote, name, at=time.now()) for remote, name in names.items()]
    return Listing(records, True, time.now())


def stations(name: str, count: int = MANY) -> dict[str, str]:
    return {str(number): name for number in range(count)}


class Press:
    """Everything around `Publishing`, with a clock by which every step takes a turn."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.source = Toy(self.time)
        self.journal = Journal(100_000)
        self.audience = Audience()
        self.pauses = 0
        self.look: Callable[[], Any] = lambda: None
        self.hold: asyncio.Event | None = None
        policy = EnginePolicy(backfill_deadline=3600.0)
        self.publishing = Publishing(
            self.journal,
            self.audience,
            Commands(policy.command_patience),
            clock=self.time,
            policy=policy,
            calm=lambda _: None,
            turns=Turns(length=0.5, clock=itertools.count().__next__, pause=self._pause),
        )

    async def _pause(self) -> None:
        self.pauses += 1
        self.look()
        await (asyncio.sleep(0) if self.hold is None else self.hold.wait())

    def seat(self, topic: Topic = TOPIC) -> Seat:
        box = Mailbox(topic, position=self.journal.sequence, capacity=100_000)
        seat = Seat(box, Pause(self.time.sleep))
        self.audience.join(seat)
        return seat

    async def publish(self, names: Mapping[str, str]) -> None:
        found = {Kind.STATION: listing(self.time, names)}
        await self.publishing.publish(self.source, found, self.time.monotonic())

    def steps(self) -> list[str]:
        """What is told after the first poll."""
        entries = self.journal.since(Kind.STATION, 0)
        assert isinstance(entries, list)
        told = (one.difference for one in entries if one.at > entries[0].at)
        return [f"{one.id[-1]} {_name(one.previous)}-{_name(one.record)} {one.cause.name}" for one in told]

    def names(self) -> set[str]:
        return {record.name for record in self.journal.records(Kind.STATION)}  # type: ignore[attr-defined]


def test_few_records_are_compared_between_two_chances_for_others() -> None:
    time = FakeTime()
    known = {record.id: record for record in listing(time, stations("A")).records}
    compared: list[int] = []
    steps, looked = Findings.of(_Counting(known), listing(time, stations("B"))), 0
    for _ in steps:
        compared.append(_Counting.looks - looked)
        looked = _Counting.looks
    assert sum(compared) == MANY
    assert max(compared) == PER_STEP


class _Counting(dict[str, Record]):
    looks = 0

    def get(self, key: str, default: Any = None) -> Any:
        type(self).looks += 1
        return super().get(key, default)


async def test_a_poll_is_taken_up_in_one_step_however_long_it_is() -> None:
    press = Press()
    press.seat()
    await press.publish(stations("A"))
    before = press.journal.sequence
    seen: list[tuple[int, int, frozenset[str]]] = []
    press.look = lambda: seen.append((press.journal.sequence, len(press.names()), frozenset(press.names())))
    await press.publish(stations("B"))
    # Others had their turn while it was compared and while it was told, and saw all of it or nothing.
    assert set(seen) == {(before, 1, frozenset("A")), (before + MANY, 1, frozenset("B"))}
    assert len(seen) > 2 * MANY // (STRIDE * PER_STEP)


class _Mortal:
    """What only one record has: it is known how many of them are gone."""

    gone = 0

    def __del__(self) -> None:
        _Mortal.gone += 1


async def test_what_was_known_before_is_let_go_in_turns() -> None:
    press, kept = Press(), 10
    press.journal.capacity = kept

    async def publish(name: str) -> None:
        found = listing(press.time, stations(name))
        mortal = Listing([again(one, raw=_Mortal()) for one in found.records], True, found.observed_at)
        await press.publishing.publish(press.source, {Kind.STATION: mortal}, press.time.monotonic())

    await publish("A")
    _Mortal.gone = 0
    seen = [0]
    press.look = lambda: seen.append(_Mortal.gone)
    await publish("B")
    # The latest changes that are kept hold what was there before them.
    assert _Mortal.gone == MANY - kept
    seen.append(_Mortal.gone)
    assert max(after - before for before, after in itertools.pairwise(seen)) <= STRIDE // UNITS * PER_STEP


async def test_who_looks_before_it_is_his_turn_sees_everything_that_was_told() -> None:
    press = Press()
    await press.publish(stations("A"))
    seats = [press.seat() for _ in range(3)]
    looks: list[int] = []

    def look() -> None:
        if press.journal.sequence > MANY:
            looks.append(len(seats[1].mailbox))

    press.look = look
    await press.publish(stations("B"))
    assert looks
    assert set(looks) == {MANY}
    assert [len(seat.mailbox) for seat in seats] == [MANY] * 3
    assert [seat.mailbox.position for seat in seats] == [2 * MANY] * 3


async def test_who_sits_down_while_others_are_told_is_told_nothing_twice() -> None:
    press = Press()
    await press.publish(stations("A"))
    first = press.seat()
    later: list[Seat] = []

    def look() -> None:
        if press.journal.sequence > MANY and not later:
            later.append(press.seat())

    press.look = look
    await press.publish(stations("B"))
    assert len(first.mailbox) == MANY
    assert len(later[0].mailbox) == 0
    await press.publish(stations("C"))
    assert len(later[0].mailbox) == MANY


async def test_who_leaves_meanwhile_is_told_no_more() -> None:
    press = Press()
    await press.publish(stations("A"))
    seat, stays = press.seat(), press.seat()

    def look() -> None:
        if press.journal.sequence > MANY:
            press.audience.leave(seat)

    press.look = look
    await press.publish(stations("B"))
    assert len(stays.mailbox) == MANY


async def test_polls_of_one_source_are_taken_up_in_the_order_in_which_they_ended() -> None:
    press = Press()
    press.hold = asyncio.Event()
    first = asyncio.create_task(press.publish(stations("older")))
    await asyncio.sleep(0)
    assert press.pauses == 1
    second = asyncio.create_task(press.publish(stations("newer", 2)))
    await asyncio.sleep(0)
    assert press.journal.sequence == 0
    press.hold.set()
    await asyncio.gather(first, second)
    told = [entry.difference for entry in press.journal.since(Kind.STATION, MANY)]  # type: ignore[union-attr]
    assert [(one.kind, one.previous.name, one.record.name) for one in told] == [  # type: ignore[union-attr]
        (ChangeKind.UPDATED, "older", "newer")
    ] * 2


async def test_a_poll_that_is_given_up_while_it_is_compared_changes_nothing() -> None:
    press = Press()
    seat = press.seat()
    press.hold = asyncio.Event()
    task = asyncio.create_task(press.publish(stations("A")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (press.journal.sequence, len(seat.mailbox)) == (0, 0)
    press.hold = None
    await press.publish(stations("A"))
    assert len(seat.mailbox) == MANY


async def test_a_poll_that_is_given_up_while_it_is_told_is_told_to_the_end() -> None:
    press = Press()
    await press.publish(stations("A"))
    seat = press.seat()

    def look() -> None:
        if press.journal.sequence > MANY:
            press.hold = asyncio.Event()

    press.look = look
    task = asyncio.create_task(press.publish(stations("B")))
    async with asyncio.timeout(DEADLINE):
        while press.hold is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(DEADLINE):
        await seat.pause.wait()
    assert len(seat.mailbox) == MANY


class Remembering(Toy):
    """A source whose history takes its time."""

    backfilled = frozenset({Kind.STATION})

    def __init__(self, time: FakeTime) -> None:
        super().__init__(time)
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.passed: dict[str, list[str]] = {}
        self.given_up = 0
        self._each: list[asyncio.Event] = []

    def answer(self, number: int) -> None:
        """Let it tell what somebody asked."""
        self._each[number].set()

    async def backfill(self, kind: Kind, steps: Sequence[Step]) -> Mapping[str, Sequence[Record]]:
        assert kind is Kind.STATION
        own = asyncio.Event()
        self._each.append(own)
        self.asked.set()
        waiting = [asyncio.ensure_future(one.wait()) for one in (self.go, own)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        finally:
            for one in waiting:
                one.cancel()
        return {
            step.after.id: [
                again(step.before, name=name) for name in self.passed.get(step.after.remote_id, ())
            ]
            for step in steps
        }


async def test_what_became_known_while_a_history_was_asked_is_what_a_poll_is_compared_with() -> None:
    press = Press()
    press.source = slow = Remembering(press.time)
    await press.publish({"1": "A", "2": "A"})
    first = asyncio.create_task(press.publish({"1": "B", "2": "A"}))
    await slow.asked.wait()
    slow.asked.clear()
    second = asyncio.create_task(press.publish({"1": "A", "2": "C"}))
    await slow.asked.wait()
    slow.go.set()
    await asyncio.gather(first, second)
    assert press.steps() == ["1 A-B POLL", "1 B-A POLL", "2 A-C POLL"]


async def test_polls_are_taken_up_in_order_although_a_history_was_asked_for_the_earlier_one() -> None:
    press = Press()
    press.source = slow = Remembering(press.time)
    await press.publish({"1": "A", "2": "A"})
    first = asyncio.create_task(press.publish({"1": "B", "2": "A", "3": "only here"}))
    await slow.asked.wait()
    slow.asked.clear()
    # What the later one says is known already: it asks for no history before the earlier one is taken up.
    second = asyncio.create_task(press.publish({"1": "A", "2": "A"}))
    async with asyncio.timeout(DEADLINE):
        await slow.asked.wait()
    assert first.done()
    slow.go.set()
    await second
    assert press.steps() == ["1 A-B POLL", "3 -only here POLL", "1 B-A POLL"]
    assert slow.given_up == 1
    await press.publish({"1": "A", "2": "A"})
    assert press.steps()[3:] == ["3 only here- POLL"]


async def test_polls_of_other_kinds_do_not_wait_for_a_history_and_do_not_cut_it_short() -> None:
    press = Press()
    press.source = slow = Remembering(press.time)
    await press.publish({"1": "A"})
    first = asyncio.create_task(press.publish({"1": "B"}))
    await slow.asked.wait()
    press.time.seconds += 1
    jobs = Listing([job("1", at=press.time.now())], True, press.time.now())
    await press.publishing.publish(slow, {Kind.JOB: jobs}, press.time.monotonic())
    assert [record.id for record in press.journal.records(Kind.JOB)] == ["north:job:1"]
    assert press.steps() == []
    slow.passed["1"] = ["x"]
    slow.go.set()
    await first
    assert press.steps() == ["1 A-x BACKFILL", "1 x-B POLL"]
    assert slow.given_up == 0


async def test_what_a_history_tells_again_of_what_an_earlier_poll_brought_is_told_once() -> None:
    press = Press()
    press.source = slow = Remembering(press.time)
    await press.publish({"1": "A", "2": "A"})
    first = asyncio.create_task(press.publish({"1": "B", "2": "A"}))
    await slow.asked.wait()
    slow.asked.clear()
    second = asyncio.create_task(press.publish({"1": "C", "2": "C"}))
    await slow.asked.wait()
    slow.passed = {"1": ["x"], "2": ["x"]}
    slow.answer(0)
    await first
    # The later one asked what happened since A.
    slow.passed = {"1": ["x", "B", "y"], "2": ["x"]}
    slow.answer(1)
    await second
    assert press.steps() == [
        "1 A-x BACKFILL",
        "1 x-B POLL",
        "1 B-y BACKFILL",
        "1 y-C POLL",
        "2 A-x BACKFILL",
        "2 x-C POLL",
    ]


@pytest.mark.parametrize(
    ("known", "rest"),
    [(None, "xBy"), ("A", "xBy"), ("x", "By"), ("B", "y"), ("y", ""), ("somewhere else", "")],
)
def test_of_a_way_that_is_known_in_part_the_rest_is_told(known: str | None, rest: str) -> None:
    passed = Passed(station("1", "A"), [station("1", name) for name in "xBy"])
    found = passed.since(None if known is None else station("1", known))
    assert "".join(_name(one) for one in found) == rest


async def test_a_poll_that_is_given_up_while_a_history_is_asked_keeps_no_other_waiting() -> None:
    press = Press()
    press.source = slow = Remembering(press.time)
    await press.publish({"1": "A"})
    first = asyncio.create_task(press.publish({"1": "B"}))
    await slow.asked.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await press.publish({"1": "A"})
    slow.go.set()
    await press.publish({"1": "C"})
    assert press.steps() == ["1 A-C POLL"]


def _name(record: Record | None) -> str:
    return "" if record is None else getattr(record, "name")  # noqa: B009


floors = st.lists(st.dictionaries(st.sampled_from("12345"), st.sampled_from("AB")), max_size=6)


@given(floors, st.lists(st.booleans(), min_size=6, max_size=6))
def test_it_makes_no_difference_when_a_seat_hears_what_it_was_told(
    polls: list[dict[str, str]], looks: list[bool]
) -> None:
    time, journal, comparison = FakeTime(), Journal(1000), Comparison()
    prompt, late = (Seat(Mailbox(TOPIC, position=0, capacity=4), Pause(time.sleep)) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audience_module, "FEW", 1)
        for names, look in zip(polls, looks, strict=False):
            compared = comparison.compare(journal.known("north", Kind.STATION), listing(time, names))
            entries = journal.record("north", Kind.STATION, compared, compared.differences, time.now())
            for seat in (prompt, late):
                seat.tell(Kind.STATION, entries, journal.view())
            assert prompt.mailbox.position <= journal.sequence
            if look:
                late.hear()
        assert _contents(late) == _contents(prompt)


def _contents(seat: Seat) -> list[Any]:
    box = seat.mailbox
    state = [box.overflowed, box.position, box.contents]
    return state + [(one.entry, one.before, one.position, one.missed) for one in box.take_out(len(box))]


def test_a_seat_takes_in_few_changes_at_a_time() -> None:
    time, journal = FakeTime(), Journal(100_000)
    offered: list[str] = []

    def matches(record: Record) -> bool:
        offered.append(record.id)
        return True

    seat = Seat(Mailbox(replace(TOPIC, matches=matches), position=0, capacity=100_000), Pause(time.sleep))
    compared = Comparison().compare({}, listing(time, stations("A")))
    entries = journal.record("north", Kind.STATION, compared, compared.differences, time.now())
    assert seat.tell(Kind.STATION, entries, journal.view())
    assert offered == []
    for heard in range(FEW, MANY, FEW):
        assert seat.hear()
        assert len(offered) == heard
    assert not seat.hear()


async def test_who_listens_takes_in_all_that_was_told_and_that_he_missed() -> None:
    time, journal = FakeTime(), Journal(100_000)
    seat = Seat(Mailbox(TOPIC, position=0, capacity=100_000), Pause(time.sleep))
    compared = Comparison().compare({}, listing(time, stations("A")))
    missed = journal.record("north", Kind.STATION, compared, compared.differences, time.now())
    seat.catch_up(missed)
    later = Comparison().compare(compared.records, listing(time, stations("B")))
    entries = journal.record("north", Kind.STATION, later, later.differences, time.now())
    assert seat.tell(Kind.STATION, entries, journal.view())
    await seat.listen()
    assert not seat.hear()
    parcels = list(seat.mailbox.take_out(MANY))
    assert {parcel.entry.difference.kind for parcel in parcels} == {ChangeKind.ADDED}
    assert [parcel.entry.difference.record.name for parcel in parcels] == ["B"] * MANY  # type: ignore[union-attr]
    assert parcels[-1].position == journal.sequence
    assert sum(parcel.missed for parcel in parcels) == MANY


class _Polling:
    """The sources of a picture."""

    def __init__(self, source: Toy) -> None:
        self.source = source
        self.is_current = True

    def sources(self, keys: object) -> list[Toy]:
        del keys
        return [self.source]

    def current(self, source: Toy, kind: Kind) -> bool:
        del source, kind
        return self.is_current


@pytest.mark.parametrize("is_current", [True, False])
def test_a_picture_shows_what_was_known_when_it_was_taken_in_order(is_current: bool) -> None:
    time, journal = FakeTime(), Journal(10)
    count = 2 * RUN + 10
    mixed = {str(number * 7919 % count): "A" for number in range(count)}
    compared = Comparison().compare({}, listing(time, mixed))
    journal.record("north", Kind.STATION, compared, (), time.now())
    polling: Any = _Polling(Toy(time))
    polling.is_current = is_current
    steps = Picture(TOPIC, journal, polling).records()
    next(steps)
    later = Comparison().compare(compared.records, listing(time, stations("B", 3)))
    journal.record("north", Kind.STATION, later, (), time.now())
    found = at_once(steps)
    assert [record.remote_id for record in found] == [str(number) for number in range(count)]
    assert {record.name for record in found} == {"A"}  # type: ignore[attr-defined]
    assert {record.stale for record in found} == {not is_current}
