"""Batches of material in GraphQL."""

from floorgraph.model import batch
from resolvers import batch as relations
from resolvers.batch import BatchCriteria, BatchOrderField
from schema import enums
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import list_of, related
from schema.node import Record
from schema.nouns import BATCHES, JOBS, STATIONS
from schema.timeline import StationClimate

__all__ = ["Batch", "BatchAction", "BatchContainer", "BatchFilter", "BatchLot", "BatchOrder", "enums"]


@record_type(batch.BatchLot)
class BatchLot:
    """A supplier's lot."""


@record_type(batch.BatchContainer)
class BatchContainer:
    """A container of material."""


@record_type(batch.BatchAction)
class BatchAction:
    """Something that was done with a batch."""

    counterpart = related(
        relations.COUNTERPART,
        BATCHES.node | None,
        "The other batch that took part, such as the one that material was moved to; null when none did.",
    )
    station = related(
        relations.STATION_OF_ACTION, STATIONS.node | None, "The station that took part; null when none did."
    )


@record_type(batch.Batch)
class Batch(Record):
    """A batch, where it is and what it was made from."""

    station = related(
        relations.STATION, STATIONS.node | None, "The station that it is loaded at; null when at none."
    )
    jobs = relation_list_field(JOBS, relations.JOBS, "The jobs that use it.")
    parents = relation_list_field(BATCHES, relations.PARENTS, "The batches that it was made from.")
    children = relation_list_field(BATCHES, relations.CHILDREN, "The batches that were made from it.")
    actions = related(relations.ACTIONS, list_of(BatchAction) | None, "What was done with it, oldest first.")
    climate = related(
        relations.CLIMATE,
        list_of(StationClimate) | None,
        "Temperature and humidity measured around it, earliest first; empty where nothing measures them.",
    )


@criteria_input("BatchFilter", ("station",))
class BatchFilter(BatchCriteria):
    """Narrows a list of batches."""


BatchOrder = order_input("BatchOrder", BatchOrderField)
