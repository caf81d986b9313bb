"""Programs in pages, their versions and their text."""

from collections.abc import Iterator
from typing import Any

import pytest

from floorgraph.model import Kind
from floorgraph.vendors.cwork.paging import MOST_PAGES, all_pages
from floorgraph.vendors.cwork.question import documents
from floorgraph.vendors.failures import Malformed, VendorFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.vendors.cwork.conftest import Build, Shop, running

AGAIN = Freshness(max_age=0)
NOW = Freshness()


@pytest.fixture(scope="session")
def _library() -> Iterator[Shop]:
    yield from running(documents=450)


@pytest.fixture
def library(_library: Shop) -> Shop:
    """A server with 450 documents, which are three pages."""
    return _library.reset()


def of(by: By, *values: str) -> Where:
    return Where(by, frozenset(values))


async def test_all_pages_are_read(library: Shop, source: Build) -> None:
    north = source(library)
    found = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    assert len({one.id for one in found.items}) == len(found.items) == 450
    assert found.complete
    pages = [call["query"] for call in library.log() if call["path"].endswith("/documents")]
    assert sorted(pages) == [f"limit=200&page={page}" for page in (1, 2, 3)]
    library.forget_calls()
    await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    assert library.calls() == {}


async def test_single_programs_come_from_a_fresh_list_else_one_by_one(library: Shop, source: Build) -> None:
    north = source(library)
    found = await north.select(Kind.PROGRAM, of(By.ID, "north:program:5", "north:program:6"), NOW)
    assert [one.remote_id for one in found.items] == ["5", "6"]
    assert library.calls()["GET /documents/{id}"] == 2
    await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    library.forget_calls()
    found = await north.select(Kind.PROGRAM, of(By.ID, "north:program:7"), NOW)
    assert [one.remote_id for one in found.items] == ["7"]
    assert library.calls() == {}


async def test_many_programs_come_from_the_list(library: Shop, source: Build) -> None:
    north = source(library)
    wanted = [f"north:program:{number}" for number in range(1, 60)]
    found = await north.select(Kind.PROGRAM, of(By.ID, *wanted), NOW)
    assert {one.id for one in found.items} == set(wanted)
    assert "GET /documents/{id}" not in library.calls()
    assert library.calls()["GET /documents"] == 3


async def test_a_page_that_fails_leaves_the_list_incomplete(library: Shop, source: Build) -> None:
    north = source(library)
    await north.select(Kind.PROGRAM, of(By.ID, "north:program:5"), NOW)
    await north._server.read(documents(1), NOW)
    library.fault("status", endpoint="GET /documents", status=500, body="")
    found = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    assert len(found.items) == 200
    assert not found.complete
    assert isinstance(found.failure, VendorFailure)
    (feed,) = (feed for feed in north.feeds() if feed.name == "documents")
    with pytest.raises(VendorFailure):
        await north.poll(feed, NOW)


async def test_a_list_without_an_end_is_cut_and_named(library: Shop, source: Build) -> None:
    body = '{"Has_more": true, "Documents": [{"DocumentId": 1, "Reference": "A"}]}'
    north = source(library)
    await north.probe()
    library.fault("status", endpoint="GET /documents", status=200, body=body, content_type="application/json")
    found = await north.select(Kind.PROGRAM, EVERYTHING, AGAIN)
    assert [one.reference for one in found.items] == ["A"]
    assert not found.complete
    assert isinstance(found.failure, Malformed)
    assert "pagination_loop" in str(found.failure)
    (feed,) = (feed for feed in north.feeds() if feed.name == "documents")
    with pytest.raises(Malformed):
        await north.poll(feed, AGAIN)


async def test_pages_that_shift_bring_no_document_twice(library: Shop, source: Build) -> None:
    north = source(library)
    await north.probe()
    first = '{"Has_more": true, "Documents": [{"DocumentId": 1}, {"DocumentId": 2, "Reference": "old"}]}'
    second = '{"Has_more": "0", "Documents": [{"DocumentId": 2, "Reference": "new"}, {"DocumentId": 3}]}'
    for page, body in enumerate((first, second), start=1):
        kind = {"status": 200, "body": body, "content_type": "application/json"}
        library.fault("status", endpoint="GET /documents", count=1, **kind)
        await north._server.read(documents(page), AGAIN)
    found = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    names = [(one.remote_id, one.reference) for one in found.items]
    assert names == [("1", "1"), ("2", "new"), ("3", "3")]
    assert found.complete


async def test_an_empty_page_ends_the_list_whatever_it_announces(library: Shop, source: Build) -> None:
    north = source(library)
    await north.probe()
    library.fault("empty", endpoint="GET /documents")
    pages = await all_pages(north._server, documents, AGAIN, lambda item: item["DocumentId"])
    assert (len(pages.answers), pages.complete, pages.elements) == (1, True, [])
    assert MOST_PAGES * 200 == 100_000


async def test_the_programs_of_one_station_are_asked_for_with_the_filter(
    library: Shop, source: Build
) -> None:
    north = source(library)
    await north.select(Kind.PROGRAM, of(By.ID, "north:program:5"), NOW)
    library.forget_calls()
    found = await north.select(Kind.PROGRAM, of(By.STATION, "north:station:3"), AGAIN)
    assert {one.station_id for one in found.items} == {"north:station:3"}
    queries: list[Any] = [call["query"] for call in library.log()]
    assert "limit=200&page=1&station=3" in queries


async def test_versions_belong_to_their_program(shop: Shop, source: Build) -> None:
    north = source(shop)
    programs = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    ids = [one.id for one in programs.items[:3]]
    shop.forget_calls()
    found = await north.select(Kind.PROGRAM_VERSION, of(By.PROGRAM, *ids), NOW)
    assert {one.program_id for one in found.items} == set(ids)
    assert shop.calls() == {"GET /documents/{document}/versions": 3}
    one = found.items[0]
    single = await north.select(Kind.PROGRAM_VERSION, of(By.ID, one.id), NOW)
    assert [item.label for item in single.items] == [one.label]
    nothing = await north.select(Kind.PROGRAM_VERSION, EVERYTHING, NOW)
    assert not nothing.items, "CWork has no list of all versions"


async def test_a_long_text_is_cut_and_says_so(shop: Shop, source: Build) -> None:
    north = source(shop, content_limit=10)
    programs = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    versions = await north.select(Kind.PROGRAM_VERSION, of(By.PROGRAM, programs.items[0].id), NOW)
    found = await north.content(versions.items[0].id, NOW)
    assert found is not None
    assert (len(found.text), found.truncated) == (10, True)
    assert found.size_bytes == versions.items[0].size_bytes


async def test_the_text_of_a_version_that_does_not_exist_is_null(shop: Shop, source: Build) -> None:
    assert await source(shop).content("north:program-version:987654", NOW) is None


async def test_below_1_14_there_is_no_text_and_no_call_for_it(shop: Shop, source: Build) -> None:
    shop.change(version="1.12")
    north = source(shop)
    await north.probe()
    shop.forget_calls()
    assert await north.content("north:program-version:1", NOW) is None
    assert shop.calls() == {}


async def test_without_the_dnc_licence_there_are_no_programs(shop: Shop, source: Build) -> None:
    shop.change(licences=["monitor"])
    north = source(shop)
    found = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    assert not found.items
    assert "documents" not in {feed.name for feed in north.feeds()}
    assert await north.content("north:program-version:1", NOW) is None


async def test_a_program_keeps_its_vendors_time_of_change(shop: Shop, source: Build) -> None:
    north = source(shop)
    found = await north.select(Kind.PROGRAM, EVERYTHING, NOW)
    assert all(one.updated_at == one.modified_at for one in found.items)
    assert all(one.label for program in found.items for one in program.custom_fields)
