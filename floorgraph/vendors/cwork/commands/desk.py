"""The commands of CWork, and who handles each."""

from collections.abc import Mapping
from typing import Any, Final

from floorgraph.model.command import Command
from floorgraph.model.commands.programs import (
    CertifyProgramVersion,
    CreateProgram,
    DeleteProgram,
    DeleteProgramRange,
    DeleteProgramVersion,
    SendProgram,
    SendPrograms,
    SubmitProgramVersion,
)
from floorgraph.model.commands.stations import (
    AmendStationState,
    ChangeStationState,
    ResetPartCount,
    ResumeAutomaticState,
)
from floorgraph.vendors.cwork.commands.deleting import DeleteDocument, DeleteRange, DeleteVersion
from floorgraph.vendors.cwork.commands.handling import Handler
from floorgraph.vendors.cwork.commands.keeping import Certify, Create, Submit
from floorgraph.vendors.cwork.commands.reading import Reading
from floorgraph.vendors.cwork.commands.sending import Send, SendSeveral
from floorgraph.vendors.cwork.commands.stations import AmendState, ChangeState, ResetParts, ResumeAutomatic
from floorgraph.vendors.cwork.commands.writer import Writer

HANDLERS: Final[Mapping[type[Command], type[Handler[Any]]]] = {
    ChangeStationState: ChangeState,
    AmendStationState: AmendState,
    ResumeAutomaticState: ResumeAutomatic,
    ResetPartCount: ResetParts,
    SendProgram: Send,
    SendPrograms: SendSeveral,
    CreateProgram: Create,
    SubmitProgramVersion: Submit,
    CertifyProgramVersion: Certify,
    DeleteProgram: DeleteDocument,
    DeleteProgramVersion: DeleteVersion,
    DeleteProgramRange: DeleteRange,
}


class Desk:
    """Handles the commands of one server."""

    def __init__(self, reading: Reading) -> None:
        writer = Writer(reading.server)
        self._handlers: dict[type[Command], Handler[Any]] = {
            kind: handler(writer, reading) for kind, handler in HANDLERS.items()
        }

    def handler(self, kind: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class; None for one that is not CWork's."""
        return self._handlers.get(kind)
