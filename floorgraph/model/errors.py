"""Errors that reach API callers, each with a code they can act on.

Tree:
    FloorgraphError
    +-- BadId             BAD_ID            an id that is not of the form source:kind:remote
    +-- BadCursor         BAD_CURSOR        a paging or resume cursor this server did not make
    +-- BadArgument       BAD_ARGUMENT      an argument outside its documented range
    +-- NotPermitted      FORBIDDEN         the caller lacks the right that the field asks for
    +-- floorgraph.vendors.failures.SourceFailure and its subclasses
"""

from typing import ClassVar


class FloorgraphError(Exception):
    """Root of all errors whose text and code may be shown to API callers."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False

    def extensions(self) -> dict[str, object]:
        """What GraphQL shows under `errors[].extensions` beside the correlation id."""
        return {"code": self.code, "retryable": self.retryable}


class BadId(FloorgraphError):
    """An id that cannot be one of ours; an unknown but well-formed id is null, not this."""

    code = "BAD_ID"


class BadCursor(FloorgraphError):
    """A cursor that was not issued by this server for this list."""

    code = "BAD_CURSOR"


class BadArgument(FloorgraphError):
    """An argument outside its documented range; the message names argument and range."""

    code = "BAD_ARGUMENT"


class NotPermitted(FloorgraphError):
    """The caller's role does not include the right that a field or header asks for."""

    code = "FORBIDDEN"
