"""Pieces in GraphQL."""

from floorgraph.model import piece
from resolvers import piece as relations
from resolvers.piece import PieceCriteria, PieceOrderField
from schema import progress
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import list_of, related
from schema.node import Record
from schema.nouns import BATCHES, JOBS, LAYOUTS, ORDERS, PIECES, STATIONS

__all__ = ["Piece", "PieceFilter", "PieceOrder", "PieceProperty", "PieceStep", "progress"]


@record_type(piece.PieceProperty)
class PieceProperty:
    """A property of a piece."""


@record_type(piece.PieceStep)
class PieceStep:
    """One step of a piece's way through the shop."""

    job = related(
        relations.JOB_OF_STEP, JOBS.node | None, "The job that does the step; null while none is planned."
    )


@record_type(piece.Piece)
class Piece(Record):
    """A piece and what it belongs to."""

    job = related(
        relations.JOB,
        JOBS.node | None,
        "The job that makes the piece; null when the vendor does not say.",
    )
    order = related(
        relations.ORDER,
        ORDERS.node | None,
        "The order that the piece is made for; null when the vendor does not say.",
    )
    station = related(
        relations.STATION,
        STATIONS.node | None,
        "The station that the piece is made at; null when the vendor does not say.",
    )
    layouts = relation_list_field(LAYOUTS, relations.LAYOUTS, "The layouts that the piece lies on.")
    batches = relation_list_field(
        BATCHES, relations.BATCHES, "The batches of material that the piece's job uses."
    )
    replaced_by = related(
        relations.REPLACED_BY,
        PIECES.node | None,
        "The piece that takes this one's place; null when none does.",
    )
    steps = related(
        relations.STEPS,
        list_of(PieceStep) | None,
        "The steps of the piece's way through the shop, in order; empty where the vendor plans none.",
    )


@criteria_input("PieceFilter", ("job", "order", "station", "layout"))
class PieceFilter(PieceCriteria):
    """Narrows a list of pieces."""


PieceOrder = order_input("PieceOrder", PieceOrderField)
