"""This graph as a subgraph of Apollo Federation, over HTTP."""

from typing import Any

import graphql
import pytest

from floorgraph.model.limits import Mode
from floorgraph.settings import LimitSettings, Settings
from resolvers.entity import KINDS
from schema.build import schema_text
from schema.federation import KEYS
from tests.support.client import data, query
from tests.support.memory import MemorySource, job, order, station, unreachable
from tests.support.serving import serving_sources

ENTITIES = """
query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Station { id name currentJob { name } }
    ... on Job { id name order { name } }
    ... on Order { id name }
    ... on Source { key title }
  }
}
"""


UNLIMITED = Settings(limits=LimitSettings(mode=Mode.OFF))
"""A source that does not say what it costs is taken to need a call per record."""


def stations(count: int, source: str = "north") -> list[dict[str, str]]:
    return [{"__typename": "Station", "id": f"{source}:station:{number}"} for number in range(count)]


def north(count: int = 3) -> MemorySource:
    source = MemorySource(
        "north",
        [
            *(station(str(number), f"Mill {number}") for number in range(count)),
            *(job(str(number), order_id="north:order:7") for number in range(count)),
            order("7", name="O-7"),
        ],
    )
    source.working = {f"north:station:{number}": f"north:job:{number}" for number in range(count)}
    return source


async def entities(base_url: str, representations: list[Any]) -> dict[str, Any]:
    return await query(base_url, ENTITIES, {"representations": representations})


async def test_entities_come_in_the_order_of_their_representations_whatever_their_types() -> None:
    asked = [
        {"__typename": "Job", "id": "north:job:1", "name": "what the gateway believes"},
        {"__typename": "Station", "id": "north:station:2"},
        {"__typename": "Source", "key": "north"},
        {"__typename": "Station", "id": "north:station:99"},
        {"__typename": "Order", "id": "north:order:7"},
    ]
    async with serving_sources([north()]) as base_url:
        answer = await entities(base_url, asked)
    assert answer == {
        "data": {
            "_entities": [
                {"__typename": "Job", "id": "north:job:1", "name": "Job 1", "order": {"name": "O-7"}},
                {
                    "__typename": "Station",
                    "id": "north:station:2",
                    "name": "Mill 2",
                    "currentJob": {"name": "Job 2"},
                },
                {"__typename": "Source", "key": "north", "title": "north"},
                None,
                {"__typename": "Order", "id": "north:order:7", "name": "O-7"},
            ]
        }
    }


@pytest.mark.parametrize("count", [1, 7, 300])
async def test_many_representations_cost_what_one_list_costs(count: int) -> None:
    listed, referred = north(count), north(count)
    listing = "{ stations(first: 1000) { nodes { id name currentJob { name } } } }"
    async with serving_sources([listed], settings=UNLIMITED) as base_url:
        nodes = (await data(base_url, listing))["stations"]["nodes"]
    async with serving_sources([referred], settings=UNLIMITED) as base_url:
        found = (await entities(base_url, stations(count)))["data"]["_entities"]
    assert sorted(one["id"] for one in found) == sorted(node["id"] for node in nodes)
    assert len(found) == count
    assert dict(referred.calls) == dict(listed.calls)


@pytest.mark.parametrize(
    ("representation", "code"),
    [
        ({"__typename": "Station", "id": "north:job:1"}, "BAD_ID"),
        ({"__typename": "Station", "id": "nonsense"}, "BAD_ID"),
        ({"__typename": "Station"}, "BAD_ARGUMENT"),
        ({"__typename": "Station", "id": 7}, "BAD_ARGUMENT"),
        ({"__typename": "Query", "id": "x"}, "BAD_ARGUMENT"),
        ({"__typename": ["Station"], "id": "x"}, "BAD_ARGUMENT"),
        ({"id": "north:station:1"}, "BAD_ARGUMENT"),
        ({"__typename": "Source", "id": "north"}, "BAD_ARGUMENT"),
    ],
)
async def test_a_representation_that_cannot_be_meant_fails_alone(
    representation: dict[str, Any], code: str
) -> None:
    async with serving_sources([north()]) as base_url:
        answer = await entities(base_url, [representation, *stations(1)])
    assert [one and one["name"] for one in answer["data"]["_entities"]] == [None, "Mill 0"]
    (error,) = answer["errors"]
    assert error["path"] == ["_entities", 0]
    assert error["extensions"]["code"] == code


@pytest.mark.parametrize("representation", ["x", 1, None, [], True])
async def test_what_is_no_object_is_refused_before_anything_is_asked(representation: object) -> None:
    source = north()
    async with serving_sources([source]) as base_url:
        answer = await entities(base_url, [representation])
    assert not answer.get("data")
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert not source.calls


async def test_a_source_that_is_down_costs_only_its_own_entities() -> None:
    south = MemorySource("south")
    south.failure = unreachable("south")
    async with serving_sources([north(), south]) as base_url:
        answer = await entities(base_url, stations(1) + stations(1, "south"))
    assert [one and one["name"] for one in answer["data"]["_entities"]] == ["Mill 0", None]
    assert answer["errors"][0]["extensions"]["code"] == "UNREACHABLE"


async def test_representations_are_bounded() -> None:
    source = north()
    async with serving_sources([source], settings=UNLIMITED) as base_url:
        answer = await entities(base_url, stations(1001))
    assert answer["errors"][0]["extensions"]["code"] == "BAD_ARGUMENT"
    assert not source.calls


async def test_the_text_for_composition_has_keys_and_nothing_for_gateways() -> None:
    async with serving_sources([north()]) as base_url:
        text = (await data(base_url, "{ _service { sdl } }"))["_service"]["sdl"]
    document = graphql.parse(text)
    keyed = {
        node.name.value: graphql.print_ast(directive)
        for node in document.definitions
        if isinstance(node, graphql.ObjectTypeDefinitionNode)
        for directive in node.directives or ()
        if directive.name.value == "key"
    }
    assert keyed == {name: f'@key(fields: "{field}")' for name, field in KEYS.items()}
    assert '@link(url: "https://specs.apollo.dev/federation/v2' in text
    assert "_entities" not in text
    assert "_Any" not in text


def test_every_record_type_is_an_entity() -> None:
    schema = graphql.build_schema(schema_text())
    record, union = schema.type_map["Record"], schema.type_map["_Entity"]
    assert isinstance(record, graphql.GraphQLInterfaceType)
    assert isinstance(union, graphql.GraphQLUnionType)
    records = {found.name for found in schema.get_possible_types(record)}
    assert records == set(KINDS)
    assert {found.name for found in union.types} == records | {"Source"}
