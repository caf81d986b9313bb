"""Changes in GraphQL, one type per kind of record, and the subscriptions that give them."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, cast

import strawberry

from floorgraph.model.documented import documentation
from loaders.scope import current_scope
from resolvers import live
from schema import enums
from schema.access import ACCESS, Attribute
from schema.declare import PARENT, record_type
from schema.nouns import ALARMS, BATCHES, JOBS, LAYOUTS, ORDERS, PIECES, STATIONS, Noun
from schema.source import Source
from subscriptions import change, sources

__all__ = ["CHANGES", "SourceChange", "changes_field", "enums"]

TEXTS = documentation(change.Change)

ON = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Only updates in which one of these fields changed, by their GraphQL names such as "
        "`status`; added and removed records come anyway."
    ),
]
RESUME = Annotated[
    str | None,
    strawberry.argument(
        description="Go on after this cursor of an earlier event: exactly what was missed, or RESYNC and a "
        "snapshot."
    ),
]
SNAPSHOT = Annotated[
    bool, strawberry.argument(description="False to begin with changes, without what is known already.")
]
WANTED_AGE = Annotated[
    float | None,
    strawberry.argument(
        description="How old, in seconds, the data may get; the source's own pace when absent. Above 0, at "
        "most 3600."
    ),
]


def _field(name: str, returns: Any) -> Any:
    def resolve(root: Any) -> Any:
        return getattr(root, name)

    resolve.__annotations__ = {"root": PARENT, "return": returns}
    return strawberry.field(resolver=resolve, description=TEXTS[name], metadata={ACCESS: Attribute(name)})


def _change_type(noun: Noun, name: str) -> Any:
    """The type of changes of one kind of record; the record's field bears the kind's name."""
    body = {
        "__doc__": f"Something that happened to one of the {noun.plural}.",
        "id": _field("id", strawberry.ID | None),
        name: _field("record", noun.node | None),
        "previous": _field("previous", noun.node | None),
    }
    title = f"{name[0].upper()}{name[1:]}Change"
    return record_type(change.Change, name=title, hidden=frozenset({"record"}))(type(title, (), body))


CHANGES = {
    name: (noun, _change_type(noun, name))
    for name, noun in (
        ("alarm", ALARMS),
        ("batch", BATCHES),
        ("job", JOBS),
        ("layout", LAYOUTS),
        ("order", ORDERS),
        ("piece", PIECES),
        ("station", STATIONS),
    )
}
"""What can be followed: the name of its field in a change, the noun and the type of its changes."""


def changes_field(name: str, description: str) -> Any:
    """The subscription to changes of one kind of record."""
    noun, made = CHANGES[name]

    async def resolve(
        info: strawberry.Info[Any, None],
        filter: Any = None,
        on: Any = None,
        after: str | None = None,
        snapshot: bool = True,
        max_age: float | None = None,
    ) -> Any:
        topic = live.topic_of(
            filter or noun.criteria(), on=on, after=after, snapshot=snapshot, max_age=max_age
        )
        async for found in live.changes(info.context, topic):
            yield found

    resolve.__annotations__ = {
        "info": strawberry.Info,
        "filter": Annotated[
            noun.filter | None,
            strawberry.argument(description=f"Only {noun.plural} that meet these conditions."),
        ],
        "on": ON,
        "after": RESUME,
        "snapshot": SNAPSHOT,
        "max_age": WANTED_AGE,
        "return": cast("Any", AsyncIterator)[made],
    }
    return strawberry.subscription(resolver=resolve, description=description)


def _source(root: Any) -> Any:
    return None if root.key is None else current_scope().floor.get(root.key)


_source.__annotations__ = {"root": PARENT, "return": Source | None}


@record_type(sources.SourceChanged, name="SourceChange")
class SourceChange:
    """Something that happened to a source."""

    source = strawberry.field(
        resolver=_source, description="The source as it is now; null where the change is about the stream."
    )
