"""Limits on operations as clients meet them: a code for each, and a mode that only measures."""

from typing import Any

import httpx2
import pytest
import structlog
from graphql import get_introspection_query
from pydantic import ValidationError

from floorgraph.model.limits import Mode
from floorgraph.settings import (
    DocumentSettings,
    Introspection,
    LimitSettings,
    Role,
    ServerSettings,
    Settings,
)
from tests.support.client import live, post
from tests.support.identities import key
from tests.support.memory import MemorySource, job, order, station
from tests.support.serving import serving_sources

MANY_SPREADS = "fragment F on Query { a: __typename b: __typename c: __typename d: __typename }"

OVER: dict[str, tuple[str, dict[str, Any] | None, int]] = {
    "depth": ("{ stations { nodes { currentJob { order { name } } } } }", None, 5),
    "aliases": ("{ a: __typename b: __typename c: sources { d: key } }", None, 4),
    "fields": ("{ sources { key title vendor } }", None, 4),
    "directives": ("{ sources @include(if: true) { key @skip(if: false) } }", None, 2),
    "records": ("{ stations(first: 7) { nodes { jobs(first: 3) { nodes { id } } } } }", None, 28),
    "page_size": (
        "{ sources { key } stations(first: 70) { nodes { jobs(last: 80) { totalCount } } } }",
        None,
        80,
    ),
    "introspection": ('{ sources { key } __type(name: "Query") { name kind } }', None, 3),
    "upstream_calls": ('{ node(id: "north:station:1") { id } stations { totalCount } }', None, 2),
}


def limited(**limits: Any) -> Settings:
    return Settings(
        ServerSettings(anonymous_role=Role.ADMIN),
        limits=LimitSettings.model_validate(limits),
        documents=DocumentSettings(),
    )


def north() -> MemorySource:
    return MemorySource("north", [station("1"), job("1", station_id="north:station:1"), order("1")])


def error(answer: httpx2.Response) -> dict[str, Any]:
    (found,) = answer.json()["errors"]
    told: dict[str, Any] = found
    return told


@pytest.mark.parametrize("name", OVER)
async def test_an_operation_over_a_limit_is_refused_with_its_code(name: str) -> None:
    document, variables, found = OVER[name]
    source = north()
    async with serving_sources([source], settings=limited(**{name: found - 1})) as base_url:
        source.calls.clear()
        told = error(await post(base_url, document, variables))
        assert not source.calls
    assert told["extensions"].pop("correlationId")
    assert told["extensions"] == {
        "code": f"LIMIT_{name.upper()}",
        "retryable": False,
        "limit": found - 1,
        "found": found,
    }
    assert str(found - 1) in told["message"]


@pytest.mark.parametrize("name", OVER)
async def test_an_operation_at_a_limit_is_answered(name: str) -> None:
    document, variables, found = OVER[name]
    async with serving_sources([north()], settings=limited(**{name: found})) as base_url:
        answer = await post(base_url, document, variables)
    assert "errors" not in answer.json(), answer.text


@pytest.mark.parametrize("name", OVER)
@pytest.mark.parametrize("mode", ["measure", "off"])
async def test_a_limit_that_is_only_measured_refuses_nothing_and_tells_the_log(name: str, mode: str) -> None:
    document, variables, found = OVER[name]
    settings = limited(**{name: {"most": found - 1, "mode": mode}})
    # Another text each time, since the same document is told of once.
    document = f"# {name} {mode}\n{document}"
    with structlog.testing.capture_logs() as logged:
        async with serving_sources([north()], settings=settings) as base_url:
            answers = [await post(base_url, document, variables) for _ in range(2)]
    assert all("errors" not in answer.json() for answer in answers), answers[0].text
    told = [entry for entry in logged if entry["event"] == "operation over a limit"]
    assert [(entry["limit"], entry["found"]) for entry in told] == [(name, found)] * (mode == "measure")


@pytest.mark.parametrize("most", [49, 10_001])
def test_a_limit_on_pages_leaves_room_for_the_usual_page_and_bounds_memory(most: int) -> None:
    with pytest.raises(ValidationError, match="expected between 50 and 10000 records"):
        limited(page_size={"most": most, "mode": "measure"})


async def test_too_many_tokens_are_refused_while_they_are_read() -> None:
    async with serving_sources([north()], settings=limited(tokens=20)) as base_url:
        told = error(await post(base_url, "{ " + "sources { key } " * 20 + "}"))
        assert (told["extensions"]["code"], told["extensions"]["limit"]) == ("LIMIT_TOKENS", 20)
        assert "errors" not in (await post(base_url, "{ sources { key } }")).json()


async def test_ten_thousand_aliases_through_fragments_are_refused() -> None:
    spreads = " ".join(f"fragment F{n} on Query {{ {f'...F{n + 1} ' * 10} }}" for n in range(4))
    document = f"{{ ...F0 }} {spreads} fragment F4 on Query {{ a: __typename }}"
    async with serving_sources([north()]) as base_url:
        found = [one["extensions"] for one in (await post(base_url, document)).json()["errors"]]
    assert {one["code"]: one["found"] for one in found} == {"LIMIT_ALIASES": 10_000, "LIMIT_FIELDS": 10_000}


@pytest.mark.parametrize("depth", [300, 20_000])
async def test_a_document_nested_without_end_is_refused_without_harm(depth: int) -> None:
    settings = limited(tokens={"most": 10**6, "mode": "off"})
    async with serving_sources([north()], settings=settings) as base_url:
        told = error(await post(base_url, "{a" * depth + "}" * depth))
        assert told["extensions"]["code"] in ("LIMIT_DEPTH", "BAD_REQUEST")
        assert "errors" not in (await post(base_url, "{ sources { key } }")).json()


async def test_a_subscription_over_a_limit_costs_its_siblings_nothing() -> None:
    async with serving_sources([north()], settings=limited(aliases=1)) as base_url, live(base_url) as client:
        await client.subscribe("subscription { a: stationChanged { b: kind } }", key="bad")
        message = await client.receive()
        assert (message["id"], message["type"]) == ("bad", "error")
        assert message["payload"][0]["extensions"]["code"] == "LIMIT_ALIASES"
        await client.subscribe("subscription { stationChanged { kind } }", key="good")
        assert (await client.next())["data"]["stationChanged"]["kind"] == "SNAPSHOT"


DRY = {"X-Floorgraph-Dry-Run": "1"}


async def test_a_price_is_told_without_asking_anybody() -> None:
    first, second = north(), MemorySource("south")
    document = "{ stations(first: 3) { nodes { kpis { oee } jobs(first: 2) { nodes { order { name } } } } } }"
    async with serving_sources([first, second]) as base_url:
        first.calls.clear()
        answer = (await post(base_url, document, None, **DRY)).json()
        assert not first.calls
    assert answer["data"] == {}
    cost = answer["extensions"]["cost"]
    # The list; then for each of three stations its indicators and jobs; then each of six orders.
    assert cost["bySource"] == {"north": 1 + 3 + 3 + 6, "south": 1 + 3 + 3 + 6}
    assert cost["upstreamCalls"] == 26
    assert cost["records"] == 3 + 6
    assert (cost["depth"], cost["aliases"]) == (6, 0)


@pytest.mark.parametrize(
    ("document", "variables", "by_source"),
    [
        ('{ station(id: "south:station:1") { currentJob { id } } }', None, {"south": 3}),
        ('{ node(id: "north:job:1") { ... on Job { order { id } } } }', None, {"north": 2}),
        ('{ nodes(ids: ["north:job:1", "south:job:1"]) { id } }', None, {"north": 1, "south": 1}),
        ('{ nodes(ids: ["north:job:1", "nonsense", "north:job:2"]) { id } }', None, {"north": 2}),
        (
            "query ($r: [_Any!]!) { _entities(representations: $r) { ... on Station { kpis { oee } } } }",
            {"r": [{"__typename": "Station", "id": f"north:station:{n}"} for n in (1, 2)] + [{"id": "x"}]},
            {"north": 2 + 3, "south": 3},
        ),
        ('{ stations(filter: { sources: ["south"] }) { totalCount } }', None, {"south": 1}),
        ('{ jobs(filter: { station: "north:station:1" }) { totalCount } }', None, {"north": 1}),
        (
            "query ($n: Int) { stations(first: $n) { nodes { kpis { oee } } } }",
            {"n": 4},
            {"north": 5, "south": 5},
        ),
        (
            "query ($yes: Boolean!) { stations { totalCount nodes @include(if: $yes) { kpis { oee } } } }",
            {"yes": False},
            {"north": 1, "south": 1},
        ),
        ("{ ...F ...F } fragment F on Query { stations { totalCount } }", None, {"north": 1, "south": 1}),
        ("{ sources { key } __typename }", None, {}),
    ],
)
async def test_a_price_goes_by_sources_variables_and_directives(
    document: str, variables: dict[str, Any] | None, by_source: dict[str, int]
) -> None:
    async with serving_sources([north(), MemorySource("south")]) as base_url:
        answer = (await post(base_url, document, variables, **DRY)).json()
    assert answer["extensions"]["cost"]["bySource"] == by_source


async def test_a_price_is_that_of_the_sources_that_the_caller_sees() -> None:
    settings, text = key(sources=("south",))
    door = Settings(ServerSettings(anonymous_role=Role.NONE), keys=(settings,))
    async with serving_sources([north(), MemorySource("south")], settings=door) as base_url:
        answer = await post(
            base_url, "{ stations { totalCount } }", None, **DRY, authorization=f"ApiKey {text}"
        )
    assert answer.json()["extensions"]["cost"]["bySource"] == {"south": 1}


async def test_what_cannot_run_has_no_price() -> None:
    async with serving_sources([north()], settings=limited(depth=1)) as base_url:
        assert error(await post(base_url, "{ nope }", None, **DRY))["extensions"]["code"] == "BAD_REQUEST"
        assert (
            error(await post(base_url, "{ sources { key } }", None, **DRY))["extensions"]["code"]
            == "LIMIT_DEPTH"
        )


INTROSPECTION = "{ __schema { queryType { name } } }"


@pytest.mark.parametrize(
    ("who", "stranger", "known"),
    [
        (Introspection.ALL, True, True),
        (Introspection.IDENTIFIED, False, True),
        (Introspection.OFF, False, False),
    ],
)
async def test_who_may_ask_what_the_schema_holds(who: Introspection, stranger: bool, known: bool) -> None:
    settings, text = key()
    door = Settings(ServerSettings(introspection=who), keys=(settings,))
    async with serving_sources([north()], settings=door) as base_url:
        for headers, allowed in (({}, stranger), ({"authorization": f"ApiKey {text}"}, known)):
            for document in (INTROSPECTION, '{ __type(name: "Station") { name } }', "{ _service { sdl } }"):
                answer = (await post(base_url, document, None, **headers)).json()
                assert ("errors" not in answer) is allowed, document
                if not allowed:
                    assert {one["extensions"]["code"] for one in answer["errors"]} == {"FORBIDDEN"}
            mistaken = error(
                await post(
                    base_url,
                    "{ station { id } sourcez { key } }".replace("station { id } ", ""),
                    None,
                    **headers,
                )
            )
            assert ("Did you mean" in mistaken["message"]) is allowed
            assert (
                "errors"
                not in (await post(base_url, "{ __typename sources { __typename } }", None, **headers)).json()
            )


async def test_the_usual_introspection_is_answered_and_much_of_it_at_once_is_not() -> None:
    again = " ".join(
        f"a{number}: types {{ fields {{ type {{ fields {{ name }} }} }} }}" for number in range(40)
    )
    async with serving_sources([north()]) as base_url:
        usual = await post(base_url, get_introspection_query())
        assert len(usual.json()["data"]["__schema"]["types"]) > 100
        assert "errors" not in usual.json(), usual.json()["errors"]
        told = error(await post(base_url, f"{{ __schema {{ {again} }} }}"))
    assert told["extensions"]["code"] == "LIMIT_INTROSPECTION"


async def test_suggestions_for_arguments_and_values_are_hidden_too() -> None:
    settings = Settings(ServerSettings(introspection=Introspection.OFF))
    document = "{ stations(frist: 1, filter: { statuz: [IDLE] }) { totalCount } }"
    async with serving_sources([north()], settings=settings) as base_url:
        answer = await post(base_url, document)
        wrong = await post(
            base_url,
            "query ($o: [StationOrder!]) { stations(orderBy: $o) { totalCount } }",
            {"o": [{"field": "NAMF"}]},
        )
    assert answer.json()["errors"]
    assert wrong.json()["errors"]
    assert "Did you mean" not in answer.text + wrong.text


def test_every_limit_is_enforced_unless_the_configuration_says_otherwise() -> None:
    limits = LimitSettings().of_operations()
    assert {getattr(limits, name).mode for name in OVER} == {Mode.ENFORCE}


async def test_what_no_screen_asks_for_is_refused_by_default() -> None:
    document = "{ stations(first: 1000) { nodes { jobs(first: 1000) { nodes { id } } } } }"
    source = north()
    async with serving_sources([source]) as base_url:
        source.calls.clear()
        told = error(await post(base_url, document))
        assert not source.calls
    assert (told["extensions"]["code"], told["extensions"]["limit"]) == ("LIMIT_RECORDS", 500_000)
