"""Stations in GraphQL."""

from typing import Any

import strawberry

from floorgraph.model import station
from loaders.scope import current_scope
from resolvers import station as relations
from resolvers.station import StationCriteria, StationOrderField
from schema.alarm import Alarm
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import (
    entries_over_time,
    list_of,
    over_time,
    program_runs_over_time,
    related,
    with_fields_of,
)
from schema.node import Record
from schema.nouns import BATCHES, JOBS, LAYOUTS, PIECES, PROGRAMS
from schema.timeline import DayCapacity, Downtime, ProgramRun, StateInterval, StationKpis, StationState

__all__ = ["Station", "StationFilter", "StationOrder"]


@record_type(station.Station, hidden=frozenset({"live"}))
@with_fields_of(station.LiveStatus, relations.live_field)
class Station(Record):
    """A station, what it reports now, and the work given to it."""

    status = related(
        relations.STATUS,
        station.StationStatus | None,
        "What the station is doing; the same as `state.status`. Null when no state could be had.",
    )
    current_job = related(
        relations.CURRENT_JOB,
        JOBS.node | None,
        "The job that the station works on; null when it works on none.",
    )
    queue = related(
        relations.QUEUE,
        list_of(JOBS.node) | None,
        "The jobs that wait at the station, first in line first; empty where the vendor keeps no queues.",
    )
    jobs = relation_list_field(JOBS, relations.JOBS, "The jobs that are given to the station.")
    pieces = relation_list_field(PIECES, relations.PIECES, "The pieces that are made at the station.")
    programs = relation_list_field(
        PROGRAMS, relations.PROGRAMS, "The programs that are kept for the station."
    )
    batches = relation_list_field(BATCHES, relations.BATCHES, "The batches of material that are loaded.")
    layouts = relation_list_field(LAYOUTS, relations.LAYOUTS, "The layouts that are made at the station.")
    available_states = related(
        relations.AVAILABLE_STATES,
        list_of(StationState) | None,
        "The states that the station can be put into with `changeStationState`, by `remoteId`, as far as the "
        "vendor tells; empty where states cannot be set.",
    )
    downtimes = related(
        relations.DOWNTIMES,
        list_of(Downtime) | None,
        "When the station is planned not to work, past and to come, earliest first.",
    )
    capacity = related(
        relations.CAPACITY,
        list_of(DayCapacity) | None,
        "How much of each day the station could work and did: the last 31 days and what is reckoned ahead, "
        "earliest first; empty where the vendor does not say.",
    )
    history = entries_over_time(
        relations.HISTORY,
        StateInterval,
        "The states that the station was in over a span of time, from one call for this station alone.",
    )
    alarm_history = entries_over_time(
        relations.ALARM_HISTORY,
        Alarm,
        "The alarms that the station raised over a span of time, from one call for this station alone.",
    )
    program_runs = program_runs_over_time(
        relations.PROGRAM_RUNS,
        ProgramRun,
        "The programs that ran or were selected over a span of time, from one call for this station alone.",
    )
    kpis = over_time(
        relations.KPIS,
        StationKpis | None,
        "Key performance indicators over a span of time, from one call for this station alone; null where "
        "the source computes none.",
    )
    protocol = related(
        relations.PROTOCOL,
        str | None,
        "The protocol by which programs are transferred, such as `FTP`, from one call for this station "
        "alone; null when the source does not say.",
    )
    has_image = related(
        relations.HAS_IMAGE,
        bool | None,
        "Whether the vendor has a picture of the station, from one call for this station alone.",
    )

    @strawberry.field(
        description="Where to get a picture of the station, relative to this server, for a limited time; "
        "null when its source has no pictures."
    )
    def image_url(root: strawberry.Parent[Any]) -> str | None:
        """The signed address of the picture."""
        return current_scope().surroundings.image_url(root.id)


@criteria_input("StationFilter", ("job", "order"))
class StationFilter(StationCriteria):
    """Narrows a list of stations."""


StationOrder = order_input("StationOrder", StationOrderField)
