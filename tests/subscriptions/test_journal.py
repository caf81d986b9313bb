from floorgraph.model.ids import Kind
from subscriptions.comparison import Compared
from subscriptions.difference import added
from subscriptions.journal import Journal, TooOld
from tests.subscriptions.faketime import START
from tests.subscriptions.toy import station


def write(journal: Journal, *names: str, kind: Kind = Kind.STATION, source: str = "north") -> None:
    records = [station(name, source=source) for name in names]
    known = {**journal.known(source, kind), **{record.id: record for record in records}}
    journal.record(source, kind, Compared((), known, 0), [added(record) for record in records], START)


def read(journal: Journal, sequence: int, kind: Kind = Kind.STATION) -> list[str]:
    entries = journal.since(kind, sequence)
    assert not isinstance(entries, TooOld)
    return [entry.difference.id.rpartition(":")[2] for entry in entries]


def test_since_gives_exactly_what_came_after() -> None:
    journal = Journal(capacity=10)
    write(journal, "a", "b")
    write(journal, "c", source="south")
    assert journal.sequence == 3
    assert [read(journal, n) for n in range(4)] == [["a", "b", "c"], ["b", "c"], ["c"], []]


def test_kinds_share_the_sequence_and_not_the_ring() -> None:
    journal = Journal(capacity=2)
    write(journal, "a")
    write(journal, *"1234", kind=Kind.JOB)
    write(journal, "b")
    assert read(journal, 0) == ["a", "b"]
    assert read(journal, 1) == ["b"]
    assert journal.since(Kind.JOB, 1) == TooOld(2)
    assert read(journal, 3, Kind.JOB) == ["3", "4"]


def test_a_position_before_what_is_kept_is_too_old_and_the_last_kept_one_is_not() -> None:
    journal = Journal(capacity=3)
    write(journal, *"abcde")
    assert journal.since(Kind.STATION, 1) == TooOld(3)
    assert read(journal, 2) == ["c", "d", "e"]


def test_what_is_known_is_kept_by_source_and_kind() -> None:
    journal = Journal(capacity=3)
    write(journal, "a")
    write(journal, "b", source="south")
    assert list(journal.known("north", Kind.STATION)) == ["north:station:a"]
    assert list(journal.known("south", Kind.STATION)) == ["south:station:b"]
    assert journal.known("south", Kind.JOB) == {}
