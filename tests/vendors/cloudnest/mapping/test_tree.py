"""The flat list of the job tree, in order and not."""

import random
from typing import Any

import pytest

from floorgraph.vendors.cloudnest.mapping.tree import Tree, tree
from tests.vendors.cloudnest.mapping.frames import drift, frame

EXAMPLE = [
    (34033, -1, "hc测试", 0, 4489216),
    (34034, 34033, "20230710", 1, 65536),
    (35242, 34033, "20230809", 1, 131072),
    (45452, 34033, "1-1", 0, 196608),
    (45453, 45452, "1-2", 0, 65536),
    (45454, 34033, "2-1", 0, 229376),
    (45455, 45454, "2-2", 0, 65536),
    (45456, 45454, "2-1 001", 1, 131072),
    (45457, 45455, "2-1 002", 1, 65536),
]
"""The rows of the vendor's document."""


def row(number: int, parent: int, title: str, sort: int, position: float = 0) -> dict[str, Any]:
    return {
        "id": number,
        "parent_id": parent,
        "title": title,
        "type": sort,
        "status": 0,
        "position": position,
    }


ROWS = [row(*entry) for entry in EXAMPLE]


def drawn(found: Tree) -> list[str]:
    """The tree as an indented list: folders end in a slash."""
    depths: dict[int | None, int] = {None: -1}
    lines = []
    for node in found.nodes.values():
        depths[node.id] = depths[node.parent] + 1
        lines.append("  " * depths[node.id] + node.title + ("/" if node.folder else ""))
    return lines


def test_the_vendors_example_is_a_tree_of_depth_four() -> None:
    used = frame()
    assert drawn(tree(ROWS, used)) == [
        "hc测试/",
        "  20230710",
        "  20230809",
        "  1-1/",
        "    1-2/",
        "  2-1/",
        "    2-2/",
        "      2-1 002",
        "    2-1 001",
    ]
    assert drift(used) == set()


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_does_not_matter(seed: int) -> None:
    shuffled = random.Random(seed).sample(ROWS, len(ROWS))  # noqa: S311
    assert drawn(tree(shuffled, frame())) == drawn(tree(ROWS, frame()))


def test_siblings_are_ranked_by_position_folders_and_jobs_alike() -> None:
    found = tree(ROWS, frame())
    assert [found.nodes[one].rank for one in (34034, 35242, 45452, 45454)] == [0, 1, 2, 3]
    moved = tree([*ROWS[:5], {**ROWS[5], "position": 98304}, *ROWS[6:]], frame())
    assert [moved.nodes[one].rank for one in (34034, 45454, 35242, 45452)] == [0, 1, 2, 3]


def test_an_orphan_is_put_at_the_top_and_noted() -> None:
    used = frame()
    found = tree([row(5, 1, "lost", 0), row(6, 5, "job in it", 1)], used)
    assert drawn(found) == ["lost/", "  job in it"]
    assert drift(used) == {("job tree", "parent_id", "orphan")}


def test_a_ring_is_opened_at_its_lowest_id_and_loses_nobody() -> None:
    used = frame()
    found = tree([row(9, 8, "b", 0), row(8, 9, "a", 0), row(10, 9, "job", 1), row(11, -1, "other", 1)], used)
    assert drawn(found) == ["a/", "  b/", "    job", "other"]
    assert drift(used) == {("job tree", "parent_id", "cycle")}


def test_its_own_parent_is_a_ring_of_one() -> None:
    used = frame()
    assert drawn(tree([row(3, 3, "self", 0)], used)) == ["self/"]
    assert drift(used) == {("job tree", "parent_id", "cycle")}


def test_what_lies_below_a_job_is_put_at_the_top() -> None:
    used = frame()
    assert drawn(tree([row(1, -1, "job", 1), row(2, 1, "below", 1)], used)) == ["job", "below"]
    assert drift(used) == {("job tree", "parent_id", "below a job")}


def test_an_unknown_type_is_a_folder_only_if_something_lies_in_it() -> None:
    found = tree([row(1, -1, "seven", 7), row(2, 1, "job", 1), row(3, -1, "lone", 7)], frame())
    assert drawn(found) == ["seven/", "  job", "lone"]
    assert found.leaves() == [2], "only type 1 can own parts"


def test_a_row_that_cannot_be_read_is_quarantined_and_the_rest_goes_on() -> None:
    used = frame()
    found = tree([*ROWS, {**row(1, -1, "x", 1), "type": "?"}], used)
    assert len(found.nodes) == len(ROWS)
    assert not found.complete, "the row is there, although nobody can read it"
    assert [one.remote_id for one in used.diagnostics.quarantined()] == ["1"]
    assert not tree([*ROWS, "nonsense"], used).complete


def test_a_deep_chain_needs_no_deep_stack() -> None:
    rows = [row(number, number - 1 if number else -1, str(number), 0) for number in range(5000)]
    assert len(tree(rows, frame()).nodes) == 5000
