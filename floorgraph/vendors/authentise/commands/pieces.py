"""Pieces that commands name: whether they are there, and whether anything can still be done with them."""

from collections.abc import Sequence
from typing import Any, Final

from floorgraph.model.command import UserError
from floorgraph.model.piece import PieceStatus
from floorgraph.vendors.authentise.commands.handling import Handler, missing, not_now, wrong
from floorgraph.vendors.authentise.commands.reading import named
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.mapping.words import PIECE
from floorgraph.vendors.authentise.shelf import Row

MOST_PIECES: Final = 1_000
OVER: Final = frozenset({PieceStatus.COMPLETED, PieceStatus.CANCELLED, PieceStatus.SHIPPING})


async def pieces_of(
    handler: "Handler[Any]", piece_ids: Sequence[str]
) -> tuple[dict[Ref, Row], list[UserError]]:
    """The pieces, in their order, and what is wrong with the ids."""
    if not 1 <= len(piece_ids) <= MOST_PIECES:
        return {}, [wrong(f"A command takes 1 to {MOST_PIECES} pieces.", "pieceIds")]
    refs = [named(one, "piece") for one in piece_ids]
    rows = await handler.reading.rows("piece", [ref for ref in refs if ref is not None])
    errors = [
        missing("piece", one, "pieceIds", str(index))
        for index, (one, ref) in enumerate(zip(piece_ids, refs, strict=True))
        if ref is None or ref not in rows
    ]
    if len(set(piece_ids)) != len(piece_ids):
        errors.append(wrong("A piece can be named once only.", "pieceIds"))
    return {ref: rows[ref] for ref in refs if ref is not None and ref in rows}, errors


def piece_status(row: Row) -> PieceStatus:
    """The status of a piece; UNKNOWN for a word that is not known."""
    return PIECE.get(folded(str(row.get("status") or "")), PieceStatus.UNKNOWN)


def ended(pieces: dict[Ref, Row]) -> list[UserError]:
    """Pieces that nothing can be made of any more."""
    return [
        not_now(f"'{row.get('name')}' {_why(row)}.", "pieceIds", str(index))
        for index, row in enumerate(pieces.values())
        if piece_status(row) in OVER or row.get("is_order_deleted") or row.get("is_line_item_deleted")
    ]


def _why(row: Row) -> str:
    if row.get("is_order_deleted"):
        return "belongs to an order that was deleted"
    if row.get("is_line_item_deleted"):
        return "belongs to a line item that was deleted"
    return f"is {piece_status(row).value}"


def told(pieces: dict[Ref, Row]) -> list[dict[str, Any]]:
    """Pieces for the log."""
    return [
        {"piece": ref.remote, "status": row.get("status"), "step": row.get("current_step_position")}
        for ref, row in pieces.items()
    ]
