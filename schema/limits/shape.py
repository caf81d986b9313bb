"""The shape of an operation: how deep it is, how many aliases and directives it has. Pure.

Fragments count as often as they are spread, and are walked once each, so that
the walk stays as short as the document however much its fragments multiply.

What introspection gives is no record of anybody's, yet all of it is made at once: how many values that are
is estimated from how long the schema's lists are on average.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

INTROSPECTING: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Shape:
    """Levels of fields, those of introspection not counted; aliases, directives and fields."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    introspection: float = 0
    """Values that introspection may give, by estimate."""

    def beside(self, other: "Shape") -> "Shape":
        """Two selections in one place."""
        return Shape(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.fields + other.fields,
            self.introspection + other.introspection,
        )


NOTHING = Shape()


def shape_of(document: DocumentNode, operation: OperationDefinitionNode, sizes: Mapping[str, float]) -> Shape:
    """The shape of one operation of a document that was parsed and need not be valid.

    `sizes` tells how many values fields of introspection give on average, where that is not one.
    Raises `RecursionError` for one that is nested too deeply to be walked.
    """
    found = _Walk(fragments_of(document), sizes).selections(operation.selection_set, inside=False)
    return replace(found, directives=found.directives + len(operation.directives or ()))


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by name."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


class _Walk:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], sizes: Mapping[str, float]) -> None:
        self._fragments = fragments
        self._sizes = sizes
        self._known: dict[tuple[str, bool], Shape] = {}

    def selections(self, found: SelectionSetNode, *, inside: bool) -> Shape:
        """The shape of a selection; `inside` when introspection selects it."""
        total = NOTHING
        for node in found.selections:
            if isinstance(node, FieldNode):
                part = self._field(node, inside=inside)
            elif isinstance(node, InlineFragmentNode):
                part = self.selections(node.selection_set, inside=inside)
            elif isinstance(node, FragmentSpreadNode):
                part = self._fragment(node.name.value, inside=inside)
            else:
                continue
            total = total.beside(replace(part, directives=part.directives + len(node.directives or ())))
        return total

    def _field(self, node: FieldNode, *, inside: bool) -> Shape:
        name = node.name.value
        inside = inside or name in INTROSPECTING
        below = node.selection_set
        inner = NOTHING if below is None else self.selections(below, inside=inside)
        return Shape(
            1 if inside else inner.depth + 1,
            inner.aliases + (0 if node.alias is None else 1),
            inner.directives,
            inner.fields + 1,
            self._sizes.get(name, 1) * (inner.introspection + 1) if inside else inner.introspection,
        )

    def _fragment(self, name: str, *, inside: bool) -> Shape:
        known = self._known.get((name, inside))
        if known is None:
            # What a fragment adds to itself is nothing: validation refuses such documents.
            self._known[name, inside] = NOTHING
            fragment = self._fragments.get(name)
            known = NOTHING if fragment is None else self.selections(fragment.selection_set, inside=inside)
            self._known[name, inside] = known
        return known
