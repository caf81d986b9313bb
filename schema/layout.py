"""Layouts in GraphQL."""

from floorgraph.model import layout
from resolvers import layout as relations
from resolvers.layout import LayoutCriteria, LayoutOrderField
from schema import enums
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import list_of, related
from schema.node import Record
from schema.nouns import BATCHES, JOBS, PIECES, STATIONS

__all__ = ["enums", "Layout", "LayoutFilter", "LayoutOrder", "Placement"]


@record_type(layout.Placement)
class Placement:
    """A piece in a layout."""

    piece = related(
        relations.PIECE_OF_PLACEMENT,
        PIECES.node | None,
        "The piece that is placed; null when the vendor does not say which.",
    )


@record_type(layout.Layout)
class Layout(Record):
    """A layout, what is placed on it and what it is made from."""

    station = related(
        relations.STATION,
        STATIONS.node | None,
        "The station that the layout is made at; null when none is chosen.",
    )
    batch = related(
        relations.BATCH,
        BATCHES.node | None,
        "The sheet that the layout is cut from; null when the vendor does not say. "
        "May cost one call for this layout alone and one for its job.",
    )
    jobs = relation_list_field(JOBS, relations.JOBS, "The jobs that make the layout.")
    pieces = relation_list_field(PIECES, relations.PIECES, "The pieces on the layout.")
    placements = related(
        relations.PLACEMENTS,
        list_of(Placement) | None,
        "Where the pieces lie, in the vendor's order; may cost one call for this layout alone.",
    )


@criteria_input("LayoutFilter", ("job", "station"))
class LayoutFilter(LayoutCriteria):
    """Narrows a list of layouts."""


LayoutOrder = order_input("LayoutOrder", LayoutOrderField)
