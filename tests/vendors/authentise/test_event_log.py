"""The event log against late commits and equal stamps: every event counts, and each of them once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.client import Page
from floorgraph.vendors.authentise.events import FOLLOWED_FOR, EventLog
from floorgraph.vendors.authentise.links import ref_of
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.server import Customs
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.authentise.walk import reaching_back
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.gate import Freshness, Observed
from tests.support.fakeclock import FakeClock
from tests.vendors.authentise.hall import settings_of

OVERLAP = 20.0
LATEST = 15
"""How late a change may become visible here: with the rounding of stamps less than the overlap."""
URL = "http://am.test"


def link(resource: str, number: int) -> str:
    return f"{URL}/{resource}/00000000-0000-4000-8000-{number:012x}/"


@dataclass(frozen=True)
class Change:
    """A shipping desk got another name; a value of None deletes it."""

    desk: int
    value: int | None
    made: float
    visible: float


@dataclass
class Tenant:
    """Desks without `updated`, and the log of what happened to them."""

    clock: FakeClock
    resolution: float
    begin: datetime
    changes: list[Change] = field(default_factory=list)
    asked: "Counter[str]" = field(default_factory=Counter)

    def seen(self) -> list[Change]:
        return [one for one in self.changes if one.visible <= self.clock.monotonic()]

    def desks(self) -> dict[str, int]:
        found: dict[str, int | None] = {}
        for change in sorted(self.seen(), key=lambda one: one.visible):
            found[link("shipping", change.desk)] = change.value
        return {uri: value for uri, value in found.items() if value is not None}

    def events(self) -> list[dict[str, Any]]:
        return [
            {
                "uri": link("event", number),
                "created": self.stamp(change.made),
                "reference": link("shipping", change.desk),
            }
            for number, change in enumerate(self.changes)
            if change in self.seen()
        ]

    def stamp(self, made: float) -> str:
        return (self.begin + timedelta(seconds=made - made % self.resolution)).isoformat()

    async def page(self, query: ListQuery, _freshness: Freshness) -> Observed[Page]:
        self.asked[query.resource] += 1
        filters = dict(query.filters)
        if query.resource == "event":
            rows = [row for row in self.events() if row["created"] >= filters.get("created>", "")]
            rows.sort(key=lambda row: row["created"], reverse=query.sort == "-created")
        else:
            wanted = set(filters["uri"].split(",")) if "uri" in filters else None
            rows = [
                {"uri": uri, "name": value}
                for uri, value in self.desks().items()
                if wanted is None or uri in wanted
            ]
        shown = rows[query.offset :][: query.limit]
        return Observed(Page(shown, len(rows)), self.clock.now(), self.clock.monotonic())


def library_of(tenant: Tenant, page_size: int) -> Library:
    table = settings_of(URL, page_size=20, overlap=OVERLAP).model_copy(update={"page_size": page_size})
    server = SimpleNamespace(
        clock=tenant.clock,
        settings=table,
        customs=Customs(),
        diagnostics=Diagnostics(clock=tenant.clock),
        page=tenant.page,
        client=SimpleNamespace(base_url=URL),
        off=lambda _resource: None,
        vendor_now=tenant.clock.now,
    )
    return Library(server)  # type: ignore[arg-type]


async def polled(library: Library) -> dict[str, int]:
    visit = Visit(Freshness(max_age=0), strict=True)
    await library.events.catch_up(visit.freshness)
    return {
        f"{URL}/shipping/{row.ref.uuid}/": row.get("name") for row in await library.every("shipping", visit)
    }


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("poll"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("change"), st.integers(0, 9), st.integers(0, LATEST)),
        st.tuples(st.just("delete"), st.integers(0, 9), st.integers(0, LATEST)),
    ),
    max_size=50,
)


@settings(max_examples=150, deadline=None)
@given(MOVES, st.integers(2, 7), st.sampled_from([1.0, 4.0]))
def test_late_commits_and_equal_stamps_of_events_are_all_seen(
    moves: list[tuple[str, int, int]], page_size: int, resolution: float
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        tenant = Tenant(clock, resolution, clock.now() - timedelta(seconds=clock.monotonic()))
        library = library_of(tenant, page_size)
        await polled(library)
        for number, (what, amount, late) in enumerate(moves):
            if what == "poll":
                clock.advance(float(amount))
                await polled(library)
            else:
                now = clock.monotonic()
                tenant.changes.append(Change(amount, number if what == "change" else None, now, now + late))
        clock.advance(LATEST + 1.0)
        assert await polled(library) == tenant.desks()
        # What is read again within the overlap counts no more.
        before = tenant.asked["shipping"]
        for _ in range(3):
            clock.advance(1.0)
            assert await polled(library) == tenant.desks()
        assert tenant.asked["shipping"] == before

    asyncio.run(scenario())


EVENTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5)), max_size=60)


@given(EVENTS, st.lists(st.integers(0, 59), max_size=200))
def test_an_event_counts_once_however_often_and_in_whatever_order_it_comes(
    made: list[tuple[int, int]], order: list[int]
) -> None:
    begin = datetime(2026, 3, 2, 8, tzinfo=UTC)
    rows = [
        {
            "uri": link("event", number),
            "created": (begin + timedelta(seconds=second)).isoformat(),
            "reference": link("downtime", subject),
        }
        for number, (second, subject) in enumerate(made)
    ]
    log, counted = EventLog(), 0
    for index in (one for one in order if one < len(rows)):
        counted += log.take_up([rows[index], rows[index]])
    told = {rows[index]["reference"] for index in order if index < len(rows)}
    assert counted == len({index for index in order if index < len(rows)})
    assert log.taken("downtime") == {ref.uuid for one in told if (ref := ref_of(one))}
    assert log.taken("downtime") == set()


def test_events_beyond_the_overlap_are_forgotten_and_those_within_are_not() -> None:
    begin = datetime(2026, 3, 2, 8, tzinfo=UTC)
    log = EventLog()
    for number in range(100):
        stamp = (begin + timedelta(seconds=number)).isoformat()
        log.take_up([{"uri": link("event", number), "created": stamp, "reference": link("downtime", number)}])
    log.forget_before(reaching_back(log.newest, OVERLAP))
    assert len(log.seen) == OVERLAP + 1
    assert FOLLOWED_FOR > OVERLAP
