"""The shape of operations, fragments included."""

from collections.abc import Mapping

import pytest
from graphql import get_introspection_query, get_operation_ast, parse

from floorgraph.model.limits import OperationLimits
from schema.build import build_schema
from schema.limits.introspection import list_sizes
from schema.limits.shape import Shape, shape_of

SIZES = {"types": 10, "fields": 5, "ofType": 0.5}


def shape(text: str, sizes: Mapping[str, float] = SIZES) -> Shape:
    document = parse(text)
    operation = get_operation_ast(document)
    assert operation is not None
    return shape_of(document, operation, sizes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a }", Shape(1, 0, 0, 1)),
        ("{ a { b } c { d { e } } }", Shape(3, 0, 0, 5)),
        ("{ x: a { y: b } }", Shape(2, 2, 0, 2)),
        ("{ ...F ...F } fragment F on Q { x: a { b } }", Shape(2, 2, 0, 4)),
        ("query @a { b @c @d ... @e { f } ...F @g } fragment F on Q { h @i }", Shape(1, 0, 6, 3)),
        ("{ ... on Q { ... on Q { a } } }", Shape(1, 0, 0, 1)),
        (
            "{ __schema { types { fields { type { name } } } } a { b } }",
            Shape(2, 0, 0, 7, 1 + 10 * (1 + 5 * (1 + 1 * (1 + 1)))),
        ),
        ("{ __schema { x: types @a { y: name } } }", Shape(1, 2, 1, 3, 1 + 10 * (1 + 1))),
        (
            "{ a: __type { ...T } types { ...T } } fragment T on X { ofType { name } }",
            Shape(3, 1, 0, 6, 1 + 0.5 * (1 + 1)),
        ),
        ("{ ...F } fragment F on Q { x: a ...F }", Shape(1, 1, 0, 1)),
        ("{ ...Missing }", Shape(0, 0, 0, 0)),
    ],
)
def test_shapes(text: str, expected: Shape) -> None:
    assert shape(text) == expected


def test_fragments_that_multiply_are_counted_without_being_multiplied() -> None:
    """A walk along every spread would not end before the sun does."""
    chain = " ".join(f"fragment F{n} on Q {{ ...F{n + 1} ...F{n + 1} }}" for n in range(100))
    found = shape(f"{{ ...F0 }} {chain} fragment F100 on Q {{ x: a }}")
    assert found.aliases == 2**100


def test_fragments_one_below_the_other_are_too_deep_to_walk() -> None:
    chain = " ".join(f"fragment F{n} on Q {{ a {{ ...F{n + 1} }} }}" for n in range(5000))
    with pytest.raises(RecursionError):
        shape(f"{{ ...F0 }} {chain} fragment F5000 on Q {{ a }}")


def test_the_usual_introspection_is_no_more_than_a_part_of_what_may_be_asked() -> None:
    schema = build_schema()._schema
    found = shape(get_introspection_query(input_value_deprecation=True), list_sizes(schema))
    limits = OperationLimits()
    assert found.introspection < limits.introspection.most / 2
    assert (found.aliases, found.directives) == (0, 0)
    assert found.fields < limits.fields.most / 2
