"""The names that the changes of a record can carry: what a subscriber may ask for."""

from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from floorgraph.model.alarm import Alarm
from floorgraph.model.batch import Batch
from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.layout import Layout
from floorgraph.model.order import Order
from floorgraph.model.piece import Piece
from floorgraph.model.program import Program
from floorgraph.model.record import Record, compared_fields
from floorgraph.model.station import Station
from subscriptions.change import STANDALONE, graphql_name

RECORDS: dict[Kind, type[Record]] = {
    record.kind_word: record for record in (Alarm, Batch, Job, Layout, Order, Piece, Program, Station)
}
"""The records that can be followed."""


@cache
def field_names(kind: Kind) -> frozenset[str]:
    """The names that `changedFields` of a kind's changes can hold, as GraphQL names them."""
    return frozenset(graphql_name(name) for name in _compared(RECORDS[kind]))


def _compared(owner: type[Record]) -> list[str]:
    hints = get_type_hints(owner)
    found: list[str] = []
    for name in compared_fields(owner):
        inner = _record_in(hints[name])
        if inner is None:
            found.append(name)
        else:
            # A record inside a record has no field of its own in GraphQL; its fields do.
            found.extend(field for field in compared_fields(inner) if field not in STANDALONE)
    return [name for name in found if name not in STANDALONE]


def _record_in(hint: Any) -> type[Record] | None:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    (only, *more) = [option for option in options if option is not NoneType]
    return only if not more and isinstance(only, type) and issubclass(only, Record) else None
