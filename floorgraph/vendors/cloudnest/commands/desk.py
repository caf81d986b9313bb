"""The commands of CloudNest and its machines, and who handles each."""

from collections.abc import Mapping
from typing import Any, Final

from floorgraph.model.command import Command
from floorgraph.vendors.cloudnest.commands import jobs, machines, parts, plates
from floorgraph.vendors.cloudnest.commands.handling import Handler
from floorgraph.vendors.cloudnest.commands.inputs import (
    AddParts,
    AddPlate,
    AutoNest,
    CreateNestJob,
    DeleteNestJob,
    PushLayoutToStation,
    UploadCutTask,
    UploadDrawing,
)
from floorgraph.vendors.cloudnest.commands.reading import Reading
from floorgraph.vendors.cloudnest.commands.writer import Writer

HANDLERS: Final[Mapping[type[Command], type[Handler[Any]]]] = {
    CreateNestJob: jobs.Create,
    DeleteNestJob: jobs.Delete,
    AutoNest: jobs.Nest,
    AddParts: parts.Add,
    UploadDrawing: parts.Upload,
    AddPlate: plates.Add,
    PushLayoutToStation: machines.Push,
    UploadCutTask: machines.Upload,
}


class Desk:
    """Handles the commands of one account."""

    def __init__(self, reading: Reading) -> None:
        writer = Writer(reading.gateway, reading.jobs)
        self._handlers: dict[type[Command], Handler[Any]] = {
            kind: handler(writer, reading) for kind, handler in HANDLERS.items()
        }

    def handler(self, kind: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class; None for one of another vendor."""
        return self._handlers.get(kind)
