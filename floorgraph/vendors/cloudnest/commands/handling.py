"""How one kind of command is handled: judged, sent, and looked after."""

import math
from dataclasses import dataclass
from typing import ClassVar

from floorgraph.model.command import CommandOutcome, UserError, UserErrorCode
from floorgraph.vendors import handling
from floorgraph.vendors.cloudnest.commands.reading import Reading
from floorgraph.vendors.cloudnest.commands.writer import Writer
from floorgraph.vendors.commands import Result
from floorgraph.vendors.failures import BadRequest, Conflict, NotApplicable, NotFound, SourceFailure
from floorgraph.vendors.handling import C, error

LONGEST_NAME = 200
LONGEST_FILE = 1_000_000
MOST_COPIES = 10_000
_CODES = {
    NotFound: UserErrorCode.NOT_FOUND,
    NotApplicable: UserErrorCode.NOT_POSSIBLE_NOW,
    Conflict: UserErrorCode.CONFLICT,
    BadRequest: UserErrorCode.INVALID,
}


@dataclass(slots=True)
class Handler(handling.Handler[C]):
    """Handles the commands of one class."""

    endpoints: ClassVar[tuple[str, ...]]
    """The endpoints that it can be sent to; one of them must be there."""

    writer: Writer
    reading: Reading

    def lacking(self) -> str | None:
        """Why it cannot be sent; None when nothing speaks against it."""
        reasons = [self.writer.lacking(name) for name in self.endpoints]
        return None if None in reasons else reasons[0]


def refused(failure: SourceFailure, *path: str) -> Result:
    """A command that the vendor refused, in terms of the input. Raises any other failure."""
    code = next((code for kind, code in _CODES.items() if isinstance(failure, kind)), None)
    if code is None:
        raise failure
    found = error(
        f"{failure.detail[:1].upper()}{failure.detail[1:]}.", code, *path, vendor_code=failure.vendor_code
    )
    return Result(CommandOutcome.REJECTED, errors=[found], vendor_answer={"failure": failure.detail})


def bad_name(name: str, *path: str) -> list[UserError]:
    """What is wrong with a name that people give."""
    if name.strip() and len(name) <= LONGEST_NAME and name.isprintable():
        return []
    return [error(f"A name has 1 to {LONGEST_NAME} visible characters.", UserErrorCode.INVALID, *path)]


def bad_file(name: str, *path: str) -> list[UserError]:
    """What is wrong with the name of a file."""
    if any(sign in name for sign in '/\\"'):
        message = "The name of a file has no folder and no quotation marks in it."
        return [error(message, UserErrorCode.INVALID, *path)]
    return bad_name(name, *path)


def bad_text(text: str, *path: str) -> list[UserError]:
    """What is wrong with the content of a file."""
    if text.strip() and len(text) <= LONGEST_FILE:
        return []
    message = f"A file has 1 to {LONGEST_FILE:,} characters."
    return [error(message, UserErrorCode.INVALID, *path)]


def bad_length(value: float, *path: str, least: float = 0.0, included: bool = False) -> list[UserError]:
    """What is wrong with a length in millimetres."""
    if math.isfinite(value) and (value >= least if included else value > least):
        return []
    message = f"It must be {'at least' if included else 'more than'} {least:g} mm."
    return [error(message, UserErrorCode.INVALID, *path)]


def bad_count(value: int, *path: str, most: int = MOST_COPIES) -> list[UserError]:
    """What is wrong with a number of things."""
    if 1 <= value <= most:
        return []
    return [error(f"It must be 1 to {most:,}.", UserErrorCode.INVALID, *path)]
