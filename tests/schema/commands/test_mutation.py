"""The mutations: made of what vendors list, and of nothing else."""

import dataclasses
from typing import Any, get_args, get_type_hints

import graphql
import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from floorgraph.model.command import Command
from floorgraph.vendors.floor import offered_commands
from schema.commands.inputs import command_of, input_type
from schema.commands.mutation import mutation_type
from schema.federation import REPRESENTATION
from schema.roots import Query
from tests.commands.toy import Burn, Coat, Colour, Paint

ALL = sorted({kind for kinds in offered_commands().values() for kind in kinds}, key=lambda kind: kind.word())


def built(*kinds: type[Command]) -> graphql.GraphQLSchema:
    schema = strawberry.Schema(
        query=Query, mutation=mutation_type(kinds), config=StrawberryConfig(scalar_map=REPRESENTATION)
    )
    return graphql.build_schema(schema.as_str())


def test_without_commands_there_are_no_mutations() -> None:
    assert mutation_type(()) is None


def test_a_vendors_own_command_appears_by_itself() -> None:
    schema = built(Paint, Burn, Paint)
    assert schema.mutation_type is not None
    assert set(schema.mutation_type.fields) == {"paint", "burn"}
    given: Any = schema.type_map["PaintInput"]
    assert {name: str(one.type) for name, one in given.fields.items()} == {
        "stationIds": "[ID!]!",
        "coats": "[CoatInput!]!",
        "remark": "String",
        "password": "String",
        "commandId": "ID",
    }
    coat: Any = schema.type_map["CoatInput"]
    assert {name: str(one.type) for name, one in coat.fields.items()} == {
        "batchId": "ID",
        "colour": "Colour!",
        "layers": "Int!",
    }
    assert coat.fields["layers"].description == "How many layers."
    payload: Any = schema.type_map["PaintPayload"]
    assert set(payload.fields) == {"outcome", "commandId", "operation", "userErrors", "station"}
    assert "destructive_commands" in schema.mutation_type.fields["burn"].description


def test_two_different_commands_of_one_name() -> None:
    other = dataclasses.make_dataclass("Paint", (), bases=(Command,), frozen=True, kw_only=True)
    with pytest.raises(TypeError, match="paint"):
        mutation_type((Paint, other))


def test_an_input_becomes_the_command() -> None:
    coat = input_type(Coat)(layers=3, colour=Colour.BLUE, batch_id=strawberry.ID("north:batch:1"))
    given = input_type(Paint)(station_ids=[strawberry.ID("north:station:1")], coats=[coat])
    assert command_of(Paint, given) == Paint(
        station_ids=("north:station:1",),
        coats=(Coat(layers=3, colour=Colour.BLUE, batch_id="north:batch:1"),),
    )


@pytest.mark.parametrize("kind", ALL, ids=[kind.word() for kind in ALL])
def test_every_command_keeps_to_the_contract(kind: type[Command]) -> None:
    assert kind.__doc__
    names = {field.name for field in dataclasses.fields(kind)}
    ids = {name for name in names if name.endswith(("_id", "_ids"))} - {"command_id"}
    assert set(kind.kinds) <= names
    assert kind.kinds or "source" in names, "nothing says which source it is for"
    for name in ids:
        assert name in kind.kinds, f"{name} does not say what it leads to"
    for name, hint in get_type_hints(kind).items():
        if name in names:
            assert list not in (hint, *get_args(hint)), f"{name} can be changed"
