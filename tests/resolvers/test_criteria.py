"""Filters give the same result whether a source evaluates a condition itself or not."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.model.job import JobStatus
from floorgraph.model.order import OrderStatus
from floorgraph.model.piece import PieceStatus
from floorgraph.model.record import Record
from floorgraph.model.station import StationStatus
from floorgraph.vendors.floor import Floor
from loaders.scope import Scope, Surroundings, enter_scope
from resolvers.criteria import Criteria
from resolvers.job import JobCriteria
from resolvers.listing import listing
from resolvers.live import topic_of
from resolvers.order import OrderCriteria
from resolvers.paging import PageRequest
from resolvers.piece import PieceCriteria
from resolvers.station import StationCriteria
from tests.support.memory import NOON, MemorySource, job, live, order, piece, station

SOURCES = ("north", "south")


@pytest.mark.parametrize(
    ("given_", "rights", "sources"),
    [
        ({}, None, None),
        ({}, {"south"}, {"south"}),
        ({"sources": ["south", "later", "No key"]}, None, {"south", "later"}),
        ({"sources": ["south", "later"]}, {"later", "north"}, {"later"}),
        ({"station": "later:station:1"}, None, {"later"}),
        ({"station": "south:station:1", "sources": ["north"]}, None, set()),
        ({"ids": ["south:job:1", "later:job:1"]}, None, {"south", "later"}),
        ({"vendors": ["memory"]}, None, {"north", "south"}),
        ({"vendors": ["memory"], "sources": ["south", "later"]}, None, {"south"}),
        ({"vendors": ["another"]}, None, set()),
    ],
)
async def test_a_topic_is_about_the_sources_that_may_have_such_records(
    given_: dict[str, Any], rights: set[str] | None, sources: set[str] | None
) -> None:
    """Those that are configured later are told of as well, so that nobody has to begin anew for them."""
    surroundings = Surroundings(Floor([MemorySource(key) for key in SOURCES]))
    enter_scope(Scope(surroundings, sources=None if rights is None else frozenset(rights)))
    topic = topic_of(JobCriteria(**given_), on=None, after=None, snapshot=True, max_age=None)
    assert topic.sources == sources


NUMBERS = st.integers(0, 3)


@st.composite
def floors(draw: st.DrawFn) -> list[Record]:
    """The records of a small floor with two sources, related to each other at random."""
    records: list[Record] = []
    for source in SOURCES:
        for number in draw(st.sets(NUMBERS)):
            records.append(station(str(number), f"Mill {number}", source, seconds=draw(NUMBERS)))
            records.append(order(str(number), source, status=draw(st.sampled_from(OrderStatus))))
        for number in draw(st.sets(NUMBERS)):
            at, of = (f"{source}:station:{draw(NUMBERS)}", f"{source}:order:{draw(NUMBERS)}")
            records.append(
                job(str(number), source, status=draw(st.sampled_from(JobStatus)), station_id=at, order_id=of)
            )
            made = f"{source}:job:{number}"
            records.append(
                piece(
                    str(number),
                    source,
                    status=draw(st.sampled_from(PieceStatus)),
                    station_id=at,
                    order_id=of,
                    job_id=made,
                )
            )
    return records


def ids(kind: str) -> st.SearchStrategy[str]:
    return st.builds(lambda source, number: f"{source}:{kind}:{number}", st.sampled_from(SOURCES), NUMBERS)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def common(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "ids": maybe(st.lists(ids(kind), max_size=5)),
        "sources": maybe(st.lists(st.sampled_from([*SOURCES, "nowhere"]), max_size=2)),
        "vendors": maybe(st.lists(st.sampled_from(["memory", "other"]), max_size=2)),
        "text": maybe(st.sampled_from(["1", "MILL", "zzz"])),
        "updated_since": maybe(st.builds(lambda seconds: NOON + timedelta(seconds=seconds), NUMBERS)),
    }


CRITERIA = st.one_of(
    st.builds(
        StationCriteria,
        **common("station"),
        status=maybe(st.lists(st.sampled_from(StationStatus), max_size=3)),
        job=maybe(ids("job")),
        order=maybe(ids("order")),
    ),
    st.builds(
        JobCriteria,
        **common("job"),
        status=maybe(st.lists(st.sampled_from(JobStatus), max_size=5)),
        station=maybe(ids("station")),
        order=maybe(ids("order")),
    ),
    st.builds(
        OrderCriteria,
        **common("order"),
        status=maybe(st.lists(st.sampled_from(OrderStatus), max_size=5)),
        station=maybe(ids("station")),
        job=maybe(ids("job")),
    ),
    st.builds(
        PieceCriteria,
        **common("piece"),
        job=maybe(ids("job")),
        station=maybe(ids("station")),
        order=maybe(ids("order")),
    ),
)


async def found(records: list[Record], criteria: Criteria, *, pushes_down: bool) -> list[str]:
    sources = []
    for key in SOURCES:
        source = MemorySource(key, [record for record in records if record.source == key])
        source.pushes_down = pushes_down
        for number, status in enumerate(StationStatus):
            name = f"{key}:station:{number}"
            source.statuses[name] = live(station(str(number), source=key), status)
        sources.append(source)
    scope = Scope(Surroundings(Floor(sources)))
    page = await listing(scope, criteria, (), PageRequest(first=1000), ("list",))
    assert not scope.soft_errors
    return [record.id for record in page.nodes]


@settings(max_examples=300)
@given(records=floors(), criteria=CRITERIA)
async def test_pushing_a_condition_down_changes_nothing(records: list[Record], criteria: Criteria) -> None:
    assert await found(records, criteria, pushes_down=True) == await found(
        records, criteria, pushes_down=False
    )


@settings(max_examples=100)
@given(records=floors(), criteria=CRITERIA)
async def test_a_condition_never_adds_and_the_whole_list_is_the_union_of_the_rest(
    records: list[Record], criteria: Criteria
) -> None:
    everything = await found(records, type(criteria)(), pushes_down=True)
    narrowed = await found(records, criteria, pushes_down=True)
    assert [key for key in everything if key in set(narrowed)] == narrowed
