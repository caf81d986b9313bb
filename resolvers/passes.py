"""Operations found valid and within all limits lately, so that the same need not be looked at again. Pure.

A pass holds for a document, the caller's rights to sources and to the schema,
and variables that can make no difference: ids of the same kind and source are
as good as each other, everything else must be equal.
"""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import DocumentNode

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.ids import GlobalId

PASS_SECONDS: Final = 10.0
"""How long a pass is good for: what a source can do, and so what an operation costs, seldom changes."""
MOST_PASSES: Final = 1024
MOST_VALUES: Final = 100
"""Variables with more values than that are looked at every time."""
_AN_ID: Final = object()


class TooMany(Exception):
    """Variables that are not worth comparing."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A document that may be run as it is until a time (monotonic)."""

    document: DocumentNode
    until: float


@dataclass(slots=True)
class Passes:
    """The passes of one application; those that were not used longest give way."""

    _kept: OrderedDict[Hashable, Pass] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._kept)

    def grant(self, key: Hashable, document: DocumentNode, now: float) -> None:
        """Let operations of that key pass for a while."""
        self._kept[key] = Pass(document, now + PASS_SECONDS)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST_PASSES:
            self._kept.popitem(last=False)

    def document(self, key: Hashable, now: float) -> DocumentNode | None:
        """The document that may be run; None when it must be looked at."""
        found = self._kept.get(key)
        if found is None:
            return None
        if now >= found.until:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return found.document


def pass_key(
    text: str, name: str | None, variables: Mapping[str, Any] | None, admitted: Hashable
) -> Hashable:
    """What decides whether an operation is valid and within limits; `admitted` is the caller's part in it.

    Raises `TooMany`.
    """
    return text, name, told_apart(variables), admitted


def told_apart(variables: Mapping[str, Any] | None) -> Hashable:
    """What of variables can decide whether an operation is valid and what it costs.

    Raises `TooMany` for more than `MOST_VALUES` values.
    """
    return _told_apart(variables or {}, [MOST_VALUES])


def _told_apart(value: Any, left: list[int]) -> Hashable:
    left[0] -= 1
    if left[0] < 0:
        raise TooMany
    if isinstance(value, str):
        return _kind_of(value)
    if isinstance(value, Mapping):
        return dict, *((name, _told_apart(one, left)) for name, one in sorted(value.items()))
    if isinstance(value, list):
        return list, *(_told_apart(one, left) for one in value)
    # 1, 1.0 and true are equal in Python, and not in GraphQL.
    return type(value), value


def _kind_of(text: str) -> Hashable:
    if ":" in text:
        try:
            found = GlobalId.parse(text)
        except FloorgraphError:
            return text
        return _AN_ID, found.source, found.kind
    return text
