"""How one kind of command is handled: judged, sent, and looked after."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from floorgraph.model.command import Command, CommandOutcome, UserError, UserErrorCode
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.cwork.commands.reading import Reading
from floorgraph.vendors.cwork.commands.writer import Writer
from floorgraph.vendors.failures import SourceFailure

C = TypeVar("C", bound=Command)


@dataclass(slots=True)
class Handler(Generic[C]):
    """Handles the commands of one class."""

    function: ClassVar[str]
    """By which versions and licences are known; see `abilities.NEEDS`."""

    writer: Writer
    reading: Reading

    def lacking(self) -> str | None:
        """Why this server cannot do it; None when nothing speaks against it."""
        return self.writer.lacking(self.function)

    async def review(self, command: C) -> Review:
        """What stands against it. Raises `SourceFailure`."""
        raise NotImplementedError

    async def carry_out(self, command: C) -> Result:
        """Send it. Raises as `Source.carry_out`."""
        raise NotImplementedError

    async def settle(self, command: C, before: Mapping[str, Any]) -> Settlement:
        """Whether it has been done. Raises `SourceFailure`."""
        del command, before
        return Settlement(Verdict.OPEN)


def error(message: str, code: UserErrorCode, *path: str, vendor_code: str | None = None) -> UserError:
    """A reason against a command; `path` leads to the field below the input."""
    where = ("input", *path) if path else ()
    return UserError(message=message, code=code, field=where, vendor_code=vendor_code)


def refused(failure: SourceFailure, code: UserErrorCode, *path: str, hint: str = "") -> Result:
    """A command that the vendor refused, in terms of the input."""
    message = f"{failure.detail[:1].upper()}{failure.detail[1:]}.{f' {hint}' if hint else ''}"
    found = error(message, code, *path, vendor_code=failure.vendor_code)
    return Result(CommandOutcome.REJECTED, errors=[found], vendor_answer={"failure": failure.detail})
