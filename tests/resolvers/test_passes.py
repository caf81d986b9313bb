"""What tells operations apart that were looked at before."""

from typing import Any

import pytest
from graphql import parse

from resolvers.kept import HEAVIEST, LONGEST_KEY
from resolvers.passes import MOST_PASSES, MOST_VALUES, PASS_SECONDS, Passes, TooMany, pass_key


def test_ids_of_one_kind_and_source_make_no_difference() -> None:
    def key(one: str) -> Any:
        return pass_key("{ a }", None, {"id": one}, None)

    assert key("north:station:1") == key("north:station:2")
    assert len({key(one) for one in ("north:station:1", "north:job:1", "south:station:1", "1", "a:b")}) == 5


def test_values_of_different_types_make_a_difference() -> None:
    assert len({pass_key("{ a }", None, {"x": one}, None) for one in (1, 1.0, True, "1", None)}) == 5


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("{ a } #" + "x" * LONGEST_KEY, None),
        ("{ a }", {"x": "x" * (LONGEST_KEY + 1)}),
        ("{ a }", {"x" * (LONGEST_KEY + 1): 1}),
        ("{ a }", {"x": [{"y": "x" * (LONGEST_KEY // 2)}, "x" * (LONGEST_KEY // 2)]}),
        ("{ a }", {"x": [1] * (MOST_VALUES + 1)}),
    ],
)
def test_what_is_long_is_not_compared(text: str, variables: dict[str, Any] | None) -> None:
    with pytest.raises(TooMany):
        pass_key(text, None, variables, None)


def test_passes_end_and_are_bounded_in_number_and_weight() -> None:
    passes = Passes()
    small, large = parse("{ a }"), parse("{" + " a" * 20_000 + "}")
    for number in range(MOST_PASSES + 5):
        passes.grant(number, small, now=0.0)
    assert len(passes) == MOST_PASSES
    assert passes.document(MOST_PASSES, now=PASS_SECONDS - 1) is small
    assert passes.document(MOST_PASSES, now=PASS_SECONDS) is None
    for number in range(10):
        passes.grant(("large", number), large, now=0.0)
    assert 10_000_000 * len(passes) <= HEAVIEST
    assert passes.document(("large", 9), now=0.0) is large
