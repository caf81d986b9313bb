"""Fields made from relations that are declared as data."""

import types
from collections.abc import Callable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Annotated, Any, TypeVar, get_type_hints

import strawberry

from floorgraph.model.documented import documentation
from floorgraph.model.errors import BadArgument
from floorgraph.model.record import Record
from floorgraph.model.timeline import ProgramRunKind, Window
from loaders.scope import current_scope
from resolvers.relation import Relation
from schema.access import ACCESS, Followed, unchanged
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
    access = Followed(relation)

    async def resolve(root: Any) -> Any:
        return await access.value(current_scope(), root, access.prepared())

    return _field(access, resolve, description, {"return": returns})


def over_time(relation: Relation, returns: Any, description: str) -> Any:
    """A field that follows a relation over a span of time to one thing."""
    access = Followed(relation, _spanned)

    async def resolve(root: Any, start: datetime | None = None, end: datetime | None = None) -> Any:
        return await access.value(current_scope(), root, access.prepared(start=start, end=end))

    return _field(access, resolve, description, {"start": FROM, "end": TO, "return": returns})


def entries_over_time(relation: Relation, entry: Any, description: str) -> Any:
    """A field that follows a relation over a span of time to a bounded list of entries."""
    access = Followed(relation, _latest_spanned)

    async def resolve(
        root: Any, start: datetime | None = None, end: datetime | None = None, last: int = DEFAULT_ENTRIES
    ) -> Any:
        prepared = access.prepared(start=start, end=end, last=last)
        return await access.value(current_scope(), root, prepared)

    annotations = {"start": FROM, "end": TO, "last": ENTRIES, "return": list_of(entry) | None}
    return _field(access, resolve, description, annotations)


def program_runs_over_time(relation: Relation, entry: Any, description: str) -> Any:
    """A field that gives the programs that ran or were selected over a span of time."""
    access = Followed(relation, _latest_spanned)

    async def resolve(
        root: Any,
        kind: ProgramRunKind = ProgramRunKind.RUNNING,
        start: datetime | None = None,
        end: datetime | None = None,
        last: int = DEFAULT_ENTRIES,
    ) -> Any:
        prepared = access.prepared(kind=kind, start=start, end=end, last=last)
        return await access.value(current_scope(), root, prepared)

    annotations = {
        "kind": RUN_KIND,
        "start": FROM,
        "end": TO,
        "last": ENTRIES,
        "return": list_of(entry) | None,
    }
    return _field(access, resolve, description, annotations)


def _field(
    access: Followed, resolve: Callable[..., Any], description: str, annotations: dict[str, Any]
) -> Any:
    resolve.__annotations__ = {"root": PARENT, **annotations}
    return strawberry.field(resolver=resolve, description=description, metadata={ACCESS: access})


def with_fields_of(part: type[Record], relation: Callable[[str], Relation]) -> Callable[[C], C]:
    """Give a class a field for each field of a record that is reached by a relation."""

    def decorate(cls: C) -> C:
        texts, hints = documentation(part), get_type_hints(part)
        for name in part.__struct_fields__:
            if name not in Record.__struct_fields__:
                setattr(cls, name, related(relation(name), substituted(hints[name]), texts[name]))
        return cls

    return decorate


def _window(start: datetime | None, end: datetime | None) -> Window:
    now = current_scope().now()
    return Window.of(start if start is not None else (end or now) - DEFAULT_SPAN, end, now)


def _spanned(start: datetime | None = None, end: datetime | None = None) -> Any:
    return {"window": _window(start, end)}, unchanged


def _latest_spanned(
    start: datetime | None = None, end: datetime | None = None, last: int = DEFAULT_ENTRIES, **rest: Any
) -> Any:
    if not 1 <= last <= MAX_ENTRIES:
        raise BadArgument(f"'last' must be between 1 and {MAX_ENTRIES}, not {last}.")
    return {"window": _window(start, end), **rest}, itemgetter(slice(-last, None))
