from collections import deque
from collections.abc import Callable, Hashable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.model.ids import Kind
from floorgraph.model.station import Station
from subscriptions.change import ChangeCause
from subscriptions.difference import Difference, added, removed, updated
from subscriptions.journal import Entry
from subscriptions.mailbox import PARTS, Mailbox, Parcel
from subscriptions.topic import Topic
from tests.subscriptions.faketime import START
from tests.subscriptions.toy import station


class Post:
    """A mailbox and the sequence that fills it."""

    def __init__(self, topic: Topic | None = None, capacity: int = 100) -> None:
        self.box = Mailbox(topic or Topic(kind=Kind.STATION), position=0, capacity=capacity)
        self.sequence = 0

    def put(self, difference: Difference | None, *, counted: bool = True) -> None:
        assert difference is not None
        self.sequence += 1
        self.box.offer(Entry(self.sequence, START, difference), counted=counted)

    def take_all(self) -> list[Parcel]:
        return list(self.box.take_out(len(self.box)))

    def told(self) -> list[str]:
        return [f"{p.entry.difference.kind.name} {p.entry.difference.id[-1]}" for p in self.take_all()]


def add(remote: str, name: str = "a") -> Difference:
    return added(station(remote, name))


def change(remote: str, before: str, after: str, **rest: Any) -> Difference:
    difference = updated(station(remote, before), station(remote, after, **rest))
    assert difference is not None
    return difference


def drop(remote: str, name: str = "a") -> Difference:
    return removed(station(remote, name))


def folded(*differences: Difference) -> Post:
    post = Post()
    for difference in differences:
        post.put(difference)
    return post


def test_without_folding_each_entry_comes_out_as_it_went_in() -> None:
    post = folded(add("1"), add("2"), drop("3"))
    parcels = post.take_all()
    assert [(p.position, p.missed) for p in parcels] == [(1, 0), (2, 0), (3, 0)]
    assert len(post.box) == 0


def test_added_then_updated_is_added_with_the_latest() -> None:
    (parcel,) = folded(add("1", "a"), change("1", "a", "b")).take_all()
    difference = parcel.entry.difference
    assert (difference.kind.name, difference.previous, difference.changed_fields) == ("ADDED", None, ())
    assert difference.record == station("1", "b")
    assert (parcel.missed, parcel.position) == (1, 2)


def test_updated_twice_is_one_update_over_both() -> None:
    (parcel,) = folded(change("1", "a", "b"), change("1", "b", "c", workshop="Hall 2")).take_all()
    difference = parcel.entry.difference
    assert difference.previous == station("1", "a")
    assert difference.record == station("1", "c", workshop="Hall 2")
    assert difference.changed_fields == ("name", "workshop")


def test_a_change_that_is_taken_back_makes_no_event() -> None:
    post = folded(change("1", "a", "b"), change("1", "b", "a"), add("2"))
    (parcel,) = post.take_all()
    assert parcel.entry.difference.id == "north:station:2"
    assert parcel.missed == 2


def test_updated_then_removed_is_removed() -> None:
    (parcel,) = folded(change("1", "a", "b"), drop("1", "b")).take_all()
    assert parcel.entry.difference.kind.name == "REMOVED"
    assert parcel.entry.difference.previous == station("1", "a")


def test_added_then_removed_was_never_there() -> None:
    post = folded(add("1"), drop("1"))
    assert post.told() == []
    post.put(add("2"))
    (parcel,) = post.take_all()
    assert parcel.missed == 2


def test_another_thing_with_the_same_id_keeps_both_in_order() -> None:
    post = folded(drop("1"), add("1", "x"), change("1", "x", "y"))
    first, second = post.take_all()
    assert (first.entry.difference.kind.name, second.entry.difference.kind.name) == ("REMOVED", "ADDED")
    assert second.entry.difference.record == station("1", "y")


def test_another_thing_that_is_gone_again_leaves_the_first_removal() -> None:
    assert folded(drop("1"), add("1", "x"), drop("1", "x")).told() == ["REMOVED 1"]


def test_records_that_change_all_the_time_do_not_keep_others_waiting() -> None:  # E4
    post, told = Post(), []
    for turn in range(20):
        for remote in "1234":
            post.put(change(remote, str(turn), str(turn + 1)))
        (parcel,) = post.box.take_out(1)
        told.append(parcel.entry.difference.id[-1])
    assert told == list("1234" * 5)


def test_missed_counts_what_was_folded_once() -> None:  # E4
    post = folded(change("1", "a", "b"), change("1", "b", "c"), change("1", "c", "d"), add("2"))
    assert [parcel.missed for parcel in post.take_all()] == [2, 0]


def test_what_the_subscriber_asked_to_be_folded_is_not_missed() -> None:
    post = Post()
    post.put(change("1", "a", "b"))
    post.put(change("1", "b", "c"), counted=False)
    assert [parcel.missed for parcel in post.take_all()] == [0]


def test_the_position_never_lies_beyond_what_waits() -> None:
    post = folded(change("1", "a", "b"), add("2"), change("1", "b", "c"))
    first, second = post.take_all()
    assert first.entry.difference.record == station("1", "c")
    assert (first.before, first.position) == (0, 1)
    assert (second.before, second.position) == (1, 3)


def test_memory_is_bounded_by_the_records_and_then_starts_anew() -> None:  # E4
    post = Post(capacity=10)
    for turn in range(100):
        for remote in range(10):
            post.put(change(str(remote), str(turn), str(turn + 1)))
    assert (len(post.box), post.box.overflowed) == (10, False)
    post.put(add("x"))
    assert (len(post.box), post.box.overflowed) == (0, True)
    post.put(add("y"))
    assert list(post.box.take_out(1)) == []


def test_only_changes_of_interest_are_told_and_they_carry_the_latest() -> None:
    topic = Topic(kind=Kind.STATION, on=frozenset({"workshop"}))
    post = Post(topic)
    post.put(change("1", "a", "b"))
    assert len(post.box) == 0
    post.put(change("1", "b", "b", workshop="Hall 2"))
    post.put(updated(station("1", "b", workshop="Hall 2"), station("1", "c", workshop="Hall 2")))
    (parcel,) = post.take_all()
    assert parcel.entry.difference.record == station("1", "c", workshop="Hall 2")
    assert parcel.missed == 0


def test_folding_that_leaves_nothing_of_interest_tells_nothing() -> None:
    topic = Topic(kind=Kind.STATION, on=frozenset({"workshop"}))
    post = Post(topic)
    post.put(change("1", "a", "a", workshop="Hall 2"))
    post.put(updated(station("1", "a", workshop="Hall 2"), station("1", "b")))
    assert post.take_all() == []


def test_a_command_that_a_folded_change_confirms_is_not_lost() -> None:
    for order in (0, 1):
        changes = [change("1", "a", "b"), change("1", "b", "c")]
        credit: Callable[[Difference], Difference] = _by_command
        changes[order] = credit(changes[order])
        (parcel,) = folded(*changes).take_all()
        assert parcel.entry.difference.command_id == "c1"
        assert parcel.entry.difference.cause is ChangeCause.COMMAND


def _by_command(difference: Difference) -> Difference:
    return Difference(
        kind=difference.kind,
        id=difference.id,
        record=difference.record,
        previous=difference.previous,
        changed_fields=difference.changed_fields,
        cause=ChangeCause.COMMAND,
        command_id="c1",
    )


def test_however_many_are_taken_out_at_a_time_the_same_comes_out() -> None:
    changes = [drop("1"), add("1", "x"), add("2"), change("3", "a", "b"), add("4"), change("3", "b", "c")]
    whole = folded(*changes).take_all()
    assert [parcel.entry.difference.id[-1] for parcel in whole] == list("11234")
    assert [(parcel.before, parcel.position) for parcel in whole] == [(0, 0), (0, 2), (2, 3), (3, 4), (4, 6)]
    for most in (1, 2, 3):
        post = folded(*changes)
        told: list[Parcel] = []
        while post.box:
            told.extend(post.box.take_out(most))
        assert told == whole


def test_what_was_taken_out_is_not_touched_by_what_comes_after() -> None:
    post = folded(add("1", "a"), add("2", "a"), add("3", "a"))
    taken = post.box.take_out(2)
    post.put(change("1", "a", "b"))
    first, second = taken
    assert (first.entry.difference.record, second.entry.difference.record) == (
        station("1", "a"),
        station("2", "a"),
    )
    assert [p.position for p in (first, second)] == [1, 2]
    assert post.told() == ["ADDED 3", "UPDATED 1"]


def test_what_is_left_of_the_same_after_the_same_parts_is_known_to_be_the_same() -> None:
    boxes = [folded(*(add(remote) for remote in "123456")) for _ in range(2)]
    kept: set[Hashable] = set()
    for most in (2, 1):
        for post in boxes:
            post.box.take_out(most)
        assert boxes[0].box.contents is not None
        assert boxes[0].box.contents == boxes[1].box.contents
        kept.add(boxes[0].box.contents)
    for post, most in zip(boxes, (1, 2), strict=True):
        post.box.take_out(most)
    assert boxes[0].box.contents != boxes[1].box.contents
    for post in boxes:
        post.take_all()
        assert post.box.contents is None
    assert len(kept) == 2


def test_what_is_left_is_not_the_same_where_something_changed_before_the_part_was_taken_out() -> None:
    sooner, later = (folded(add("1", "a"), add("2"), add("3")) for _ in range(2))
    sooner.box.take_out(1)
    for post in (sooner, later):
        post.put(change("1", "a", "b"))
    later.box.take_out(1)
    assert (len(sooner.box), len(later.box)) == (3, 2)
    assert sooner.box.contents != later.box.contents


def test_what_began_in_the_middle_of_one_place_in_the_sequence_is_not_the_same() -> None:
    before, later = Post(), Post()
    before.put(add("1"), counted=False)
    for post in (before, later):
        for one in (drop("1"), add("2")):
            # One change of a job takes the one and brings the other.
            post.box.offer(Entry(2, START, one), counted=False)
    assert (len(before.box), len(later.box)) == (1, 2)
    assert before.box.contents != later.box.contents


def test_a_mailbox_that_is_never_empty_does_not_remember_all_that_was_taken_out() -> None:
    post = folded(add("x"), add("y"))
    for turn in range(100):
        post.box.take_out(1)
        contents = post.box.contents
        assert contents is None or (isinstance(contents[0], tuple) and len(contents[0]) <= PARTS + 1)
        post.put(add(str(turn % 7)))
    assert contents is None
    post.take_all()
    post.put(add("1"))
    assert post.box.contents is not None


@dataclass
class Reader:
    """One of several who read the same, each at its own pace and from its own place on."""

    box: Mailbox
    news: deque[Entry] = field(default_factory=deque)

    def listen(self, *, counted: bool) -> None:
        while self.news:
            self.box.offer(self.news.popleft(), counted=counted)


def _next(known: dict[str, Station | None], remote: str, name: str) -> list[Difference]:
    """What a poll tells of a record that has this name now: none when it is gone, `*` for another thing."""
    before, number = known.get(remote), len(known)
    known[remote] = after = None if name == "" else station(remote, name.replace("*", str(number)))
    if before is None or after is None:
        return [*([removed(before)] if before else ()), *([added(after)] if after else ())]
    if name == "*":
        return [removed(before), added(after)]
    return [one for one in (updated(before, after),) if one is not None]


names = st.sampled_from(["a", "b", "a", "b", "", "*"])
acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("poll"), st.lists(st.tuples(st.sampled_from("1234"), names), max_size=4), st.booleans()
        ),
        st.tuples(st.just("take"), st.sampled_from([(0,), (1,), (2,), (0, 1, 2)]), st.integers(1, 3)),
        st.tuples(st.just("hear"), st.integers(0, 2), st.booleans()),
        st.tuples(st.just("begin"), st.integers(0, 2), st.integers(0, 6)),
    ),
    min_size=5,
    max_size=40,
)


class Reading:
    """Several who read the same, each at its own pace and from its own place on."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.known: dict[str, Station | None] = {}
        self.journal: list[Entry] = []
        self.readers = [Reader(Mailbox(topic, position=0, capacity=100)) for _ in range(3)]
        self.seen: dict[Hashable, list[Any]] = {}

    @property
    def sequence(self) -> int:
        return self.journal[-1].sequence if self.journal else 0

    def poll(self, found: list[tuple[str, str]], *, together: bool) -> None:
        """`together` means that they have one place in the sequence, as those that one job takes and brings.

        Of one record there is one change then.
        """
        place = self.sequence + 1
        for remote, name in dict(found).items() if together else found:
            for one in _next(self.known, remote, name.replace("*", "a") if together else name):
                self.journal.append(Entry(place if together else self.sequence + 1, START, one))
                for reader in self.readers:
                    reader.news.append(self.journal[-1])

    def take(self, places: tuple[int, ...], most: int) -> None:
        for place in places:
            self.readers[place].listen(counted=True)
            self.check()
            self.readers[place].box.take_out(most)

    def check(self) -> None:
        """Whoever looks listens to everything before, and names what waits as others do who hold the same."""
        for reader in self.readers:
            contents, box = reader.box.contents, copy(reader.box)
            if contents is not None and not reader.news:
                held = [(one.entry, one.before, one.position, one.missed) for one in box.take_out(len(box))]
                assert self.seen.setdefault(contents, held) == held

    def begin(self, place: int, back: int) -> None:
        position = max(0, self.sequence - back)
        missed = deque(entry for entry in self.journal if entry.sequence > position)
        self.readers[place] = Reader(Mailbox(self.topic, position=position, capacity=100), missed)


@settings(max_examples=500)
@given(acts, st.sampled_from([None, frozenset({"workshop"})]))
def test_mailboxes_that_name_their_contents_alike_hold_the_same(
    found: list[tuple[str, Any, Any]], on: frozenset[str] | None
) -> None:
    """Whoever folds, reads and begins anew when, whatever was taken out before."""
    reading = Reading(Topic(kind=Kind.STATION, on=on))
    for word, first, second in found:
        if word == "poll":
            reading.poll(first, together=second)
        elif word == "take":
            reading.take(first, second)
        elif word == "hear":
            reading.readers[first].listen(counted=second)
        else:
            reading.begin(first, second)
        reading.check()
