"""This graph as a subgraph of Apollo Federation 2: entities by their keys, and the text for composition."""

from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Final, NewType, Union

import graphql
import strawberry
from strawberry.types.scalar import ScalarDefinition

from floorgraph.model.errors import BadArgument
from loaders.scope import current_scope
from resolvers.entity import KINDS, MOST_REPRESENTATIONS, SOURCE, entity
from schema.alarm import Alarm
from schema.batch import Batch
from schema.folder import JobFolder
from schema.job import Job
from schema.layout import Layout
from schema.order import Order
from schema.piece import Piece
from schema.program import Program
from schema.source import Source
from schema.station import Station
from schema.version import ProgramVersion

LINK: Final = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])'
)
KEYS: Final = dict.fromkeys(KINDS, "id") | {SOURCE: "key"}
"""Name of each entity's type -> the field that identifies it."""
SHAREABLE: Final = ("PageInfo",)
"""Types that mean the same in every graph that follows Relay, so that others may define them as well."""

_REFUSED = "A representation must be an object with '__typename' and the key of that type."


def _parsed(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise graphql.GraphQLError(_REFUSED)
    return value


Representation = NewType("Representation", dict[str, Any])
REPRESENTATION: Final[dict[object, ScalarDefinition]] = {
    Representation: strawberry.scalar(
        name="_Any",
        description="What a gateway knows about an entity: `__typename` and the key of that type (Apollo "
        "Federation).",
        parse_value=_parsed,
    )
}

Entity = Annotated[
    Union[  # noqa: UP007 - a union of classes that are put together here
        Alarm, Batch, Job, JobFolder, Layout, Order, Piece, Program, ProgramVersion, Source, Station
    ],
    strawberry.union("_Entity", description="Whatever a gateway can ask for by its key (Apollo Federation)."),
]


@strawberry.type(name="_Service", description="What a gateway composes this graph from (Apollo Federation).")
class Service:
    """Federation's description of a subgraph."""

    @strawberry.field(
        description="The schema in GraphQL's definition language, with the keys of entities and without "
        "the fields for gateways."
    )
    def sdl(self, info: strawberry.Info[Any, None]) -> str:
        """The text for composition."""
        return _text_of(info.schema)


REPRESENTATIONS = strawberry.argument(
    description=f"Any mix of types, at most {MOST_REPRESENTATIONS}; keyed by `id`, a source by its `key`."
)


@strawberry.type(description="What gateways ask.")
class Gateway:
    """The fields of the root that gateways use; mixed into it."""

    @strawberry.field(
        name="_service", description="What a gateway composes this graph from (Apollo Federation)."
    )
    def service(self) -> Service:
        """Federation's description of this subgraph."""
        return Service()

    @strawberry.field(
        name="_entities",
        description="What representations stand for, in their order (Apollo Federation); null in place of "
        "what does not exist. However many there are of one type, they cost what one list costs.",
    )
    def entities(
        self, representations: Annotated[list[Representation], REPRESENTATIONS]
    ) -> list[Entity | None]:
        """Entities by their keys, loaded together."""
        count = len(representations)
        if count > MOST_REPRESENTATIONS:
            raise BadArgument(
                f"'representations' may hold at most {MOST_REPRESENTATIONS} entries, not {count}."
            )
        scope = current_scope()
        return [entity(scope, representation) for representation in representations]  # type: ignore[misc]


@cache
def _text_of(schema: Any) -> str:
    return subgraph_text(schema.as_str())


def subgraph_text(text: str) -> str:
    """A schema's text as a subgraph gives it to a gateway: sorted, and with keys."""
    ordered = graphql.lexicographic_sort_schema(graphql.build_schema(text))
    document = graphql.parse(graphql.print_schema(ordered))
    kept = [_marked(node) for node in document.definitions if not _name(node).startswith("_")]
    return f"{LINK}\n\n{graphql.print_ast(graphql.DocumentNode(definitions=tuple(kept)))}\n"


def _name(node: Any) -> str:
    return node.name.value if getattr(node, "name", None) is not None else ""


def _marked(node: Any) -> Any:
    if not isinstance(node, graphql.ObjectTypeDefinitionNode):
        return node
    name = _name(node)
    marks = [f'@key(fields: "{KEYS[name]}")'] if name in KEYS else ["@shareable"] * (name in SHAREABLE)
    fields = tuple(field for field in node.fields or () if not _name(field).startswith("_"))
    return replace(node, fields=fields, directives=tuple(_directive(mark) for mark in marks))


def _directive(text: str) -> graphql.ConstDirectiveNode:
    (definition,) = graphql.parse(f"scalar X {text}").definitions
    (found,) = definition.directives  # type: ignore[attr-defined]
    mark: graphql.ConstDirectiveNode = found
    return mark
