"""Sweeps against a vendor whose changes become visible late and carry equal stamps: nothing stays unseen."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.client import Page
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.server import Customs
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.gate import Freshness, Observed
from tests.support.fakeclock import FakeClock
from tests.vendors.authentise.hall import settings_of

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
OVERLAP = 20.0
LATEST = 15.0
"""How late a change may become visible here: less than the overlap."""


@dataclass(frozen=True)
class Change:
    """A row got a value; stamped when it was made, visible when it was committed."""

    row: int
    value: int
    made: float
    visible: float


@dataclass
class Tenant:
    """A list of rows as the vendor would show it at a time, and a count of the pages asked for."""

    clock: FakeClock
    changes: list[Change] = field(default_factory=list)
    resolution: float = 1.0
    skew: float = 0.0
    pages: list[ListQuery] = field(default_factory=list)
    stuck: bool = False
    """Offsets are ignored."""
    between: list[Change] = field(default_factory=list)
    """Changes that happen after the next page was answered."""

    def now(self) -> float:
        return self.clock.monotonic()

    def rows(self) -> list[dict[str, Any]]:
        shown: dict[int, Change] = {}
        for change in sorted(self.changes, key=lambda one: (one.made, one.value)):
            if change.visible <= self.now():
                shown[change.row] = change
        return [self._payload(row, change) for row, change in sorted(shown.items())]

    def _payload(self, row: int, change: Change) -> dict[str, Any]:
        made = change.made - change.made % self.resolution
        stamp = (BEGIN + timedelta(seconds=made + self.skew)).isoformat()
        return {"uri": f"/piece/00000000-0000-4000-8000-{row:012x}/", "value": change.value, "updated": stamp}

    async def page(self, query: ListQuery, _freshness: Freshness) -> Observed[Page]:
        self.pages.append(query)
        rows = self.rows()
        for name, value in query.filters:
            if name == "updated>":
                rows = [row for row in rows if row["updated"] >= value]
        if query.sort == "updated":
            rows.sort(key=lambda row: row["updated"])
        shown = rows[0 if self.stuck else query.offset :][: query.limit]
        if self.between:
            self.changes.append(self.between.pop(0))
        return Observed(Page(shown, len(rows)), self.clock.now(), self.now())


class Server:
    """As much of a server as sweeping needs."""

    def __init__(self, tenant: Tenant, page_size: int) -> None:
        self.clock = tenant.clock
        self.settings = settings_of("http://am.test", page_size=20, overlap=OVERLAP).model_copy(
            update={"page_size": page_size}
        )
        self.customs = Customs()
        self.diagnostics = Diagnostics(clock=tenant.clock)
        self.page = tenant.page
        self._tenant = tenant

    def off(self, _resource: str) -> None:
        return None

    def vendor_now(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self._tenant.skew)


def tenant_and_library(page_size: int, **rest: Any) -> tuple[Tenant, Library]:
    clock = FakeClock()
    tenant = Tenant(clock, **rest)
    # The fake clock's wall and monotonic time move together; the rows are dated by the wall.
    global BEGIN
    BEGIN = clock.now() - timedelta(seconds=clock.monotonic())
    return tenant, Library(Server(tenant, page_size))  # type: ignore[arg-type]


async def values(library: Library) -> list[tuple[str, int]]:
    rows = await library.every("piece", Visit(Freshness(max_age=0)))
    return sorted((row.ref.uuid, row.get("value")) for row in rows)


def truth(tenant: Tenant) -> list[tuple[str, int]]:
    return sorted((row["uri"].split("/")[2], row["value"]) for row in tenant.rows())


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("poll"), st.just(0), st.just(0)),
        st.tuples(st.just("change"), st.integers(0, 11), st.integers(0, int(LATEST))),
    ),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(MOVES, st.integers(1, 7), st.sampled_from([1.0, 10.0]), st.sampled_from([0.0, -7200.0, 86400.0]))
def test_late_commits_and_equal_stamps_are_all_seen(
    moves: list[tuple[str, int, int]], page_size: int, resolution: float, skew: float
) -> None:
    async def scenario() -> None:
        tenant, library = tenant_and_library(page_size, resolution=resolution, skew=skew)
        number = 0
        for what, amount, late in moves:
            if what == "wait":
                tenant.clock.advance(float(amount))
            elif what == "poll":
                await values(library)
            else:
                number += 1
                # The stamp's rounding makes it look even older: both together stay within the overlap.
                late_by = min(float(late), OVERLAP - resolution - 1)
                tenant.changes.append(Change(amount, number, tenant.now(), tenant.now() + late_by))
        await values(library)
        tenant.clock.advance(LATEST + 1)
        assert await values(library) == truth(tenant)

    asyncio.run(scenario())


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 30), st.integers(1, 5), st.lists(st.integers(0, 29), max_size=12))
def test_what_changes_while_the_whole_list_is_read_is_not_lost(
    rows: int, page_size: int, changed: list[int]
) -> None:
    async def scenario() -> None:
        tenant, library = tenant_and_library(page_size)
        tenant.changes = [Change(row, 0, 0.0, 0.0) for row in range(rows)]
        tenant.clock.advance(1000.0)
        now = tenant.now()
        tenant.between = [
            Change(row, number + 1, now + number, now) for number, row in enumerate(changed) if row < rows
        ]
        await values(library)
        tenant.between.clear()
        tenant.clock.advance(60.0)
        await values(library)
        assert await values(library) == truth(tenant)

    asyncio.run(scenario())


async def test_a_quiet_sweep_is_one_call_whatever_the_list_holds() -> None:
    tenant, library = tenant_and_library(50)
    tenant.changes = [Change(row, 0, float(row), 0.0) for row in range(400)]
    tenant.clock.advance(1000.0)
    await values(library)
    assert len(tenant.pages) == 8
    tenant.pages.clear()
    tenant.clock.advance(15.0)
    await values(library)
    assert len(tenant.pages) == 1
    assert dict(tenant.pages[0].filters)["updated>"] < tenant.rows()[-1]["updated"]


async def test_what_comes_again_unchanged_stays_the_same_row() -> None:
    tenant, library = tenant_and_library(50)
    tenant.changes = [Change(1, 0, 0.0, 0.0), Change(2, 0, 0.0, 0.0)]
    before = {row.ref: row for row in await library.every("piece", Visit(Freshness(max_age=0)))}
    tenant.changes.append(Change(2, 7, 5.0, 5.0))
    tenant.clock.advance(6.0)
    after = {row.ref: row for row in await library.every("piece", Visit(Freshness(max_age=0)))}
    same = [ref for ref, row in after.items() if row is before[ref]]
    assert len(same) == 1


async def test_an_older_state_from_a_cache_does_not_come_back() -> None:
    tenant, library = tenant_and_library(50)
    tenant.changes = [Change(1, 1, 0.0, 0.0), Change(1, 2, 5.0, 5.0)]
    tenant.clock.advance(6.0)
    assert [value for _, value in await values(library)] == [2]
    tenant.changes.pop()
    assert [value for _, value in await values(library)] == [2]


async def test_a_list_that_is_not_whole_takes_nothing_away() -> None:
    tenant, library = tenant_and_library(2)
    tenant.changes = [Change(row, 0, 0.0, 0.0) for row in range(5)]
    assert len(await values(library)) == 5
    assert library.was_read_whole(("piece",))
    tenant.clock.advance(2000.0)
    tenant.stuck = True
    assert len(await values(library)) == 5
    assert not library.was_read_whole(("piece",))
    visit = Visit(Freshness(max_age=0))
    await library.every("piece", visit)
    assert not visit.complete


async def test_a_loss_is_read_whole_again_until_it_is_confirmed() -> None:
    tenant, library = tenant_and_library(50)
    tenant.changes = [Change(row, 0, 0.0, 0.0) for row in range(5)]
    await values(library)
    tenant.changes = tenant.changes[:3]
    tenant.clock.advance(10.0)
    assert len(await values(library)) == 5
    tenant.clock.advance(2000.0)
    for whole in (True, True, True, False):
        tenant.pages.clear()
        tenant.clock.advance(10.0)
        assert len(await values(library)) == 3
        assert any(name == "updated>" for name, _ in tenant.pages[0].filters) is not whole
