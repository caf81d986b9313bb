"""The shape of an operation: how deep it is, how many aliases and directives it has. Pure.

Fragments count as often as they are spread, and are walked once each, so that
the walk stays as short as the document however much its fragments multiply.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Levels of fields, aliases, directives and fields; what introspection selects is not counted."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0

    def beside(self, other: "Shape") -> "Shape":
        """Two selections in one place."""
        return Shape(
            max(self.depth, other.depth),
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.fields + other.fields,
        )


NOTHING = Shape()


def shape_of(document: DocumentNode, operation: OperationDefinitionNode) -> Shape:
    """The shape of one operation of a document that was parsed and need not be valid.

    Raises `RecursionError` for one that is nested too deeply to be walked.
    """
    found = _Walk(fragments_of(document)).selections(operation.selection_set)
    return replace(found, directives=found.directives + len(operation.directives or ()))


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document by name."""
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


class _Walk:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, Shape] = {}

    def selections(self, found: SelectionSetNode) -> Shape:
        total = NOTHING
        for node in found.selections:
            if isinstance(node, FieldNode):
                part = self._field(node)
            elif isinstance(node, InlineFragmentNode):
                part = self.selections(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                part = self._fragment(node.name.value)
            else:
                continue
            total = total.beside(replace(part, directives=part.directives + len(node.directives or ())))
        return total

    def _field(self, node: FieldNode) -> Shape:
        aliases = 1 if node.alias is not None else 0
        if node.selection_set is None or node.name.value.startswith("__"):
            return Shape(1, aliases, 0, 1)
        inner = self.selections(node.selection_set)
        return Shape(inner.depth + 1, inner.aliases + aliases, inner.directives, inner.fields + 1)

    def _fragment(self, name: str) -> Shape:
        known = self._known.get(name)
        if known is None:
            # What a fragment adds to itself is nothing: validation refuses such documents.
            self._known[name] = NOTHING
            fragment = self._fragments.get(name)
            known = NOTHING if fragment is None else self.selections(fragment.selection_set)
            self._known[name] = known
        return known
