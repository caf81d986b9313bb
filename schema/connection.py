"""Relay connections: pages of records with cursors, over all sources."""

from typing import Annotated, Any, Generic, TypeVar, cast

import strawberry

from floorgraph.model.limits import DEFAULT_PAGE, OperationLimits
from loaders.scope import current_scope
from resolvers.node import record_by_id
from resolvers.ordering import OrderDirection
from resolvers.relation import Relation
from schema.access import ACCESS, Lookup
from schema.declare import PARENT
from schema.listed import Listed, ListedEverywhere, ListedOfParent
from schema.nouns import Noun

T = TypeVar("T")


@strawberry.type(description="Where a page lies in its list (Relay).")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(description="True when records come after this page.")
    has_previous_page: bool = strawberry.field(description="True when records come before this page.")
    start_cursor: str | None = strawberry.field(
        description="Cursor of the page's first record; null for an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor of the page's last record; null for an empty page."
    )


@strawberry.type(description="A record in a list, with its cursor (Relay).")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="The record's place in the list; opaque.")
    node: T = strawberry.field(description="The record.")


@strawberry.type(
    description="One page of a list over all sources (Relay); what sources do not answer is left out."
)
class Connection(Generic[T]):
    """Relay's connection."""

    edges: list[Edge[T]] = strawberry.field(description="The records of the page with their cursors.")
    nodes: list[T] = strawberry.field(description="The records of the page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    total_count: int = strawberry.field(
        description="Number of records in the whole list, as far as sources answered."
    )
    unavailable_sources: list[str] = strawberry.field(
        description="Keys of the sources whose part is missing, incomplete or stale; `Query.source` says why."
    )


MOST = OperationLimits().page_size.most

FIRST = Annotated[
    int | None,
    strawberry.argument(
        description=f"At most this many records from the start or from `after`; 0 to {MOST}, "
        f"unless the server's limits say otherwise; {DEFAULT_PAGE} when neither `first` nor `last` is given."
    ),
]
AFTER = Annotated[str | None, strawberry.argument(description="Only records after this cursor.")]
LAST = Annotated[
    int | None,
    strawberry.argument(
        description=f"At most this many records from the end or from `before`; 0 to {MOST}, "
        "unless the server's limits say otherwise."
    ),
]
BEFORE = Annotated[str | None, strawberry.argument(description="Only records before this cursor.")]
MAX_AGE = Annotated[
    float | None,
    strawberry.argument(
        description="How old, in seconds, the vendors' answers may be; 0 asks them afresh. When absent each "
        "call's own time to live decides. The smallest value in an operation holds for all of it."
    ),
]


def order_input(name: str, fields: Any) -> Any:
    """The input by which lists of one kind are ordered."""
    body = {
        "__doc__": "A field to order by, and the direction.",
        "__annotations__": {"field": fields, "direction": OrderDirection},
        "field": strawberry.field(description="The field to order by."),
        "direction": strawberry.field(default=OrderDirection.ASC, description="The direction."),
    }
    return strawberry.input(
        type(name, (), body), description="A field to order by; missing values come last either way."
    )


def lookup_field(noun: Noun, name: str) -> Any:
    """The root field that gives one record by its id."""

    async def resolve(id: strawberry.ID) -> Any:
        return await record_by_id(current_scope(), id, noun.kind)

    resolve.__annotations__ = {
        "id": Annotated[strawberry.ID, strawberry.argument(description=f"Id of the {name}.")],
        "return": noun.node | None,
    }
    text = f"The {name} with that id; null when there is none, an error when the id is malformed."
    return strawberry.field(resolver=resolve, description=text, metadata={ACCESS: Lookup(noun.kind)})


def list_field(noun: Noun, description: str) -> Any:
    """The root field that lists all records of a kind over all sources."""
    return _paged_field(noun, ListedEverywhere(noun.criteria), description, max_age=True)


def relation_list_field(noun: Noun, relation: Relation, description: str) -> Any:
    """A field that lists the records that belong to the parent."""
    return _paged_field(noun, ListedOfParent(noun.criteria, relation), description, max_age=False)


def _paged_field(noun: Noun, access: Listed, description: str, *, max_age: bool) -> Any:
    async def resolve(root: Any, info: strawberry.Info, **arguments: Any) -> Any:
        asked = access.prepared(**arguments)
        (found,) = await access.values(current_scope(), [root], asked, [info.path.as_list()])
        if isinstance(found, Exception):
            raise found
        return found

    async def aged(
        root: Any, info: strawberry.Info, filter: Any = None, order_by: Any = None, first: Any = None,
        after: Any = None, last: Any = None, before: Any = None, max_age: Any = None,
    ) -> Any:  # fmt: skip
        return await resolve(
            root, info, filter=filter, order_by=order_by, first=first, after=after, last=last, before=before,
            max_age=max_age,
        )  # fmt: skip

    async def plain(
        root: Any, info: strawberry.Info, filter: Any = None, order_by: Any = None, first: Any = None,
        after: Any = None, last: Any = None, before: Any = None,
    ) -> Any:  # fmt: skip
        return await resolve(
            root, info, filter=filter, order_by=order_by, first=first, after=after, last=last, before=before
        )

    resolver = aged if max_age else plain
    resolver.__annotations__ = {
        "root": PARENT,
        "info": strawberry.Info,
        "filter": Annotated[
            noun.filter | None,
            strawberry.argument(description=f"Only {noun.plural} that meet these conditions."),
        ],
        "order_by": Annotated[
            cast("Any", list)[noun.order] | None,
            strawberry.argument(
                description="Order of the list; later fields decide between records that are equal in "
                "earlier ones, and source and remote id decide at last."
            ),
        ],
        "first": FIRST,
        "after": AFTER,
        "last": LAST,
        "before": BEFORE,
        "return": cast(Any, Connection)[noun.node],
    }
    if max_age:
        resolver.__annotations__["max_age"] = MAX_AGE
    return strawberry.field(resolver=resolver, description=description, metadata={ACCESS: access})
