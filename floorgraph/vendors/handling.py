"""How one kind of command is handled by a source: judged, sent, and looked after."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from floorgraph.model.command import Command, OperationStatus, UserError, UserErrorCode
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict

C = TypeVar("C", bound=Command)


class Handler(Generic[C]):
    """Handles the commands of one class; what a vendor has nothing for is left as it is here."""

    __slots__ = ()

    def lacking(self) -> str | None:
        """Why this server cannot do it; None when nothing speaks against it. Makes no calls."""
        return None

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

    async def follow(self, command: C, handle: str) -> Advance:
        """How far it is. Raises `SourceFailure`."""
        del command, handle
        return Advance(OperationStatus.UNKNOWN)


def error(message: str, code: UserErrorCode, *path: str, vendor_code: str | None = None) -> UserError:
    """A reason against a command; `path` leads to the field below the input."""
    where = ("input", *path) if path else ()
    return UserError(message=message, code=code, field=where, vendor_code=vendor_code)
