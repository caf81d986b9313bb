"""Everything in the schema says what it is."""

import graphql
import pytest

from schema.build import schema_text

SCHEMA = graphql.build_schema(schema_text())
OWN = {
    name: found
    for name, found in SCHEMA.type_map.items()
    if not name.startswith("__") and not graphql.is_specified_scalar_type(found)
}


def undescribed(name: str) -> list[str]:
    found = OWN[name]
    missing = [] if found.description else [name]
    if isinstance(found, graphql.GraphQLEnumType):
        missing += [f"{name}.{value}" for value, of in found.values.items() if not of.description]
    if isinstance(found, graphql.GraphQLInputObjectType):
        missing += [f"{name}.{field}" for field, of in found.fields.items() if not of.description]
    if isinstance(found, graphql.GraphQLObjectType | graphql.GraphQLInterfaceType):
        for field, of in found.fields.items():
            missing += [] if of.description else [f"{name}.{field}"]
            missing += [
                f"{name}.{field}({key}:)" for key, argument in of.args.items() if not argument.description
            ]
    return missing


@pytest.mark.parametrize("name", sorted(OWN))
def test_every_name_has_a_description(name: str) -> None:
    assert undescribed(name) == []


def test_the_check_finds_what_is_missing() -> None:
    bare = graphql.build_schema("type Query { a(b: Int): Int } enum E { X } input I { y: Int }")
    for name in ("Query", "E", "I"):
        OWN[name + "!"] = bare.type_map[name]
    try:
        assert undescribed("Query!") == ["Query!", "Query!.a", "Query!.a(b:)"]
        assert undescribed("E!") == ["E!", "E!.X"]
        assert undescribed("I!") == ["I!", "I!.y"]
    finally:
        for name in ("Query", "E", "I"):
            del OWN[name + "!"]
