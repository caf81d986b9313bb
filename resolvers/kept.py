"""What was worked out once for a document and is asked for again, in bounded memory. Pure."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from graphql import DocumentNode

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

LONGEST_KEY: Final = 20_000
"""Characters of texts and values; what would be kept by more is worked out each time."""
HEAVIEST: Final = 64 * 1024 * 1024
"""Bytes, roughly, of the documents that one of these keeps."""
_TOKEN_BYTES: Final = 500
"""What a token of a document takes as a part of its syntax tree, roughly."""


class Kept(Generic[K, V]):
    """Values by key; those that were not asked for longest give way.

    There are no more than `most`, and they weigh no more than `heaviest` together.
    """

    def __init__(self, most: int, heaviest: int | None = None) -> None:
        self._most = most
        self._heaviest = most if heaviest is None else heaviest
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0
        """Of all values together."""

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    def get(self, key: K) -> V | None:
        """The value, which counts as used; None when there is none."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def made(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made if there is none."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found

    def put(self, key: K, value: V, weight: int = 1) -> V:
        """Keep a value; not one that is heavier than all may be together, which takes no other's place."""
        self.drop(key)
        if weight > self._heaviest:
            return value
        self._values[key] = (value, weight)
        self.weight += weight
        while len(self._values) > self._most or self.weight > self._heaviest:
            _, (_, gone) = self._values.popitem(last=False)
            self.weight -= gone
        return value

    def drop(self, key: K) -> None:
        """Forget a value, if there is one."""
        found = self._values.pop(key, None)
        if found is not None:
            self.weight -= found[1]


def weight_of(document: DocumentNode) -> int:
    """Bytes that a document takes with its text, roughly."""
    text = "" if document.loc is None else document.loc.source.body
    tokens: int = getattr(document, "token_count", 0)
    return len(text) + tokens * _TOKEN_BYTES
