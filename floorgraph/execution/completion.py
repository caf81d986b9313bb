"""Completes values: whole levels by generated code, and exactly as graphql-core does where that gives up."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution import Executor
from graphql.execution.executor import invalid_return_type_error
from graphql.pyutils import is_awaitable, is_iterable

from floorgraph.execution.code import Code
from floorgraph.execution.faults import Fault
from floorgraph.execution.plan import Field, Selection
from floorgraph.execution.ways import TYPENAME, Step

Waiting = dict[Field, tuple[list[Any], list[dict[str, Any]]]]
"""Steps that can begin: their parents, and the objects of the answer that wait for them."""


class Completion:
    """The values of one operation on their way into its answer."""

    def __init__(self, schema: Any, code: Code) -> None:
        self._schema = schema
        self._code = code
        """Kept, as its functions are of no use without it."""
        self._levels = code.levels
        self.wave = 0
        self.waiting: Waiting = {}
        self.faulty = False
        self.stopped = False
        """Whether a fault takes the whole answer."""
        self.chosen: dict[int, Selection] = {}
        """What is selected on objects that may be of several types, by the ids of their dicts."""
        self.careful = 0
        """Levels that the generated code gave up."""

    def wait(self, field: Field, parents: list[Any], made: list[dict[str, Any]]) -> None:
        """Let a step run for these parents, and fill in these objects."""
        known = self.waiting.get(field)
        if known is None:
            self.waiting[field] = (list(parents), list(made))
        else:
            known[0].extend(parents)
            known[1].extend(made)

    def turn_to(self, wave: int, waiting: Waiting) -> None:
        """Go on after as many loads as `wave` says; steps that can begin are put into `waiting`."""
        self.wave, self.waiting = wave, waiting

    def begun(self, root: Selection, value: Any) -> dict[str, Any]:
        """The answer as far as it can be given without loading anything."""
        return self._object(root, value)

    def complete(self, field: Field, values: Sequence[Any]) -> list[Any]:
        """The completed values of a field for all parents; never raises."""
        inner = get_nullable_type(field.type)
        if not field.selections:
            return [self._value(field, field.type, value, 0) for value in values]
        if is_list_type(inner):
            return self._lists(field, inner.of_type, values)
        return self._objects(field, field.type, values, 0)

    def _lists(self, field: Field, item: Any, values: Sequence[Any]) -> list[Any]:
        flat: list[Any] = []
        sizes: list[int | None] = []
        for value in values:
            plain = value.__class__ is list or value.__class__ is tuple
            sizes.append(len(value) if plain else None)
            if plain:
                flat.extend(value)
        done = self._objects(field, item, flat, 1)
        made: list[Any] = []
        start = 0
        for size, value in zip(sizes, values, strict=True):
            if size is None:
                made.append(self._value(field, field.type, value, 0))
            else:
                made.append(done[start : start + size])
                start += size
        return made

    def _objects(self, field: Field, found: Any, values: Sequence[Any], depth: int) -> list[Any]:
        kept = [value for value in values if value is not None and not isinstance(value, Exception)]
        done = self._level(field, kept, depth)
        if len(kept) == len(values):
            return done
        rest = iter(done)
        return [
            self._value(field, found, value, depth)
            if value is None or isinstance(value, Exception)
            else next(rest)
            for value in values
        ]

    def _level(self, field: Field, values: list[Any], depth: int) -> list[Any]:
        if not values:
            return []
        if len(field.selections) == 1:
            (selection,) = field.selections.values()
            return self._walk(field, selection, values, depth)
        made: list[Any] = [None] * len(values)
        groups: dict[GraphQLObjectType, list[int]] = {}
        for index, value in enumerate(values):
            try:
                groups.setdefault(self._type(field, value), []).append(index)
            except Exception as failure:  # noqa: BLE001  told at the value's place
                made[index] = self.fault(field, failure, depth)
        for owner, indexes in groups.items():
            selection = field.selections[owner]
            some = self._walk(field, selection, [values[index] for index in indexes], depth)
            for index, value in zip(indexes, some, strict=True):
                made[index] = value
                self.chosen[id(value)] = selection
        return made

    def _walk(self, field: Field, selection: Selection, values: list[Any], depth: int) -> list[Any]:
        try:
            return list(self._levels[selection.number](values, self))
        except Exception:  # noqa: BLE001  whatever it is, it is met again below, at its own place
            self.careful += 1
        found = get_named_type(field.type)
        return [self._value(field, found, value, depth) for value in values]

    def _value(self, field: Field, found: Any, value: Any, depth: int) -> Any:
        """One value, exactly as graphql-core completes it."""
        if isinstance(value, Exception):
            return self.fault(field, value, depth)
        if is_non_null_type(found):
            done = self._value(field, found.of_type, value, depth)
            if done is None:
                text = f"Cannot return null for non-nullable field {field.parent}.{field.name}."
                return self.fault(field, TypeError(text), depth)
            return done
        if value is None or value is Undefined:
            return None
        try:
            if is_list_type(found):
                return self._list(field, found.of_type, value, depth)
            if is_leaf_type(found):
                return Executor.complete_leaf_value(found, value)
            selection = field.selections[self._type(field, value)]
        except Exception as failure:  # noqa: BLE001  told at the value's place
            return self.fault(field, failure, depth)
        made = self._object(selection, value)
        if len(field.selections) > 1:
            self.chosen[id(made)] = selection
        return made

    def _list(self, field: Field, item: Any, value: Any, depth: int) -> list[Any]:
        if not is_iterable(value):
            raise GraphQLError(
                f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'."
            )
        return [self._value(field, item, one, depth + 1) for one in value]

    def _object(self, selection: Selection, value: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        nulled = False
        for field in selection.fields:
            made[field.key] = None
            if field.name == TYPENAME:
                made[field.key] = selection.type.name
            elif not isinstance(field.way, Step):
                made[field.key] = self._inline(field, value)
                nulled |= isinstance(made[field.key], Fault) and is_non_null_type(field.type)
        for field in selection.fields:
            if isinstance(field.way, Step) and not nulled:
                self.wait(field, [value], [made])
        return made

    def _inline(self, field: Field, parent: Any) -> Any:
        way: Any = field.way
        try:
            value = way.of(parent)
        except Exception as failure:  # noqa: BLE001  told at the value's place
            return self.fault(field, failure, 0)
        return self._value(field, field.type, value, 0)

    def _type(self, field: Field, value: Any) -> GraphQLObjectType:
        """The type of an object. Raises what graphql-core raises for one that is of none."""
        named: Any = get_named_type(field.type)
        info: Any = SimpleNamespace(
            schema=self._schema,
            field_name=field.name,
            parent_type=field.parent,
            return_type=field.type,
            is_awaitable=is_awaitable,
        )
        if not isinstance(named, GraphQLObjectType):
            name = named.resolve_type(value, info, named)
            itself: Any = SimpleNamespace(schema=self._schema)
            details = field.details
            named = Executor.ensure_valid_runtime_type(cast("Any", itself), name, named, details, info, value)
        if named.is_type_of is not None and not named.is_type_of(value, info):
            raise invalid_return_type_error(named, value, field.details)
        return cast("GraphQLObjectType", named)

    def fault(self, field: Field, error: Exception, depth: int) -> Fault:
        """Put a fault in place of a value."""
        self.faulty = True
        if field.fatal[depth]:
            self.stopped = True
        return Fault(error, field, self.wave)
