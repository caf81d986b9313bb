"""What a run does beside answering: how it loads, when it begins, what it keeps, and how it ends."""

import asyncio
import gc
from collections.abc import Callable, Mapping
from typing import NoReturn
from warnings import catch_warnings

import orjson
import pytest
from graphql import parse

from floorgraph.execution import run
from floorgraph.execution.compiled import MOST_VARIABLES, Compiler, Documents
from floorgraph.execution.coverage import NotCovered
from floorgraph.execution.extension import FastPath, event_path
from floorgraph.execution.plan import shown as shown_plan
from floorgraph.execution.writing import written
from floorgraph.model.station import StationStatus
from floorgraph.vendors.contract import Ahead
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.pricing import Read
from schema.build import build_schema
from subscriptions.change import Change, ChangeCause, ChangeKind
from tests.execution.differing import PLAIN, QUICK, answer, caller_over
from tests.support.deadline import DEADLINE
from tests.support.memory import NOON, MemorySource, job, live, station, unreachable

DEEP = "{ stations { nodes { id jobs { nodes { id station { id jobs { nodes { id } } } } } } } }"
ONE = '{ station(id: "north:station:1") { name state { status } jobs { totalCount } } }'


def source() -> MemorySource:
    stations = [station(str(number)) for number in range(3)]
    jobs = [job(f"{number}", station_id=f"north:station:{number % 3}") for number in range(9)]
    made = MemorySource("north", [*stations, *jobs])
    made.statuses = {one.id: live(one, StationStatus.RUNNING) for one in stations}
    return made


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not holds():  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0)


async def test_each_relation_costs_one_question_per_level() -> None:
    north = source()
    found = await answer(QUICK, [north], DEEP, {}, frozenset())
    assert not found.errors
    # The stations of the jobs are known from no list: one question for them all.
    assert north.calls == {"select station": 2, "select job": 1}


async def test_what_a_record_leads_to_begins_before_the_record_is_there() -> None:
    north = source()
    north.held = asyncio.Event()
    running = asyncio.create_task(answer(QUICK, [north], ONE, {}, frozenset()))
    await until(lambda: north.calls.total() >= 3)
    assert north.calls == {"select station": 1, "live": 1, "select job": 1}
    north.held.set()
    found = await running
    assert found.data == {
        "station": {"name": "Mill", "state": {"status": "RUNNING"}, "jobs": {"totalCount": 3}}
    }
    assert north.calls.total() == 3


class Foreseeing(MemorySource):
    """A source whose live statuses are one call for all stations."""

    def ask_ahead(self, read: Read, freshness: Freshness) -> Ahead | None:
        return self._call("ahead", freshness) if read is Read.LIVE else None


WHOLE = "{ stations { edges { node { state { status } } } nodes { name liveness: state { name } } } }"
SOME = '{ stations(filter: { text: "nothing" }) { nodes { state { status } } } }'
NONE = "{ stations(first: 0) { nodes { state { status } } } }"


async def test_what_a_whole_list_leads_to_begins_before_the_list_is_there() -> None:
    north = Foreseeing("north", source().records)
    north.held = asyncio.Event()
    running = asyncio.create_task(answer(QUICK, [north], WHOLE, {}, frozenset()))
    await until(lambda: north.calls.total() >= 2)
    assert north.calls == {"select station": 1, "ahead": 1}
    north.held.set()
    assert not (await running).errors
    assert north.calls == {"select station": 1, "ahead": 1, "live": 1}


@pytest.mark.parametrize("document", [SOME, NONE])
async def test_nothing_is_asked_ahead_where_the_list_may_lead_to_nothing(document: str) -> None:
    north = Foreseeing("north", source().records)
    assert not (await answer(QUICK, [north], document, {}, frozenset())).errors
    assert north.calls == {"select station": 1}


async def test_what_is_given_up_before_it_began_troubles_nobody() -> None:
    north = Foreseeing("north")
    ahead = north.ask_ahead(Read.LIVE, Freshness())
    assert ahead is not None
    with catch_warnings(record=True, action="always") as warned:
        async with run._head_start([ahead]):
            pass  # What it was to be ahead of is there already.
        del ahead
        gc.collect()
    assert not north.calls
    assert [str(one.message) for one in warned] == []


async def test_what_fails_ahead_is_told_where_it_is_read() -> None:
    class Failing(Foreseeing):
        async def live(self, *_: object) -> NoReturn:
            raise unreachable()

        def ask_ahead(self, *_: object) -> Ahead:
            return self.live()

    found = await answer(QUICK, [Failing("north", source().records)], WHOLE, {}, frozenset())
    assert {error["extensions"]["code"] for error in found.errors} == {"UNREACHABLE"}
    assert found.data["stations"]["nodes"][0] == {"name": "Mill", "liveness": None}


async def test_a_run_that_is_cancelled_leaves_nothing_behind() -> None:
    north = source()
    north.held = asyncio.Event()
    running = asyncio.create_task(answer(QUICK, [north], ONE, {}, frozenset()))
    await until(lambda: bool(north.calls))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    north.held.set()


async def test_an_error_that_takes_the_answer_does_not_wait_for_the_rest() -> None:
    north = source()
    north.held = asyncio.Event()
    found = await answer(
        QUICK, [north], "{ jobs { totalCount } stations(first: -1) { totalCount } }", {}, frozenset()
    )
    assert found.data is None
    assert [error["path"] for error in found.errors] == [["stations"]]
    north.held.set()


async def test_each_selection_is_compiled_once() -> None:
    compiler = Compiler(QUICK)
    document = parse(
        "query ($on: Boolean!, $first: Int) { stations(first: $first) { nodes { id name @skip(if: $on) } } }"
    )
    first, _ = compiler.compiled(document, None, {"on": True, "first": 1})
    second, _ = compiler.compiled(document, None, {"on": True, "first": 2})
    third, _ = compiler.compiled(document, None, {"on": False})
    assert first is second
    assert third is not first
    assert "'name'" in third.code.source
    assert "'name'" not in first.code.source


def test_a_plan_can_be_shown() -> None:
    compiled, _ = Compiler(QUICK).compiled(parse(ONE), None, None)
    text = shown_plan(compiled.root)
    assert "station: Station by lookup" in text
    assert "state: StationState by followed" in text
    assert "name: String! by .name" in text
    assert compiled.code.source.count("def level_") == 4


def test_what_is_not_covered_says_why() -> None:
    compiler = Compiler(QUICK)
    for text, reason in (
        ("{ __schema { queryType { name } } }", "introspection"),
        ("{ _service { sdl } }", "resolvers that look at the operation"),
        ("query ($x: Int!) { stations(first: $x) { totalCount } }", "variables that cannot be meant"),
    ):
        with pytest.raises(NotCovered, match=reason):
            compiler.compiled(parse(text), None, None)


def test_what_was_not_covered_once_keeps_nothing_of_whoever_asked() -> None:
    """An exception that is raised again keeps the frames of all who met it, with what they know."""
    compiler = Compiler(QUICK)
    document = parse("{ __schema { queryType { name } } }")
    lengths = set()
    for _ in range(5):
        with pytest.raises(NotCovered) as met:
            compiler.compiled(document, None, None)
        lengths.add(len(met.traceback))
    assert len(lengths) == 1


def test_variables_are_kept_bound_unless_there_are_many() -> None:
    compiler = Compiler(QUICK)
    document = parse("query ($id: ID!) { station(id: $id) { name } }")
    few = {"id": "north:station:1"}
    many = few | {f"unused{number}": number for number in range(MOST_VARIABLES)}

    def bound(given: Mapping[str, object]) -> object:
        return compiler.compiled(document, None, dict(given))[1]

    assert bound(few) is bound(few)
    assert bound(many) is not bound(many)
    long = few | {"x" * 1000: 1}
    assert bound(long) is not bound(long)


def test_a_document_is_valid_only_under_the_rules_it_passed() -> None:
    documents = Documents()
    document = parse(ONE)
    documents.remember(ONE, document, ("rule",))
    assert documents.is_valid(ONE, document, ("rule",))
    assert not documents.is_valid(ONE, document, ("rule", "another"))
    assert not documents.is_valid(ONE, parse(ONE), ("rule",))
    documents.remember(text := "#" * 200_000, document, ())
    assert not documents.is_valid(text, document, ())


async def test_documents_are_parsed_and_validated_once() -> None:
    fast = FastPath()
    schema = build_schema(fast)
    for _ in range(2):
        assert not (await answer(schema, [source()], ONE, {}, frozenset())).errors
        refused = await answer(schema, [source()], "{ nope }", {}, frozenset())
        assert refused.errors[0]["extensions"]["code"] == "BAD_REQUEST"
    assert len(fast.documents.parsed) == 1
    assert fast.tally.fast == 2


async def test_events_of_subscriptions_can_be_run() -> None:
    north = source()
    caller = caller_over([north], frozenset())
    text = "subscription { stationChanged { kind id station { name jobs { totalCount } } previous { id } } }"
    change = Change(
        kind=ChangeKind.UPDATED, id="north:station:1", record=north.records[1], at=NOON, cursor="c",
        cause=ChangeCause.POLL,
    )  # fmt: skip
    assert event_path(PLAIN, parse(text), None, None) is None
    path = event_path(QUICK, parse(text), None, None)
    assert path is not None
    result = await path.execute_event(change, caller.scope())
    assert result.errors is None
    assert orjson.loads(written(result.data)) == {
        "stationChanged": {
            "kind": "UPDATED",
            "id": "north:station:1",
            "station": {"name": "Mill", "jobs": {"totalCount": 3}},
            "previous": None,
        }
    }
