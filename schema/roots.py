"""The root types: queries and subscriptions."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import strawberry

from floorgraph.model.errors import BadArgument
from loaders.scope import current_scope
from resolvers import live
from resolvers.alarm import AlarmCriteria
from resolvers.job import JobCriteria
from resolvers.node import record_by_id
from resolvers.station import StationCriteria
from schema.alarm import ALARMS, AlarmFilter
from schema.change import AlarmChange, JobChange, SourceChange, StationChange
from schema.connection import list_field, lookup_field
from schema.job import JOBS, JobFilter
from schema.node import Node
from schema.order import ORDERS
from schema.piece import PIECES
from schema.program import PROGRAMS
from schema.source import Source, all_sources
from schema.station import STATIONS, StationFilter

MAX_NODES = 100

STREAM = (
    " First the records as they are known (SNAPSHOT, then CAUGHT_UP), then every change of a declared field. "
    "Sources are polled only while somebody subscribes."
)
ON = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Only updates in which one of these fields changed, by their GraphQL names such as "
        "`state`; added and removed records come anyway."
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


@strawberry.type(description="What can be asked.")
class Query:
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
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription(description="Stations as they change, with what they report." + STREAM)
    async def station_changed(
        self,
        info: strawberry.Info[Any, None],
        filter: Annotated[
            StationFilter | None, strawberry.argument(description="Only stations that meet these conditions.")
        ] = None,
        on: ON = None,
        after: RESUME = None,
        snapshot: SNAPSHOT = True,
        max_age: WANTED_AGE = None,
    ) -> AsyncIterator[StationChange]:
        """Changes of stations."""
        topic = live.topic_of(
            filter or StationCriteria(), on=on, after=after, snapshot=snapshot, max_age=max_age
        )
        async for change in live.changes(info.context, topic):
            yield change  # type: ignore[misc]

    @strawberry.subscription(description="Jobs as they change." + STREAM)
    async def job_changed(
        self,
        info: strawberry.Info[Any, None],
        filter: Annotated[
            JobFilter | None, strawberry.argument(description="Only jobs that meet these conditions.")
        ] = None,
        on: ON = None,
        after: RESUME = None,
        snapshot: SNAPSHOT = True,
        max_age: WANTED_AGE = None,
    ) -> AsyncIterator[JobChange]:
        """Changes of jobs."""
        topic = live.topic_of(filter or JobCriteria(), on=on, after=after, snapshot=snapshot, max_age=max_age)
        async for change in live.changes(info.context, topic):
            yield change  # type: ignore[misc]

    @strawberry.subscription(description="Alarms as they are raised (ADDED) and cleared (REMOVED)." + STREAM)
    async def alarm_changed(
        self,
        info: strawberry.Info[Any, None],
        filter: Annotated[
            AlarmFilter | None, strawberry.argument(description="Only alarms that meet these conditions.")
        ] = None,
        after: RESUME = None,
        snapshot: SNAPSHOT = True,
        max_age: WANTED_AGE = None,
    ) -> AsyncIterator[AlarmChange]:
        """Changes of alarms."""
        topic = live.topic_of(
            filter or AlarmCriteria(), on=None, after=after, snapshot=snapshot, max_age=max_age
        )
        async for change in live.changes(info.context, topic):
            yield change  # type: ignore[misc]

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
