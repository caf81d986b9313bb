"""What a source says to commands: reviews before, results after, and where long operations are.

The order of things, which the core keeps: the configuration allows the
command; `Source.review` finds nothing against it; `Source.carry_out` is
called once and never again for the same command; what remains open is asked
for by `Source.settle` or `Source.follow` until it is clear.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from floorgraph.model.command import CommandOutcome, OperationStatus, UserError


@dataclass(frozen=True, slots=True)
class Review:
    """What was found before a command is sent."""

    errors: Sequence[UserError] = ()
    """What stands against it; nothing is sent unless this is empty."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """What it is going to change, as it is now: JSON without secrets, for the audit log and for `settle`."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a vendor made of a command."""

    outcome: CommandOutcome = CommandOutcome.CONFIRMED
    """CONFIRMED, ACCEPTED or REJECTED. What may have been done raises `OutcomeUnknown` instead."""
    record_ids: Sequence[str] = ()
    """Global ids of the records that changed or came to be; the first of the kind that the command
    `returns` is the payload's."""
    errors: Sequence[UserError] = ()
    """Why the vendor refused it, in terms of the input fields where that can be told."""
    vendor_answer: Any = None
    """The vendor's answer as JSON without secrets, for the audit log."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """What changed, as it is now, with the keys of `Review.before`."""
    handle: str | None = None
    """What `follow` needs to ask how far an accepted command is; None when the vendor never tells."""


class Verdict(Enum):
    """Whether a command whose outcome was unknown has been carried out."""

    DONE = "done"
    NOT_DONE = "not done"
    OPEN = "open"
    """It cannot be told, or not yet."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What reading the records again says about a command whose outcome was unknown."""

    verdict: Verdict
    record_ids: Sequence[str] = ()
    after: Mapping[str, Any] = field(default_factory=dict)
    handle: str | None = None
    """With DONE: the vendor took it on and may still work on it, and `follow` asks how far it is by this."""


@dataclass(frozen=True, slots=True)
class Advance:
    """How far an accepted command is."""

    status: OperationStatus
    progress: float | None = None
    """Share that is done, 0 to 1; None when the vendor does not tell."""
    detail: str | None = None
    """What goes on or went wrong, in the vendor's words."""
    record_ids: Sequence[str] = ()
    """Global ids of the records that changed or came to be so far."""
    result: Any = None
    """What came of it, as JSON without secrets, such as the ids of what was made."""
    document: str | None = None
    """What `Source.document` needs to fetch the document that came of it."""
