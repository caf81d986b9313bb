"""The commands of Authentise, and who handles each."""

from collections.abc import Mapping
from typing import Any, Final

from floorgraph.model.command import Command
from floorgraph.vendors.answers import Image
from floorgraph.vendors.authentise.commands.actions import Record
from floorgraph.vendors.authentise.commands.downtimes import End, EndDowntime, Schedule, ScheduleDowntime
from floorgraph.vendors.authentise.commands.handling import Handler
from floorgraph.vendors.authentise.commands.making import Create, CreateJobs
from floorgraph.vendors.authentise.commands.material import RecordBatchAction
from floorgraph.vendors.authentise.commands.orders import Update, UpdateOrder
from floorgraph.vendors.authentise.commands.positions import SetItemStatus, SetLineItemStatus
from floorgraph.vendors.authentise.commands.queueing import Queue, QueueJob
from floorgraph.vendors.authentise.commands.reading import Reading
from floorgraph.vendors.authentise.commands.reports import Request, RequestTraceabilityReport
from floorgraph.vendors.authentise.commands.statuses import SetJobStatus, SetStatus
from floorgraph.vendors.authentise.commands.transformations import TransformPieces
from floorgraph.vendors.authentise.commands.transforming import Transform
from floorgraph.vendors.authentise.commands.writer import Writer
from floorgraph.vendors.authentise.desk import Desk

HANDLERS: Final[Mapping[type[Command], type[Handler[Any]]]] = {
    ScheduleDowntime: Schedule,
    EndDowntime: End,
    SetJobStatus: SetStatus,
    QueueJob: Queue,
    CreateJobs: Create,
    TransformPieces: Transform,
    RecordBatchAction: Record,
    RequestTraceabilityReport: Request,
    UpdateOrder: Update,
    SetLineItemStatus: SetItemStatus,
}


class Counter:
    """Where the commands of one tenant are handed in."""

    def __init__(self, desk: Desk) -> None:
        writer, reading = Writer(desk.archive), Reading(desk)
        self._handlers: dict[type[Command], Handler[Any]] = {
            kind: handler(writer, reading) for kind, handler in HANDLERS.items()
        }

    def handler(self, kind: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class; None for one that is not Authentise's."""
        return self._handlers.get(kind)

    async def document(self, handle: str) -> Image | None:
        """The document that came of some command; None for a handle of none of them."""
        for handler in self._handlers.values():
            found = await handler.document(handle)
            if found is not None:
                return found
        return None
