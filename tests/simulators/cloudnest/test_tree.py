"""The job tree: the vendor's own example, and trees that are none."""

from typing import Any

import orjson

from floorgraph.simulators.cloudnest.examples import document_text
from tests.simulators.cloudnest.client import INVENTED, TREE, cloudnest

Row = dict[str, Any]


def chain(nodes: list[Row], number: int) -> list[int]:
    """A node's ancestors; stops when one comes twice."""
    by_id, found = {node["id"]: node for node in nodes}, []
    while number in by_id and number not in found:
        found.append(number)
        number = by_id[number]["parent_id"]
    return [*found, number]


async def test_the_documents_example_comes_verbatim() -> None:
    async with cloudnest(examples=True) as client:
        answer = await client.send(TREE)
        assert answer.content == document_text()
        rows = answer.json()["data"]
        assert [row["id"] for row in rows] == [
            34033, 34034, 35242, 45452, 45453, 45454, 45455, 45456, 45457,
        ]  # fmt: skip
        assert rows[0]["title"] == "hc测试"
        assert chain(rows, 45457) == [45457, 45455, 45454, 34033, -1]
        jobs = [row["id"] for row in rows if row["type"] == 1]
        assert {part["job_id"] for task in await client.tasks(jobs) for part in task["parts"]} <= set(jobs)


async def test_the_example_is_the_simulators_own_tree_too() -> None:
    async with cloudnest(examples=True) as client:
        await client.step(86_400)
        assert (await client.send(TREE)).content == document_text()
        await client.read(f"{INVENTED}/job/add", {"title": "One more", "parent_id": 45453})
        added = (await client.read(TREE))[-1]
        assert (added["title"], added["parent_id"]) == ("One more", 45453)
        assert len(await client.read(TREE)) == len(orjson.loads(document_text())["data"]) + 1


async def test_a_tree_is_flat_sorted_by_id_and_leaves_are_jobs() -> None:
    async with cloudnest(jobs=40) as client:
        nodes = await client.read(TREE)
    ids = [node["id"] for node in nodes]
    assert ids == sorted(set(ids))
    jobs = {node["id"] for node in nodes if node["type"] == 1}
    assert len(jobs) == 40
    assert not jobs & {node["parent_id"] for node in nodes}
    assert all(chain(nodes, number)[-1] == -1 for number in ids)
    assert {node["status"] for node in nodes} == {0}
    for node in nodes:
        siblings = [one["position"] for one in nodes if one["parent_id"] == node["parent_id"]]
        assert len(set(siblings)) == len(siblings)


async def test_single_nodes_can_be_asked_for() -> None:
    async with cloudnest() as client:
        nodes = await client.read(TREE)
        wanted = [nodes[3], nodes[7]]
        assert await client.read(TREE, {"job_id": [one["id"] for one in reversed(wanted)]}) == wanted


async def test_a_cycle_is_reached_from_no_root() -> None:
    async with cloudnest(tree_oddities=["cycle"]) as client:
        nodes = await client.read(TREE)
    job = next(node for node in nodes if node["title"] == "Job in a loop")
    ancestors = chain(nodes, job["id"])
    assert ancestors[-1] in ancestors[1:-1]


async def test_a_folder_may_be_its_own_parent() -> None:
    async with cloudnest(tree_oddities=["self-parent"]) as client:
        nodes = await client.read(TREE)
    assert [node["title"] for node in nodes if node["id"] == node["parent_id"]] == ["Own parent"]


async def test_orphans_name_a_parent_that_is_not_there() -> None:
    async with cloudnest(tree_oddities=["orphan"]) as client:
        nodes = await client.read(TREE)
    known = {node["id"] for node in nodes} | {-1}
    assert [node["title"] for node in nodes if node["parent_id"] not in known] == ["Lost folder", "Lost job"]


async def test_a_parent_may_come_after_its_child() -> None:
    async with cloudnest(tree_oddities=["late-parent"]) as client:
        nodes = await client.read(TREE)
    assert [node["title"] for node in nodes if node["parent_id"] > node["id"]] == ["Job before its folder"]


async def test_folders_may_be_empty_titles_repeated_and_types_unknown() -> None:
    async with cloudnest(tree_oddities=["empty-folder", "same-titles", "unknown-type"]) as client:
        nodes = await client.read(TREE)
    parents = {node["parent_id"] for node in nodes}
    empty = next(node for node in nodes if node["title"] == "Empty")
    assert empty["type"] == 0
    assert empty["id"] not in parents
    same = [node for node in nodes if node["title"] == "Sample"]
    assert len(same) == 2
    assert len({node["parent_id"] for node in same}) == 1
    assert {node["type"] for node in nodes} == {0, 1, 7}


async def test_the_number_of_jobs_is_what_was_asked_for() -> None:
    async with cloudnest(jobs=700, folders=20, history_hours=0.5) as client:
        assert len(await client.jobs()) == 700
