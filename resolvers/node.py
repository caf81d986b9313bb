"""Any record by its id alone."""

from collections.abc import Callable, Mapping
from typing import Any

from floorgraph.model.ids import GlobalId, Kind
from loaders.base import Loader
from loaders.records import (
    AlarmById,
    BatchById,
    JobById,
    JobFolderById,
    LayoutById,
    OrderById,
    PieceById,
    ProgramById,
    ProgramVersionById,
    StationById,
)
from loaders.scope import Scope

BY_KIND: Mapping[Kind, Callable[[Scope], Loader[str, Any]]] = {
    Kind.STATION: StationById,
    Kind.JOB: JobById,
    Kind.ORDER: OrderById,
    Kind.PIECE: PieceById,
    Kind.PROGRAM: ProgramById,
    Kind.PROGRAM_VERSION: ProgramVersionById,
    Kind.ALARM: AlarmById,
    Kind.LAYOUT: LayoutById,
    Kind.BATCH: BatchById,
    Kind.JOB_FOLDER: JobFolderById,
}


async def record_by_id(scope: Scope, record_id: str, expected: Kind | None = None) -> Any:
    """The record with that id, or None when there is none.

    Raises `BadId` for a malformed id or one of another kind than `expected`,
    and the `SourceFailure` when its source cannot say.
    """
    kind = GlobalId.parse(record_id, expected=expected).kind
    return await scope.loader(BY_KIND[kind]).load(record_id)
