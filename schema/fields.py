"""Fields made from relations that are declared as data."""

import types
from collections.abc import Callable, Sequence
from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar, get_type_hints

import strawberry

from floorgraph.model.documented import documentation
from floorgraph.model.errors import BadArgument
from floorgraph.model.record import Record
from floorgraph.model.timeline import ProgramRunKind, Window
from loaders.scope import current_scope
from resolvers.relation import Relation
from schema.declare import PARENT, substituted

C = TypeVar("C", bound=type)

DEFAULT_SPAN = timedelta(hours=24)
DEFAULT_ENTRIES = 500
MAX_ENTRIES = 3000

FROM = Annotated[
    datetime | None,
    strawberry.argument(
        name="from", description="Start of the span, included; 24 hours before `to` when absent."
    ),
]
TO = Annotated[
    datetime | None,
    strawberry.argument(
        name="to", description="End of the span, excluded; now when absent. At most 366 days after `from`."
    ),
]
ENTRIES = Annotated[
    int,
    strawberry.argument(
        description=f"The latest entries of the span, at most this many, oldest first; 1 to {MAX_ENTRIES}."
    ),
]
RUN_KIND = Annotated[
    ProgramRunKind, strawberry.argument(description="Programs that ran, or programs that were selected.")
]


def list_of(entry: Any) -> Any:
    """The annotation of a list of something that is known at run time only."""
    return types.GenericAlias(list, (entry,))


def related(relation: Relation, returns: Any, description: str) -> Any:
    """A field that follows a relation to one thing."""

    async def resolve(root: Any) -> Any:
        return await relation.one(current_scope(), root)

    resolve.__annotations__ = {"root": PARENT, "return": returns}
    return strawberry.field(resolver=resolve, description=description)


def over_time(relation: Relation, returns: Any, description: str) -> Any:
    """A field that follows a relation over a span of time to one thing."""

    async def resolve(root: Any, start: datetime | None = None, end: datetime | None = None) -> Any:
        return await relation.one(current_scope(), root, window=_window(start, end))

    resolve.__annotations__ = {"root": PARENT, "start": FROM, "end": TO, "return": returns}
    return strawberry.field(resolver=resolve, description=description)


def entries_over_time(relation: Relation, entry: Any, description: str) -> Any:
    """A field that follows a relation over a span of time to a bounded list of entries."""

    async def resolve(
        root: Any, start: datetime | None = None, end: datetime | None = None, last: int = DEFAULT_ENTRIES
    ) -> Any:
        count = _checked_count(last)
        return _latest(await relation.one(current_scope(), root, window=_window(start, end)), count)

    resolve.__annotations__ = {
        "root": PARENT,
        "start": FROM,
        "end": TO,
        "last": ENTRIES,
        "return": list_of(entry) | None,
    }
    return strawberry.field(resolver=resolve, description=description)


def program_runs_over_time(relation: Relation, entry: Any, description: str) -> Any:
    """A field that gives the programs that ran or were selected over a span of time."""

    async def resolve(
        root: Any,
        kind: ProgramRunKind = ProgramRunKind.RUNNING,
        start: datetime | None = None,
        end: datetime | None = None,
        last: int = DEFAULT_ENTRIES,
    ) -> Any:
        count = _checked_count(last)
        found = await relation.one(current_scope(), root, window=_window(start, end), kind=kind)
        return _latest(found, count)

    resolve.__annotations__ = {
        "root": PARENT,
        "kind": RUN_KIND,
        "start": FROM,
        "end": TO,
        "last": ENTRIES,
        "return": list_of(entry) | None,
    }
    return strawberry.field(resolver=resolve, description=description)


def with_fields_of(part: type[Record], relation: Callable[[str], Relation]) -> Callable[[C], C]:
    """Give a class a field for each field of a record that is reached by a relation."""

    def decorate(cls: C) -> C:
        texts, hints = documentation(part), get_type_hints(part)
        common = {field.name for field in dataclass_fields(Record)}
        for field in dataclass_fields(part):
            if field.name not in common:
                made = related(relation(field.name), substituted(hints[field.name]), texts[field.name])
                setattr(cls, field.name, made)
        return cls

    return decorate


def _window(start: datetime | None, end: datetime | None) -> Window:
    now = current_scope().now()
    return Window.of(start if start is not None else (end or now) - DEFAULT_SPAN, end, now)


def _checked_count(last: int) -> int:
    if not 1 <= last <= MAX_ENTRIES:
        raise BadArgument(f"'last' must be between 1 and {MAX_ENTRIES}, not {last}.")
    return last


def _latest(entries: Sequence[Any], count: int) -> Sequence[Any]:
    return entries[-count:]
