"""What is wrong with a configuration, in words for the person who wrote it."""

import difflib
from collections.abc import Iterable, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` are sentences for the person who wrote it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def explained(detail: ErrorDetails, where: str, model: type[BaseModel]) -> str:
    """One problem in words: the key, what was expected, and for an unknown key the one that was meant."""
    path = ".".join([where, *(str(part) for part in detail["loc"] if not str(part).startswith("function-"))])
    if detail["type"] == "extra_forbidden":
        names = _names(model, detail["loc"][:-1])
        return f"{path}: there is no such key.{suggestion(str(detail['loc'][-1]), names)}"
    if detail["type"] == "missing":
        return f"{path}: is missing; {_described(model, detail['loc'])}"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{path}: {message}."


def suggestion(word: str, known: Iterable[str]) -> str:
    """A question whether another word was meant; empty when none comes close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def _names(model: type[BaseModel], path: Sequence[int | str]) -> list[str]:
    """The keys of the table at a path, as far as it is one of ours."""
    for part in path:
        field = model.model_fields.get(str(part))
        found = None if field is None else _table(field.annotation)
        if found is None:
            return []
        model = found
    return list(model.model_fields)


def _table(annotation: Any) -> type[BaseModel] | None:
    """The table that a field holds, if it is one, perhaps an optional one."""
    if get_origin(annotation) in (Union, UnionType):
        return next(filter(None, map(_table, get_args(annotation))), None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _described(model: type[BaseModel], path: Sequence[int | str]) -> str:
    field = model.model_fields.get(str(path[0])) if len(path) == 1 else None
    return f"expected: {field.description}" if field is not None and field.description else "it is needed."
