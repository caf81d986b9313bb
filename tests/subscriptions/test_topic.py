import pytest

from floorgraph.model.errors import BadId
from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.station import Station
from subscriptions.difference import Difference, added, removed, updated
from subscriptions.topic import NO_LONGER_MATCHES, Topic
from tests.subscriptions.toy import station


def is_mill(record: Record) -> bool:
    return isinstance(record, Station) and record.name == "Mill"


MILLS = Topic(kind=Kind.STATION, matches=is_mill)


def change(before: str, after: str) -> Difference:
    difference = updated(station("1", before), station("1", after))
    assert difference is not None
    return difference


def seen(topic: Topic, difference: Difference) -> str | None:
    view = topic.view(difference)
    return None if view is None else view.kind.name


def test_a_record_that_begins_to_match_is_added() -> None:
    view = MILLS.view(change("Lathe", "Mill"))
    assert view is not None
    assert (view.kind.name, view.previous, view.changed_fields) == ("ADDED", None, ())


def test_a_record_that_stops_matching_is_removed_with_the_reason() -> None:
    view = MILLS.view(change("Mill", "Lathe"))
    assert view is not None
    assert (view.kind.name, view.record, view.reason) == ("REMOVED", None, NO_LONGER_MATCHES)


def test_what_never_matched_is_not_seen() -> None:
    assert MILLS.view(change("Lathe", "Saw")) is None
    assert MILLS.view(added(station("1", "Saw"))) is None
    assert MILLS.view(removed(station("1", "Saw"))) is None


def test_additions_and_removals_of_matching_records_are_seen() -> None:
    assert seen(MILLS, added(station("1"))) == "ADDED"
    assert seen(MILLS, removed(station("1"))) == "REMOVED"


def test_sources_and_ids_narrow_the_view() -> None:
    here = added(station("1"))
    assert Topic(kind=Kind.STATION, sources=frozenset({"north"})).view(here) is here
    assert Topic(kind=Kind.STATION, sources=frozenset({"south"})).view(here) is None
    assert Topic(kind=Kind.STATION, ids=frozenset({"north:station:1"})).view(here) is here
    assert Topic(kind=Kind.STATION, ids=frozenset({"north:station:2"})).view(here) is None


def test_only_sources_that_ids_name_are_concerned() -> None:
    ids = frozenset({"north:station:1", "south:station:1"})
    assert Topic(kind=Kind.STATION).concerned() is None
    assert Topic(kind=Kind.STATION, ids=ids).concerned() == frozenset({"north", "south"})
    assert Topic(kind=Kind.STATION, ids=ids, sources=frozenset({"south", "east"})).concerned() == frozenset(
        {"south"}
    )
    with pytest.raises(BadId):
        Topic(kind=Kind.STATION, ids=frozenset({"nonsense"})).concerned()


def test_interest_is_in_updates_of_the_named_fields() -> None:
    topic = Topic(kind=Kind.STATION, on=frozenset({"workshop"}))
    assert not topic.interested(change("Mill", "Lathe"))
    assert topic.interested(added(station("1")))
    assert topic.interested(removed(station("1")))
    assert Topic(kind=Kind.STATION, on=frozenset({"name"})).interested(change("Mill", "Lathe"))


def test_fingerprints_tell_topics_apart() -> None:
    topics = [
        Topic(kind=Kind.STATION),
        Topic(kind=Kind.STATION, scope="filter"),
        Topic(kind=Kind.STATION, sources=frozenset()),
        Topic(kind=Kind.STATION, sources=frozenset({"north"})),
        Topic(kind=Kind.STATION, ids=frozenset({"north"})),
        Topic(kind=Kind.STATION, sources=frozenset({"north", "south"})),
    ]
    assert len({topic.fingerprint() for topic in topics}) == len(topics)
    assert Topic(kind=Kind.STATION, max_age=3.0).fingerprint() == topics[0].fingerprint()
