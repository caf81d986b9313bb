"""How one kind of command is handled: judged, sent, and looked after."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from floorgraph.model.command import CommandOutcome, OperationStatus, UserError, UserErrorCode
from floorgraph.vendors import handling
from floorgraph.vendors.answers import Image
from floorgraph.vendors.authentise.commands.reading import Reading
from floorgraph.vendors.authentise.commands.writer import Writer
from floorgraph.vendors.commands import Advance, Result
from floorgraph.vendors.failures import (
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    SourceFailure,
    Unsupported,
)
from floorgraph.vendors.handling import C, error

FORM: Final = frozenset(
    {
        "cannot-set-property",
        "empty-payload",
        "invalid-payload",
        "missing-parameter",
        "property-value-not-in-allowed-values",
        "request-validation-error",
        "type-validation-error",
    }
)
"""The framework's codes for requests that are wrong by themselves; other 400s speak of the record."""


@dataclass(slots=True)
class Handler(handling.Handler[C]):
    """Handles the commands of one class."""

    resource: ClassVar[str]
    """Where it is sent, and what must not be switched off."""

    writer: Writer
    reading: Reading

    def lacking(self) -> str | None:
        """Why this tenant cannot do it; None when nothing speaks against it."""
        reason = self.writer.server.off(self.resource)
        return None if reason is None else f"The tenant does not offer '{self.resource}': {reason}."

    async def document(self, handle: str) -> Image | None:
        """The document that came of it; None for a handle that is not this handler's."""
        del handle
        return None


def missing(what: str, named: str, *path: str) -> UserError:
    """There is no such record."""
    return error(f"There is no {what} '{named}'.", UserErrorCode.NOT_FOUND, *path)


def not_now(message: str, *path: str) -> UserError:
    """The record as it is now does not allow it."""
    return error(message, UserErrorCode.NOT_POSSIBLE_NOW, *path)


def wrong(message: str, *path: str) -> UserError:
    """A value is wrong by itself."""
    return error(message, UserErrorCode.INVALID, *path)


def refused(failure: SourceFailure, *path: str, hint: str = "") -> Result:
    """A command that the vendor refused, in terms of the input. Raises what is no refusal."""
    code = _meaning(failure)
    if code is None:
        raise failure
    said = failure.detail[:1].upper() + failure.detail[1:]
    message = f"{said.rstrip('.')}.{f' {hint}' if hint else ''}"
    found = error(message, code, *path, vendor_code=failure.vendor_code)
    return Result(
        CommandOutcome.REJECTED,
        errors=[found],
        vendor_answer={"failure": failure.detail, "vendorCode": failure.vendor_code},
    )


def _meaning(failure: SourceFailure) -> UserErrorCode | None:
    """What a refusal means by the vendor's statuses and codes (vendor document, section 5)."""
    if isinstance(failure, BadRequest):
        form = failure.vendor_code in FORM
        return UserErrorCode.INVALID if form else UserErrorCode.NOT_POSSIBLE_NOW
    if isinstance(failure, Conflict):
        return UserErrorCode.NOT_POSSIBLE_NOW
    if isinstance(failure, NotFound):
        return UserErrorCode.NOT_FOUND
    if isinstance(failure, Forbidden):
        return UserErrorCode.REFUSED_BY_VENDOR
    return UserErrorCode.UNSUPPORTED if isinstance(failure, Unsupported) else None


def advance_of(status: Any, detail: str | None, **found: Any) -> Advance:
    """How far one of the vendor's jobs in the background is, by its own word; it tells no share."""
    meaning = {"complete": OperationStatus.SUCCEEDED, "error": OperationStatus.FAILED}
    return Advance(meaning.get(str(status), OperationStatus.RUNNING), detail=detail, **found)


def text_of(value: Any) -> str | None:
    """A field as text; None where it is none or empty."""
    return value if isinstance(value, str) and value.strip() else None
