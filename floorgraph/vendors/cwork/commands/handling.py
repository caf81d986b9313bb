"""How one kind of command is handled: judged, sent, and looked after."""

from dataclasses import dataclass
from typing import ClassVar

from floorgraph.model.command import CommandOutcome, UserErrorCode
from floorgraph.vendors import handling
from floorgraph.vendors.commands import Result
from floorgraph.vendors.cwork.commands.reading import Reading
from floorgraph.vendors.cwork.commands.writer import Writer
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import C, error


@dataclass(slots=True)
class Handler(handling.Handler[C]):
    """Handles the commands of one class."""

    function: ClassVar[str]
    """By which versions and licences are known; see `abilities.NEEDS`."""

    writer: Writer
    reading: Reading

    def lacking(self) -> str | None:
        """Why this server cannot do it; None when nothing speaks against it."""
        return self.writer.lacking(self.function)


def refused(failure: SourceFailure, code: UserErrorCode, *path: str, hint: str = "") -> Result:
    """A command that the vendor refused, in terms of the input."""
    message = f"{failure.detail[:1].upper()}{failure.detail[1:]}.{f' {hint}' if hint else ''}"
    found = error(message, code, *path, vendor_code=failure.vendor_code)
    return Result(CommandOutcome.REJECTED, errors=[found], vendor_answer={"failure": failure.detail})
