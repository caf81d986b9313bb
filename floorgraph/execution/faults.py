"""Errors in an answer: where they are, what they null, and which of them are told.

While levels are walked, a `Fault` stands in place of a value that could not
be had. At the end one walk over the answer finds where each of them is; only
answers with errors pay for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, overload

from graphql import GraphQLError, get_nullable_type, is_list_type, is_non_null_type, located_error

from floorgraph.execution.plan import Field, Selection
from floorgraph.execution.ways import Step

Position: TypeAlias = tuple[str | int, ...] | None
"""The path of a value in the answer; None for the answer itself."""


@dataclass(slots=True, eq=False)
class Fault:
    """A value that could not be had."""

    error: Exception
    field: Field
    wave: int
    """Which load had finished when it was found; errors are told in that order."""


@dataclass(slots=True, eq=False)
class Place(Sequence[str | int]):
    """The place of a field of an object of the answer, whose path is known when the answer is complete."""

    owner: dict[str, Any]
    key: str
    wave: int = 0
    """Which load had finished last when the place was spoken of."""
    path: tuple[str | int, ...] = ()

    @overload
    def __getitem__(self, index: int) -> str | int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str | int]: ...
    def __getitem__(self, index: int | slice) -> str | int | Sequence[str | int]:
        return self.path[index]

    def __len__(self) -> int:
        return len(self.path)


class Places(Sequence[Place]):
    """The places of one field of all objects of a level; each is made when it is asked for, as few are."""

    def __init__(self, owners: Sequence[dict[str, Any]], key: str) -> None:
        self._owners, self._key = owners, key
        self._made: dict[int, Place] = {}

    def __len__(self) -> int:
        return len(self._owners)

    @overload
    def __getitem__(self, index: int) -> Place: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Place]: ...
    def __getitem__(self, index: int | slice) -> Place | Sequence[Place]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        place = self._made.get(index)
        if place is None:
            place = self._made[index] = Place(self._owners[index], self._key)
        return place

    def loaded(self, wave: int) -> None:
        """How many loads have finished, for those of the places that may have been spoken of."""
        for place in self._made.values():
            place.wave = wave


@dataclass(slots=True)
class Found:
    """A fault with its path, and the position that it nulls."""

    fault: Fault
    path: tuple[str | int, ...]
    nulls: Position
    loaded: tuple[str | int, ...]
    """The path of what was loaded together with it."""
    far: bool
    """Whether it nulls something above what was loaded together with it: in graphql-core such an error takes
    some turns of the event loop to get there, and what fails at the same time is told before it."""


class Search:
    """Finds the faults in an answer and tells places their paths."""

    def __init__(self, places: Sequence[Place], chosen: Mapping[int, Selection]) -> None:
        self.found: list[Found] = []
        self._chosen = chosen
        """What was selected on objects that could have been of several types, by the ids of their dicts."""
        self._loaded: tuple[str | int, ...] = ()
        """The path of what was loaded last on the way to where the search is."""
        self._places: dict[int, list[Place]] = {}
        for place in places:
            self._places.setdefault(id(place.owner), []).append(place)

    def of(self, answer: dict[str, Any], root: Selection) -> list[Found]:
        """All faults in the order in which they take effect."""
        self._object(answer, root, (), None)
        heard = _heard(self.found)
        last = max((one.fault.wave for one in heard), default=0)
        # Of those that take the whole answer, the one that was found first does so.
        return sorted(
            heard,
            key=lambda one: (last if one.nulls is None else one.fault.wave, one.far, one.fault.wave),
        )

    def _object(
        self, value: dict[str, Any], selection: Selection, path: tuple[str | int, ...], nulls: Position
    ) -> None:
        for place in self._places.get(id(value), ()):
            place.path = (*path, place.key)
        for found in selection.fields:
            key = found.key
            content = value[key]
            if content.__class__ in (dict, list, Fault):
                loaded = self._loaded
                if isinstance(found.way, Step):
                    self._loaded = (*path, key)
                self._value(content, found, found.type, (*path, key), nulls)
                self._loaded = loaded

    def _value(
        self, value: Any, field: Field, found: Any, path: tuple[str | int, ...], nulls: Position
    ) -> None:
        if not is_non_null_type(found):
            nulls = path
        if isinstance(value, Fault):
            self.found.append(Found(value, path, nulls, self._loaded, len(nulls or ()) < len(self._loaded)))
        elif not field.selections and not is_list_type(get_nullable_type(found)):
            return
        elif isinstance(value, dict):
            self._object(value, self._selection(field, value), path, nulls)
        elif isinstance(value, list):
            item = get_nullable_type(found).of_type
            for index, one in enumerate(value):
                if one.__class__ in (dict, list, Fault):
                    self._value(one, field, item, (*path, index), nulls)

    def _selection(self, field: Field, value: dict[str, Any]) -> Selection:
        if len(field.selections) > 1:
            return self._chosen[id(value)]
        (selection,) = field.selections.values()
        return selection


def _heard(found: Sequence[Found]) -> list[Found]:
    """The faults without those in what graphql-core would no longer have looked at."""
    heard: list[Found] = []
    ended: set[tuple[str | int, ...]] = set()
    for one in found:
        if one.loaded not in ended:
            heard.append(one)
        if one.far:
            ended.add(one.loaded)
    return heard


def _above(position: Position) -> Iterator[Position]:
    yield position
    for length in range(len(position or ()) - 1, 0, -1):
        yield (position or ())[:length]
    yield None


def is_nulled(position: Position, nulled: Mapping[Position, int]) -> bool:
    """Whether the position or one above it was nulled before."""
    return any(above in nulled for above in _above(position))


def settle(
    answer: dict[str, Any], found: Sequence[Found]
) -> tuple[Any, list[GraphQLError], dict[Position, int]]:
    """Null what faults take with them.

    Returns the data, the errors, and the nulled positions with the wave of each.
    """
    errors: list[GraphQLError] = []
    nulled: dict[Position, int] = {}
    for one in found:
        if not is_nulled(one.nulls, nulled):
            nulled[one.nulls] = one.fault.wave
            errors.append(located_error(one.fault.error, one.fault.field.nodes, list(one.path)))
    if None in nulled:
        return None, errors, nulled
    for position in nulled:
        _null(answer, position or ())
    return answer, errors, nulled


def _null(answer: Any, position: tuple[str | int, ...]) -> None:
    *way, last = position
    for key in way:
        answer = answer[key]
        if answer is None:
            return
    answer[last] = None
