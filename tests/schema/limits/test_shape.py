"""The shape of operations, fragments included."""

import pytest
from graphql import get_operation_ast, parse

from schema.limits.kept import Kept
from schema.limits.shape import Shape, shape_of


def shape(text: str) -> Shape:
    document = parse(text)
    operation = get_operation_ast(document)
    assert operation is not None
    return shape_of(document, operation)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a }", Shape(1, 0, 0, 1)),
        ("{ a { b } c { d { e } } }", Shape(3, 0, 0, 5)),
        ("{ x: a { y: b } }", Shape(2, 2, 0, 2)),
        ("{ ...F ...F } fragment F on Q { x: a { b } }", Shape(2, 2, 0, 4)),
        ("query @a { b @c @d ... @e { f } ...F @g } fragment F on Q { h @i }", Shape(1, 0, 6, 3)),
        ("{ ... on Q { ... on Q { a } } }", Shape(1, 0, 0, 1)),
        ("{ __schema { types { fields { type { name } } } } a { b } }", Shape(2, 0, 0, 3)),
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


def test_what_is_kept_is_bounded() -> None:
    kept: Kept[int] = Kept(2)
    for number in (1, 2, 1, 3):
        kept.get(number, lambda number=number: number * 10)  # type: ignore[misc]
    assert (kept.known(1), kept.known(2), kept.known(3)) == (True, False, True)
    assert kept.get(1, lambda: 0) == 10
