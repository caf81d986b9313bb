"""Commands as JSON: for the log, for telling repeats from other commands, and back after a restart. Pure.

Names are those of GraphQL. Long texts, such as programs, are told by size
and hash; what a command marks as secret is not told at all.
"""

import hashlib
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from floorgraph.model.command import Command

C = TypeVar("C", bound=Command)

LONGEST_TEXT: Final = 2000
"""Longer texts are told by their size and hash."""
LARGEST_ANSWER: Final = 16_384
"""Bytes of JSON from a vendor that are kept of one command."""
LARGEST_BEFORE: Final = 131_072
"""Bytes of JSON that are kept of what was before a command: by it is judged what became of one."""
CUT: Final = frozenset({"sizeBytes", "beginning"})
"""The names in what stands for something too long to keep."""
SECRET: Final = "secret"  # noqa: S105  a name
"""In the metadata of a command's field: its value is written down nowhere."""


def camel(name: str) -> str:
    """A field's name as GraphQL has it."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def told(command: Command) -> dict[str, Any]:
    """The input of a command as the log shows it; without the command's id."""
    found: dict[str, Any] = _dumped(command, short=True)
    found.pop("commandId", None)
    return found


def digest(command: Command) -> str:
    """Equal for commands that ask for the same, whatever their ids."""
    found: dict[str, Any] = _dumped(command, short=False)
    found.pop("commandId", None)
    text = msgspec.json.encode([command.word(), found], order="sorted")
    return hashlib.sha256(text).hexdigest()


def restored(kind: type[C], shown: Mapping[str, Any]) -> C:
    """The command that was written down, long texts and secrets empty.

    Raises `ValueError` for what is no such command any more, as after an upgrade.
    """
    try:
        return msgspec.convert(_restored(kind, shown), kind)
    except (msgspec.ValidationError, TypeError, KeyError) as error:
        raise ValueError(f"what was kept of a {kind.word()} cannot be read: {error}") from error


def bounded(answer: Any, most: int = LARGEST_ANSWER) -> Any:
    """What a vendor answered, or how it began where it is too long to keep; `most` in bytes of JSON."""
    try:
        text = msgspec.json.encode(answer)
    except (TypeError, ValueError):
        text = msgspec.json.encode(repr(answer))
    if len(text) <= most:
        return msgspec.json.decode(text)
    beginning = text[: LARGEST_ANSWER // 2].decode(errors="ignore")
    return {"sizeBytes": len(text), "beginning": beginning}


def is_cut(kept: Mapping[str, Any]) -> bool:
    """Whether something was too long to keep, so that nothing can be judged by it."""
    return kept.keys() == CUT


def _dumped(value: Any, *, short: bool) -> Any:
    if is_dataclass(value):
        return {
            camel(one.name): _field(getattr(value, one.name), secret=SECRET in one.metadata, short=short)
            for one in fields(value)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value) if short and len(value) > LONGEST_TEXT else value
    if isinstance(value, Mapping):
        return {str(key): _dumped(one, short=short) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_dumped(one, short=short) for one in value]
    return value


def _field(value: Any, *, secret: bool, short: bool) -> Any:
    if secret and short:
        return None if value is None else "***"
    return _dumped(value, short=short)


def _text(value: str) -> dict[str, Any]:
    content = value.encode()
    return {"sizeBytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _restored(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next((one for one in get_args(hint) if one is not type(None)), hint)
    if isinstance(hint, type) and is_dataclass(hint) and isinstance(value, Mapping):
        hints = get_type_hints(hint)
        return {
            one.name: _restored(hints[one.name], value[camel(one.name)])
            for one in fields(hint)
            if camel(one.name) in value
        }
    if isinstance(value, list) and get_args(hint):
        return [_restored(get_args(hint)[0], one) for one in value]
    if hint is str and isinstance(value, Mapping):
        return ""
    return value
