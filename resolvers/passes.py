"""Operations found valid and within all limits lately, so that the same need not be looked at again. Pure.

A pass holds for a document, the caller's rights to sources and to the schema,
and variables that can make no difference: ids of the same kind and source are
as good as each other, everything else must be equal.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import DocumentNode

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.ids import GlobalId
from resolvers.kept import HEAVIEST, LONGEST_KEY, Kept, weight_of

PASS_SECONDS: Final = 10.0
"""How long a pass is good for: what a source can do, and so what an operation costs, seldom changes."""
MOST_PASSES: Final = 1024
MOST_VALUES: Final = 100
"""Variables with more values than that are looked at every time."""
_AN_ID: Final = object()


class TooMany(Exception):
    """Texts or variables that are too long to be compared with others."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A document that may be run as it is until a time (monotonic)."""

    document: DocumentNode
    until: float


@dataclass(slots=True)
class Passes:
    """The passes of one application; those that were not used longest give way."""

    _kept: Kept[Hashable, Pass] = field(default_factory=lambda: Kept(MOST_PASSES, HEAVIEST))

    def __len__(self) -> int:
        return len(self._kept)

    def grant(self, key: Hashable, document: DocumentNode, now: float) -> None:
        """Let operations of that key pass for a while."""
        self._kept.put(key, Pass(document, now + PASS_SECONDS), weight_of(document))

    def document(self, key: Hashable, now: float) -> DocumentNode | None:
        """The document that may be run; None when it must be looked at."""
        found = self._kept.get(key)
        if found is None:
            return None
        if now >= found.until:
            self._kept.drop(key)
            return None
        return found.document


def pass_key(
    text: str, name: str | None, variables: Mapping[str, Any] | None, admitted: Hashable
) -> Hashable:
    """What decides whether an operation is valid and within limits; `admitted` is the caller's part in it.

    Raises `TooMany`.
    """
    if len(text) > LONGEST_KEY:
        raise TooMany
    return text, name, told_apart(variables), admitted


def told_apart(variables: Mapping[str, Any] | None) -> Hashable:
    """What of variables can decide whether an operation is valid and what it costs.

    Raises `TooMany` for more than `MOST_VALUES` values, and for more than `LONGEST_KEY` characters.
    """
    return _Apart().told(variables or {})


@dataclass(slots=True)
class _Apart:
    """What may still be compared."""

    values: int = MOST_VALUES
    characters: int = LONGEST_KEY

    def told(self, value: Any) -> Hashable:
        self.values -= 1
        if self.values < 0:
            raise TooMany
        if isinstance(value, str):
            return _kind_of(self._within(value))
        if isinstance(value, Mapping):
            return dict, *((self._within(name), self.told(one)) for name, one in sorted(value.items()))
        if isinstance(value, list):
            return list, *(self.told(one) for one in value)
        # 1, 1.0 and true are equal in Python, and not in GraphQL.
        return type(value), value

    def _within(self, text: str) -> str:
        self.characters -= len(text)
        if self.characters < 0:
            raise TooMany
        return text


def _kind_of(text: str) -> Hashable:
    if ":" in text:
        try:
            found = GlobalId.parse(text)
        except FloorgraphError:
            return text
        return _AN_ID, found.source, found.kind
    return text
