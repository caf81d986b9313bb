from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.record import Record
from floorgraph.vendors.answers import Listing
from subscriptions.comparison import Comparison, same_thing
from subscriptions.difference import Difference
from tests.subscriptions.faketime import START
from tests.subscriptions.toy import job, station


class Collection:
    """A comparison with what is known, and a moment for each listing."""

    def __init__(self) -> None:
        self.comparison = Comparison()
        self.known: Mapping[str, Record] = {}
        self.at = START

    def hear(self, *records: Record, complete: bool = True, again: bool = False) -> list[str]:
        if not again:
            self.at += timedelta(seconds=10)
        return [f"{d.kind.name} {d.id.rpartition(':')[2]}" for d in self.compare(records, complete)]

    def compare(self, records: tuple[Record, ...], complete: bool) -> tuple[Difference, ...]:
        listing = Listing(records=records, complete=complete, observed_at=self.at)
        compared = self.comparison.compare(self.known, listing)
        self.known = compared.records
        return compared.differences


def many(count: int, *, without: int = 0) -> list[Record]:
    return [station(str(n)) for n in range(without, count)]


def test_records_are_added_updated_and_left_alone() -> None:
    stations = Collection()
    assert stations.hear(station("1"), station("2")) == ["ADDED 1", "ADDED 2"]
    assert stations.hear(station("1"), station("2", "Lathe")) == ["UPDATED 2"]
    assert stations.hear(station("1"), station("2", "Lathe")) == []


def test_an_update_names_fields_as_graphql_does_and_keeps_the_previous_record() -> None:
    stations = Collection()
    before = station("1")
    stations.hear(before)
    (difference,) = stations.compare((station("1", "Lathe", program_transfer=True),), True)
    assert difference.changed_fields == ("name", "programTransfer")
    assert difference.previous is before


def test_a_removal_needs_two_complete_listings_in_a_row() -> None:  # C13
    stations = Collection()
    stations.hear(*many(3))
    assert stations.hear(*many(3, without=1)) == []
    assert "north:station:0" in stations.known
    assert stations.hear(*many(3, without=1)) == ["REMOVED 0"]
    assert stations.hear(*many(3, without=1)) == []
    assert "north:station:0" not in stations.known


def test_a_record_that_was_missing_once_and_is_back_was_never_gone() -> None:
    stations = Collection()
    stations.hear(*many(3))
    for _ in range(4):
        assert stations.hear(*many(3, without=1)) == []
        assert stations.hear(*many(3)) == []


def test_a_partial_listing_removes_nothing_and_confirms_nothing() -> None:  # C9
    stations = Collection()
    stations.hear(*many(3))
    for _ in range(5):
        assert stations.hear(station("2"), complete=False) == []
    assert len(stations.known) == 3
    stations.hear(*many(3, without=1))
    assert stations.hear(station("2"), complete=False) == []
    assert stations.hear(*many(3, without=1)) == ["REMOVED 0"]


def test_items_that_shift_between_pages_are_not_removed() -> None:  # C11
    stations = Collection()
    stations.hear(*many(4))
    assert stations.hear(*many(4, without=1)) == []
    assert stations.hear(station("0"), station("0"), station("2"), station("3")) == []
    assert stations.hear(*many(4)) == []


def test_the_same_answer_twice_confirms_nothing() -> None:
    stations = Collection()
    stations.hear(*many(3))
    stations.hear(*many(3, without=1))
    assert stations.hear(*many(3, without=1), again=True) == []
    assert stations.hear(*many(3, without=1)) == ["REMOVED 0"]


def test_an_empty_list_after_many_records_is_held_back_until_confirmed_further() -> None:  # C10
    stations = Collection()
    stations.hear(*many(500))
    assert stations.hear() == []
    assert list(stations.comparison.held_back) == ["500 of 500 records were missing at once"]
    assert stations.hear() == []
    stations.at += timedelta(seconds=10)
    gone = stations.compare((), True)
    assert len(gone) == 500
    assert {d.reason for d in gone} == {"500 of 500 records were missing at once"}
    assert not stations.comparison.held_back


def test_a_loss_that_was_a_mistake_of_the_vendor_makes_no_event() -> None:  # C10
    stations = Collection()
    stations.hear(*many(50))
    for _ in range(2):
        assert stations.hear() == []
    assert stations.hear(*many(50)) == []
    assert stations.comparison.unconfirmed == frozenset()


def test_a_loss_of_a_fifth_is_ordinary_and_of_more_is_sudden() -> None:
    ordinary, sudden = Collection(), Collection()
    for collection, lost in ((ordinary, 10), (sudden, 11)):
        collection.hear(*many(50))
        collection.hear(*many(50, without=lost))
    assert len(ordinary.hear(*many(50, without=10))) == 10
    assert sudden.hear(*many(50, without=11)) == []
    assert len(sudden.hear(*many(50, without=11))) == 11


def test_a_couple_of_records_is_never_a_sudden_loss() -> None:
    stations = Collection()
    stations.hear(*many(3))
    stations.hear(*many(3, without=2))
    assert stations.comparison.held_back == ()
    assert stations.hear(*many(3, without=2)) == ["REMOVED 0", "REMOVED 1"]


def test_an_id_that_returns_after_its_removal_is_added() -> None:
    stations = Collection()
    stations.hear(station("1"), station("2"))
    stations.hear(station("1"))
    assert stations.hear(station("1")) == ["REMOVED 2"]
    assert stations.hear(station("1"), station("2")) == ["ADDED 2"]


def test_an_id_that_names_another_thing_is_removed_then_added() -> None:  # C14
    jobs = Collection()
    jobs.hear(job("7", created_at=START))
    old, new = jobs.compare((job("7", created_at=START + timedelta(days=1)),), True)
    assert (old.kind.name, new.kind.name) == ("REMOVED", "ADDED")
    assert old.reason is not None


def test_another_thing_replaces_one_whose_removal_waits() -> None:  # C14
    jobs = Collection()
    jobs.hear(job("7", created_at=START), job("8"), job("9"))
    assert jobs.hear(job("8"), job("9")) == []
    later = job("7", created_at=START + timedelta(days=1))
    assert jobs.hear(later, job("8"), job("9")) == ["REMOVED 7", "ADDED 7"]


def test_what_is_not_known_says_nothing_about_identity() -> None:
    assert same_thing(job("7", created_at=None), job("7", created_at=START))
    assert same_thing(job("7", created_at=START), job("7", created_at=None))
    assert not same_thing(job("7", created_at=START), job("7", created_at=START + timedelta(seconds=1)))
    assert not same_thing(station("7"), job("7"))


def test_duplicates_count_once_and_the_last_wins() -> None:  # C20
    stations = Collection()
    assert stations.hear(station("1", "old"), station("2"), station("1", "new")) == ["ADDED 1", "ADDED 2"]
    assert stations.comparison.duplicates == 1
    assert stations.hear(station("1", "new"), station("2")) == []


def test_cosmetic_changes_make_no_event_and_are_taken_up() -> None:  # C22
    stations = Collection()
    stations.hear(station("1"))
    later = station("1", at=START + timedelta(hours=1), stale=True, raw={"changed": True})
    assert stations.hear(later) == []
    assert stations.known["north:station:1"] is later


def test_order_does_not_depend_on_any_clock() -> None:  # C18
    stations = Collection()
    stations.hear(station("1", "first", at=START))
    assert stations.hear(station("1", "second", at=START - timedelta(hours=1))) == ["UPDATED 1"]
    stations.at -= timedelta(hours=1)
    assert stations.hear(station("1", "third", at=datetime.min.replace(tzinfo=START.tzinfo))) == ["UPDATED 1"]
    assert stations.hear() == []
    stations.at -= timedelta(hours=1)
    assert stations.hear() == ["REMOVED 1"]


named = st.dictionaries(st.integers(0, 12), st.tuples(st.sampled_from("ab"), st.integers(0, 1)), max_size=12)


@given(st.lists(st.tuples(named, st.booleans()), max_size=12))
def test_replaying_the_differences_gives_what_is_known(
    listings: list[tuple[dict[int, tuple[str, int]], bool]],
) -> None:
    jobs = Collection()
    replayed: dict[str, Record] = {}
    for truth, complete in listings:
        jobs.at += timedelta(seconds=10)
        records = tuple(
            job(str(n), name=name, created_at=START + timedelta(days=day)) for n, (name, day) in truth.items()
        )
        for difference in jobs.compare(records, complete):
            if difference.record is None:
                del replayed[difference.id]
            else:
                assert (difference.id in replayed) == (difference.kind.name == "UPDATED")
                replayed[difference.id] = difference.record
    assert replayed == jobs.known
    assert set(jobs.known) >= {record.id for record in (records if listings else ())}


def fewest(lost: int, known: int) -> int:
    """In how many complete listings in a row records must be missing that went missing together."""
    return 3 if lost > 2 and lost * 5 > known else 2


# Mostly all there, so that losses of every size come from a state in which much is known.
shelves = st.one_of(
    st.just(frozenset(range(30))),
    st.frozensets(st.integers(0, 29), min_size=15),
    st.frozensets(st.integers(0, 29)),
)


@given(st.lists(st.tuples(shelves, st.booleans(), st.integers(1, 3)), min_size=1, max_size=12))
def test_whatever_goes_missing_is_removed_when_enough_whole_listings_in_a_row_lack_it(
    turns: list[tuple[frozenset[int], bool, int]],
) -> None:  # C10, C13
    """Two of them, three when more than a fifth of what is known was lost with it; not sooner, nor later."""
    stations = Collection()
    known: set[int] = set()
    lacking: dict[int, tuple[int, int]] = {}
    for there, complete, times in turns:
        for _ in range(times):
            told = stations.hear(*(station(str(n)) for n in sorted(there)), complete=complete)
            lacking = {n: lack for n, lack in lacking.items() if n not in there}
            gone: set[int] = set()
            if complete:
                lost = known - there - lacking.keys()
                lacking = {n: (seen + 1, enough) for n, (seen, enough) in lacking.items()}
                lacking |= dict.fromkeys(lost, (1, fewest(len(lost), len(known))))
                gone = {n for n, (seen, enough) in lacking.items() if seen >= enough}
            assert set(told) == {f"REMOVED {n}" for n in gone} | {f"ADDED {n}" for n in there - known}
            held = {enough for n, (_, enough) in lacking.items() if n not in gone}
            assert bool(stations.comparison.held_back) == (3 in held)
            lacking = {n: lack for n, lack in lacking.items() if n not in gone}
            known = (known - gone) | there
