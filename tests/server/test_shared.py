"""Answers that are given again: to whom, and for how long. Every doubt makes a new one."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.server import shared
from floorgraph.settings import Role, ServerSettings, Settings
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate import Gate, GatePolicy
from floorgraph.vendors.gate.call import Call, Freshness, Observed
from floorgraph.vendors.gate.witness import Witness
from floorgraph.vendors.questions import Where
from tests.support.deadline import DEADLINE
from tests.support.fakeclock import FakeClock
from tests.support.identities import key
from tests.support.memory import NOON, MemorySource, station, unreachable
from tests.support.serving import serving_sources

NAMES = "{ stations { nodes { id name } } }"
TTL = 5.0


class GatedSource(MemorySource):
    """A source in memory that is asked through a gate, as vendors are; it counts how often it is asked."""

    def __init__(self, key: str, records: Sequence[Record]) -> None:
        super().__init__(key, records)
        self.time = FakeClock()
        # Before all that the server's own clock says: nothing is younger than an operation.
        self.time.seconds = 0.0
        self.gate = Gate(key, GatePolicy(retries=0), clock=self.time)
        self.asked = 0

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        self.asked += 1

        async def fetch() -> Answer[Any]:
            return await super(GatedSource, self).select(kind, where, freshness)

        call = Call(key=f"{kind} {where}", endpoint="lists", ttl=TTL, fetch=fetch)
        observed = await self.gate.read(call, freshness)
        return Answer(items=observed.value.items, observed_at=observed.at, failure=observed.failure)


@pytest.fixture(autouse=True)
def _for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a test means to see end must not end because the machine was slow.
    monkeypatch.setattr(shared, "LONGEST_SECONDS", 1000.0)


@pytest.fixture
def north() -> GatedSource:
    return GatedSource("north", [station("1", "Mill 1"), station("2", "Mill 2")])


@pytest.fixture
async def url(north: GatedSource) -> AsyncIterator[str]:
    async with serving_sources([north]) as base_url:
        yield base_url


async def ask(url: str, document: str = NAMES, variables: Any = None, **headers: str) -> httpx2.Response:
    body = {"query": document, "variables": variables or {}}
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.post(f"{url}/graphql", json=body, headers=headers)


async def settled(url: str, *sources: GatedSource, document: str = NAMES, **headers: str) -> httpx2.Response:
    """The answer once it is kept: the first one is checked, the second one made the short way."""
    await ask(url, document, **headers)
    answer = await ask(url, document, **headers)
    for source in sources:
        source.asked = 0
    return answer


def names(answer: httpx2.Response) -> list[str]:
    return [node["name"] for node in answer.json()["data"]["stations"]["nodes"]]


async def test_the_same_question_on_an_unchanged_snapshot_is_answered_with_the_same_bytes(
    url: str, north: GatedSource
) -> None:
    first = await settled(url, north)
    again = await ask(url)
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert names(again) == ["Mill 1", "Mill 2"]
    assert north.asked == 0


async def test_other_variables_are_another_question(url: str) -> None:
    document = "query ($n: Int) { stations(first: $n) { nodes { name } } }"
    for _ in range(3):
        assert names(await ask(url, document, {"n": 1})) == ["Mill 1"]
        assert names(await ask(url, document, {"n": 2})) == ["Mill 1", "Mill 2"]


async def test_what_a_gate_learns_ends_it(url: str, north: GatedSource) -> None:
    await settled(url, north)
    north.put(station("1", "Lathe"))
    # A poll, or anybody who wants it fresh.
    assert names(await ask(url, "{ stations(maxAge: 0) { nodes { name } } }")) == ["Lathe", "Mill 2"]
    assert names(await ask(url)) == ["Lathe", "Mill 2"]


async def test_it_ends_with_the_time_to_live(url: str, north: GatedSource) -> None:
    await settled(url, north)
    north.put(station("1", "Lathe"))
    north.time.advance(TTL)
    assert names(await ask(url)) == ["Mill 1", "Mill 2"]
    assert north.asked == 0
    north.time.advance(0.1)
    assert names(await ask(url)) == ["Lathe", "Mill 2"]


async def test_a_smaller_max_age_ends_it_sooner(url: str, north: GatedSource) -> None:
    document = "{ stations(maxAge: 2) { nodes { name } } }"
    await settled(url, north, document=document)
    north.put(station("1", "Lathe"))
    north.time.advance(2.1)
    assert names(await ask(url, document)) == ["Lathe", "Mill 2"]


async def test_who_wants_it_fresh_is_never_given_an_earlier_answer(url: str, north: GatedSource) -> None:
    document = "{ stations(maxAge: 0) { nodes { name } } }"
    await settled(url, north, document=document)
    await ask(url, document)
    assert north.asked == 1


async def test_what_a_command_makes_forgotten_ends_it(url: str, north: GatedSource) -> None:
    await settled(url, north)
    north.put(station("1", "Lathe"))
    north.gate.forget("something else that the command touched")
    await ask(url)
    assert north.asked == 1


async def test_answers_with_errors_are_never_given_again(north: GatedSource) -> None:
    south = GatedSource("south", [station("1", "Saw", source="south")])
    async with serving_sources([north, south]) as url:
        south.failure = unreachable("south")
        first = await settled(url, north, south)
        assert first.json()["errors"]
        assert (await ask(url)).json()["errors"]
        assert south.asked == 1
        south.failure = None
        south.time.advance(60)
        assert names(await ask(url)) == ["Mill 1", "Mill 2", "Saw"]


async def test_the_last_known_answer_of_a_failing_vendor_is_never_given_again(
    url: str, north: GatedSource
) -> None:
    await ask(url)
    north.failure = unreachable("north")
    north.time.advance(TTL + 1)
    await settled(url, north)
    await ask(url)
    assert north.asked == 1


async def test_what_a_source_answers_without_its_gate_is_never_given_again() -> None:
    plain = MemorySource("north", [station("1", "Mill 1")])
    async with serving_sources([plain]) as url:
        for _ in range(3):
            await ask(url)
        plain.put(station("1", "Lathe"))
        assert names(await ask(url)) == ["Lathe"]


async def test_what_looks_at_more_than_records_is_never_given_again(url: str, north: GatedSource) -> None:
    document = "{ stations { nodes { name source { key lastAnswerAt } } } }"
    await settled(url, north, document=document)
    await ask(url, document)
    assert north.asked == 1


async def test_a_source_more_ends_it(north: GatedSource, monkeypatch: pytest.MonkeyPatch) -> None:
    floors: list[Any] = []
    made = shared.SharedAnswers.__init__

    def remembered(self: Any, floor: Any) -> None:
        floors.append(floor)
        made(self, floor)

    monkeypatch.setattr(shared.SharedAnswers, "__init__", remembered)
    async with serving_sources([north]) as url:
        await settled(url, north)
        floors[0].add(GatedSource("south", [station("1", "Saw", source="south")]))
        assert names(await ask(url)) == ["Mill 1", "Mill 2", "Saw"]


async def test_it_is_never_given_across_rights_or_sources(north: GatedSource) -> None:
    south: Source = GatedSource("south", [station("1", "Saw", source="south")])
    all_sources, everything = key(Role.VIEWER)
    only_north, northern = key(Role.VIEWER, sources=("north",))
    settings = Settings(ServerSettings(anonymous_role=Role.NONE), keys=(all_sources, only_north))
    async with serving_sources([north, south], settings=settings) as url:
        for _ in range(3):
            seen = await ask(url, authorization=f"ApiKey {everything}")
            assert names(seen) == ["Mill 1", "Mill 2", "Saw"]
            assert names(await ask(url, authorization=f"ApiKey {northern}")) == ["Mill 1", "Mill 2"]
            assert (await ask(url)).status_code == 401
            assert (await ask(url, authorization="ApiKey wrong")).status_code == 401


async def test_who_asks_for_the_trace_gets_the_trace_of_a_run(url: str, north: GatedSource) -> None:
    await settled(url, north)
    traced = await ask(url, **{"X-Floorgraph-Trace": "1"})
    assert traced.json()["extensions"]["upstream"]
    priced = await ask(url, **{"X-Floorgraph-Dry-Run": "1"})
    assert priced.json()["extensions"]["cost"]


def test_the_answers_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST_BYTES", 1000)
    kept = shared.SharedAnswers(Floor([]))
    gate = Gate("north", clock=FakeClock())

    async def never() -> None:
        raise AssertionError

    call = Call(key="k", endpoint="lists", ttl=TTL, fetch=never)
    for number in range(20):
        witness = Witness()
        witness.asked.add("north")
        witness.used(gate, call, Observed(value=None, at=NOON, monotonic=0.0))
        kept.keep((b"%d" % number, None, None), b"x" * 100, witness, None)
    assert 0 < len(kept) < 10
