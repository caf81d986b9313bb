"""The root types: queries and subscriptions."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import strawberry

from floorgraph.model.errors import BadArgument
from loaders.scope import current_scope
from resolvers import live
from resolvers.node import record_by_id
from schema.change import SourceChange, changes_field
from schema.commands.roots import CommandQueries, CommandSubscriptions
from schema.connection import list_field, lookup_field
from schema.federation import Gateway
from schema.node import Node
from schema.nouns import ALARMS, BATCHES, FOLDERS, JOBS, LAYOUTS, ORDERS, PIECES, PROGRAMS, STATIONS
from schema.source import Source, all_sources

MAX_NODES = 100

STREAM = (
    " First the records as they are known (SNAPSHOT, then CAUGHT_UP), then every change of a declared field. "
    "Sources are polled only while somebody subscribes."
)


@strawberry.type(description="What can be asked.")
class Query(CommandQueries, Gateway):
    """The root of queries."""

    station = lookup_field(STATIONS, "station")
    stations = list_field(STATIONS, "All stations.")
    job = lookup_field(JOBS, "job")
    jobs = list_field(JOBS, "All jobs.")
    order = lookup_field(ORDERS, "order")
    orders = list_field(ORDERS, "All orders.")
    piece = lookup_field(PIECES, "piece")
    pieces = list_field(PIECES, "All pieces, or their counted quantities.")
    program = lookup_field(PROGRAMS, "program")
    programs = list_field(PROGRAMS, "All programs.")
    batch = lookup_field(BATCHES, "batch")
    batches = list_field(BATCHES, "All batches of material.")
    layout = lookup_field(LAYOUTS, "layout")
    layouts = list_field(LAYOUTS, "All layouts.")
    job_folders = list_field(FOLDERS, "All folders of jobs.")
    alarms = list_field(ALARMS, "All alarms that are active now.")

    @strawberry.field(description="Any record by its id; null when there is none.")
    async def node(
        self,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of the record.")],
    ) -> Node | None:
        """Relay's refetch by id."""
        found: Node | None = await record_by_id(current_scope(), id)
        return found

    @strawberry.field(
        description="Records by their ids, in the same order; null in place of those that do not exist."
    )
    def nodes(
        self,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description=f"Ids of the records; at most {MAX_NODES}.")
        ],
    ) -> list[Node | None]:
        """Relay's refetch of many."""
        if len(ids) > MAX_NODES:
            raise BadArgument(f"'ids' may hold at most {MAX_NODES} ids, not {len(ids)}.")
        scope = current_scope()
        return [record_by_id(scope, record_id) for record_id in ids]  # type: ignore[misc]

    @strawberry.field(description="All configured sources, in the order of the configuration.")
    def sources(self) -> list[Source]:
        """All sources."""
        return all_sources()

    @strawberry.field(description="The source with that key; null when it is not configured.")
    def source(
        self, key: Annotated[str, strawberry.argument(description="The source's key in the configuration.")]
    ) -> Source | None:
        """One source."""
        found: Any = current_scope().floor.get(key)
        return found  # type: ignore[no-any-return]


@strawberry.type(description="What can be followed live.")
class Subscription(CommandSubscriptions):
    """The root of subscriptions."""

    alarm_changed = changes_field(
        "alarm", "Alarms as they are raised (ADDED) and cleared (REMOVED)." + STREAM
    )
    batch_changed = changes_field("batch", "Batches of material as they change." + STREAM)
    job_changed = changes_field("job", "Jobs as they change." + STREAM)
    layout_changed = changes_field("layout", "Layouts as they change." + STREAM)
    order_changed = changes_field("order", "Orders as they change." + STREAM)
    piece_changed = changes_field("piece", "Pieces as they change." + STREAM)
    station_changed = changes_field("station", "Stations as they change, with what they report." + STREAM)

    @strawberry.subscription(
        description="Sources as their condition changes: first each as it is now (SNAPSHOT, then "
        "CAUGHT_UP), then every change."
    )
    async def source_changed(
        self,
        info: strawberry.Info[Any, None],
        keys: Annotated[
            list[str] | None, strawberry.argument(description="Only the sources with these keys.")
        ] = None,
    ) -> AsyncIterator[SourceChange]:
        """Changes of sources."""
        async for change in live.source_changes(info.context, keys):
            yield change  # type: ignore[misc]
