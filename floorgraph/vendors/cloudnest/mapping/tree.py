"""The tree of jobs (section 6): a flat list by id becomes folders and jobs in their order.

A parent may come after its child. What has no parent in the list, or is its
own ancestor, is put at the top and counted as drift, so that nothing is lost.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.coerce import BadRecord, Fields, Shape
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.turns import Steps, at_once

NODE = Shape(
    "job tree",
    expected=("id", "parent_id", "title", "type", "status", "position"),
    identity="id",
)
FOLDER, LEAF = 0, 1
TOP = -1


@dataclass(frozen=True, slots=True)
class Node:
    """A row of the list. `parent` is None at the top; `rank` is the place among siblings, from 0."""

    id: int
    parent: int | None
    title: str
    type: int
    status: str | None
    position: float
    raw: Any
    rank: int = 0
    folder: bool = False


@dataclass(frozen=True, eq=False)
class Tree:
    """The nodes in the order of the tree: each after its parent, siblings by position.

    `complete` is False when a row could not be read, so that absence says nothing.
    """

    nodes: Mapping[int, Node] = field(default_factory=dict)
    complete: bool = True

    @cached_property
    def jobs(self) -> list[Node]:
        """The leaves."""
        return [node for node in self.nodes.values() if not node.folder]

    @cached_property
    def folders(self) -> list[Node]:
        """The folders."""
        return [node for node in self.nodes.values() if node.folder]

    def leaves(self) -> list[int]:
        """Ids of the nodes that can own parts and layouts, ascending."""
        return list(self._leaves)

    @cached_property
    def _leaves(self) -> list[int]:
        return sorted(node.id for node in self.nodes.values() if node.type == LEAF)


def tree(payloads: Iterable[Any], frame: Frame) -> Tree:
    """The tree of a flat list. Rows that cannot be read are quarantined."""
    return at_once(growing(payloads, frame))


def growing(payloads: Iterable[Any], frame: Frame) -> Steps[Tree]:
    """As `tree`, in steps."""
    diagnostics = frame.diagnostics
    diagnostics.begin(NODE.name)
    rows: dict[int, Node] = {}
    complete = True
    for payload in payloads:
        try:
            row = _node(frame.fields(payload, NODE))
        except BadRecord as bad:
            diagnostics.quarantine(NODE.name, bad.remote_id, bad.complaint)
            complete = False
            continue
        if row.id in rows:
            diagnostics.drift(NODE.name, "id", "duplicate")
        rows[row.id] = row
        yield 1
    parents = {key: _parent(row, rows, diagnostics) for key, row in rows.items()}
    _break_cycles(parents, diagnostics)
    return Tree(_in_order(rows, parents), complete)


def _node(fields: Fields) -> Node:
    number = fields.integer("id", required=True)
    parent = fields.integer("parent_id")
    return Node(
        id=number,
        parent=None if parent is None or parent < 0 else parent,
        title=fields.text("title") or str(number),
        type=fields.integer("type", required=True),
        status=fields.text("status"),
        position=fields.number("position") or 0.0,
        raw=fields.payload,
    )


def _parent(row: Node, rows: Mapping[int, Node], diagnostics: Diagnostics) -> int | None:
    if row.parent is None:
        return None
    above = rows.get(row.parent)
    if above is None:
        diagnostics.drift(NODE.name, "parent_id", "orphan")
        return None
    if above.type == LEAF:
        diagnostics.drift(NODE.name, "parent_id", "below a job")
        return None
    return above.id


def _break_cycles(parents: dict[int, int | None], diagnostics: Diagnostics) -> None:
    """Put the node with the lowest id of each ring at the top."""
    sound: set[int] = set()
    for start in sorted(parents):
        way: list[int] = []
        step: int | None = start
        while step is not None and step not in sound and step not in way:
            way.append(step)
            step = parents[step]
        if step is not None and step not in sound:
            ring = way[way.index(step) :]
            parents[min(ring)] = None
            diagnostics.drift(NODE.name, "parent_id", "cycle")
        sound.update(way)


def _in_order(rows: Mapping[int, Node], parents: Mapping[int, int | None]) -> dict[int, Node]:
    below: dict[int | None, list[Node]] = {}
    for row in rows.values():
        below.setdefault(parents[row.id], []).append(row)

    def last_first(parent: int | None) -> list[Node]:
        siblings = sorted(below.get(parent, ()), key=lambda row: (row.position, row.id))
        placed = [_placed(row, parent, rank, row.id in below) for rank, row in enumerate(siblings)]
        return placed[::-1]

    ordered: dict[int, Node] = {}
    waiting = last_first(None)
    while waiting:
        node = waiting.pop()
        ordered[node.id] = node
        waiting += last_first(node.id)
    return ordered


def _placed(row: Node, parent: int | None, rank: int, has_children: bool) -> Node:
    # A type that is not known counts as a folder when something lies in it.
    folder = row.type == FOLDER or (row.type != LEAF and has_children)
    return dataclasses.replace(row, parent=parent, rank=rank, folder=folder)
