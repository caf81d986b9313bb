"""Plans go with the last who has them, without a look for cycles."""

import gc
from collections.abc import Iterator
from weakref import ref

import pytest
from graphql import parse

from floorgraph.execution.compiled import Compiled, Compiler
from floorgraph.execution.completion import Completion
from tests.execution.differing import QUICK

TEXT = """query ($no: Boolean!) { stations @skip(if: $no) {
  nodes { id state { status since } jobs { nodes { name part: pieces { nodes { id } } } } } } }"""


@pytest.fixture
def unlooked() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def compiled(*, for_json: bool) -> Compiled:
    found, _ = Compiler(QUICK).compiled(parse(TEXT), None, {"no": False}, for_json=for_json)
    return found


@pytest.mark.usefixtures("unlooked")
@pytest.mark.parametrize("for_json", [False, True])
def test_the_functions_of_a_plan_go_with_it(for_json: bool) -> None:
    plan = compiled(for_json=for_json)
    functions = [ref(one) for one in plan.code.levels.values()]
    assert len(functions) > 5
    assert all(one() is not None for one in functions)
    del plan
    assert [one() for one in functions] == [None] * len(functions)


@pytest.mark.usefixtures("unlooked")
def test_what_runs_keeps_the_functions_of_a_plan_that_was_given_up() -> None:
    plan = compiled(for_json=True)
    completion = Completion(plan.schema, plan.code)
    root = plan.root
    functions = [ref(one) for one in plan.code.levels.values()]
    del plan
    assert all(one() is not None for one in functions)
    assert completion.begun(root, None) == {"stations": None}
    (field,) = completion.waiting
    (page,) = field.selections.values()
    assert list(completion._levels[page.number]([], completion)) == []
