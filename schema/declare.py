"""Turns records, parts, enums and criteria of the model into Strawberry types without writing a field twice.

Names, types and descriptions come from the model; a schema class adds only
relations. Resolvers return plain records: the schema classes are never
instantiated, they tell Strawberry what the fields are.
"""

import dataclasses
import inspect
import types
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
import strawberry
from strawberry.scalars import JSON
from strawberry.types.base import has_object_definition

from floorgraph.model.documented import documentation, enum_values, summary

C = TypeVar("C", bound=type)
E = TypeVar("E", bound=type[Enum])

# Annotations that are put together at run time, of which type checkers know nothing.
PARENT: Any = cast("Any", strawberry.Parent)[Any]
PRIVATE: Any = cast("Any", strawberry.Private)[Any]

_schema_classes: dict[Any, Any] = {}
"""Model class -> the schema class that stands for it in annotations."""


def declare_enum(owner: E, *, name: str | None = None) -> E:
    """Make an enum of the model a GraphQL enum, descriptions included."""
    declared = strawberry.enum(owner, name=name, description=summary(owner))
    texts = enum_values(owner)
    for value in declared.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = texts[value.name]
    return owner


def record_type(
    origin: type, *, name: str | None = None, hidden: frozenset[str] = frozenset()
) -> Callable[[C], C]:
    """Declare a class as the GraphQL type of a record of the model, or of a part of records, such as a state.

    Fields that are relation keys (`*_id`, `*_ids`) and those `hidden` do not
    appear; fields that the class or its interfaces declare themselves win.
    """

    def decorate(cls: C) -> C:
        _schema_classes[origin] = cls
        _describe_fields(cls, origin, hidden)
        cls.is_type_of = classmethod(lambda _cls, value, _info: isinstance(value, origin))  # type: ignore[attr-defined]
        declared: C = strawberry.type(cls, name=name or origin.__name__, description=summary(origin))
        return declared

    return decorate


def criteria_input(name: str, identifiers: tuple[str, ...]) -> Callable[[C], C]:
    """Declare a class that inherits criteria as a GraphQL input; the fields named are of type ID."""

    def decorate(cls: C) -> C:
        origin = _model_class(cls)
        _describe_fields(cls, origin, frozenset(), dict.fromkeys(identifiers, strawberry.ID | None))
        if "ids" in documentation(origin):
            cls.__annotations__["ids"] = list[strawberry.ID] | None
        declared: C = strawberry.input(cls, name=name, description=summary(origin))
        return declared

    return decorate


def _model_class(cls: type) -> type:
    """The nearest base that is a dataclass of the model rather than a schema class."""
    for base in cls.__mro__[1:]:
        if dataclasses.is_dataclass(base) and not has_object_definition(base):
            return base
    raise TypeError(f"{cls.__name__} inherits no dataclass of the model.")


def _describe_fields(
    cls: type, origin: type, hidden: frozenset[str], replaced: Mapping[str, Any] | None = None
) -> None:
    texts, hints = documentation(origin), get_type_hints(origin)
    own = _declared_names(cls)
    annotations = dict(inspect.get_annotations(cls))
    for name, given in _fields(origin):
        if name in own or name in hidden or _is_relation_key(name):
            continue
        annotations[name] = (replaced or {}).get(name) or substituted(hints[name])
        setattr(cls, name, strawberry.field(**given, description=texts.get(name)))
    cls.__annotations__ = annotations


def _fields(origin: type) -> list[tuple[str, dict[str, Any]]]:
    """The fields of a struct or dataclass, each with its default if it has one."""
    if issubclass(origin, msgspec.Struct):
        found: Any = msgspec.structs.fields(origin)
    else:
        owner: Any = origin
        found = dataclasses.fields(owner)
    none = (msgspec.NODEFAULT, dataclasses.MISSING)
    return [(one.name, {} if one.default in none else {"default": one.default}) for one in found]


def _declared_names(cls: type) -> set[str]:
    """Names that the class or a GraphQL interface among its bases declares."""
    names = set(inspect.get_annotations(cls))
    names |= {key for key, value in cls.__dict__.items() if isinstance(value, dataclasses.Field)}
    for base in cls.__mro__[1:]:
        if has_object_definition(base):
            names |= {field.python_name for field in base.__strawberry_definition__.fields}
    return names


def _is_relation_key(name: str) -> bool:
    return name.endswith(("_id", "_ids")) and name not in ("remote_id", "command_id")


def substituted(hint: Any) -> Any:
    """The annotation with model classes replaced by the schema classes that stand for them."""
    if hint is Any:
        return JSON | None
    if hint in _schema_classes:
        return _schema_classes[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        result = substituted(arguments[0])
        for argument in arguments[1:]:
            result = result | (None if argument is type(None) else substituted(argument))
        return result
    if origin is tuple:
        return list[substituted(arguments[0])]  # type: ignore[misc]
    if origin is list:
        return list[substituted(arguments[0])]  # type: ignore[misc]
    return hint
