"""Pieces in GraphQL."""

from typing import Annotated

import strawberry

from floorgraph.model import piece
from floorgraph.model.ids import Kind
from resolvers import piece as relations
from resolvers.piece import PieceCriteria, PieceOrderField
from schema import progress
from schema.connection import Noun, order_input
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record

__all__ = ["PIECES", "Piece", "PieceFilter", "progress"]


@record_type()
class Piece(Record, piece.Piece):
    """A piece and what it belongs to."""

    job = related(
        relations.JOB,
        Annotated["Job", strawberry.lazy("schema.job")] | None,
        "The job that makes the piece; null when the vendor does not say.",
    )
    order = related(
        relations.ORDER,
        Annotated["Order", strawberry.lazy("schema.order")] | None,
        "The order that the piece is made for; null when the vendor does not say.",
    )
    station = related(
        relations.STATION,
        Annotated["Station", strawberry.lazy("schema.station")] | None,
        "The station that the piece is made at; null when the vendor does not say.",
    )


@criteria_input("PieceFilter", ("job", "order", "station"))
class PieceFilter(PieceCriteria):
    """Narrows a list of pieces."""


PIECES = Noun(
    kind=Kind.PIECE,
    node=Piece,
    criteria=PieceCriteria,
    filter=PieceFilter,
    order=order_input("PieceOrder", PieceOrderField),
    plural="pieces",
)
