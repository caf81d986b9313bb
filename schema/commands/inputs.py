"""Inputs of commands: one GraphQL input per command, and one per dataclass inside it.

What a command says of its fields is all there is: names, types, defaults and
descriptions come from the dataclass and the strings under its attributes.
"""

import dataclasses
import types
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import strawberry
from strawberry.scalars import JSON

from floorgraph.model.command import Command
from floorgraph.model.documented import documentation, summary
from schema.declare import declare_enum

C = TypeVar("C", bound=Command)


_made: dict[type, Any] = {}


def input_type(kind: type) -> Any:
    """The GraphQL input for a command or a dataclass inside one."""
    if kind not in _made:
        _made[kind] = _input(kind)
    return _made[kind]


def _input(kind: type) -> Any:
    name = kind.__name__ if kind.__name__.endswith("Input") else f"{kind.__name__}Input"
    texts, hints = documentation(kind), get_type_hints(kind)
    body: dict[str, Any] = {"__doc__": kind.__doc__, "__annotations__": {}}
    for field in dataclasses.fields(kind):
        body["__annotations__"][field.name] = annotation(hints[field.name], field.name)
        body[field.name] = _field(field, texts.get(field.name))
    text = f"What `{kind.word()}` needs." if issubclass(kind, Command) else summary(kind)
    return strawberry.input(type(name, (), body), name=name, description=text)


def command_of(kind: type[C], given: Any) -> C:
    """The command that an input asks for."""
    command: C = _converted(kind, given)
    return command


def annotation(hint: Any, name: str) -> Any:
    """The GraphQL type of a command's field, as Strawberry wants to hear it."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = next(one for one in arguments if one is not type(None))
        made = annotation(inner, name)
        return made | None if type(None) in arguments and hint is not Any else made
    if origin in (tuple, list, frozenset):
        return types.GenericAlias(list, (annotation(arguments[0], name),))
    if hint is str and name != "command_id" and name.endswith(("_id", "_ids")):
        return strawberry.ID
    if hint is str and name == "command_id":
        return strawberry.ID
    if hint is Any or hint is dict or origin in (dict, Mapping):
        return JSON
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return input_type(hint)
    return hint


def _enum(kind: type[Enum]) -> Any:
    return kind if hasattr(kind, "__strawberry_definition__") else declare_enum(kind)


def _field(field: "dataclasses.Field[Any]", text: str | None) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return strawberry.field(default_factory=field.default_factory, description=text)
    if isinstance(field.default, tuple | list):
        values = list(field.default)
        return strawberry.field(default_factory=lambda: list(values), description=text)
    if field.default is not dataclasses.MISSING:
        return strawberry.field(default=field.default, description=text)
    return strawberry.field(description=text)


def _converted(hint: Any, value: Any) -> Any:
    """A value of an input as the command has it."""
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _converted(next(one for one in arguments if one is not type(None)), value)
    if origin in (tuple, list, frozenset):
        return tuple(_converted(arguments[0], one) for one in value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        names = [field.name for field in dataclasses.fields(hint)]
        return hint(**{name: _converted(hints[name], getattr(value, name)) for name in names})
    if hint is str:
        return str(value)
    return value
