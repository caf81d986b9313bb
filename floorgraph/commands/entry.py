"""Entries of the log: a command, what is known of its fate, and how later events add to that. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from floorgraph.model.command import CommandOutcome, OperationStatus, UserError, UserErrorCode


class Stage(StrEnum):
    """What happened to a command after it came; rows of the log."""

    SENT = "sent"
    """It is about to be sent: from here on it may have happened."""
    ENDED = "ended"
    """What came of sending it, or why it was not sent."""
    RESOLVED = "resolved"
    """What reading the records again said about a command whose outcome was unknown."""
    ADVANCED = "advanced"
    """How far an accepted command is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a vendor works on after it accepted a command."""

    status: OperationStatus
    """How far it is."""
    progress: float | None = None
    """Share that is done, 0 to 1; null when the vendor does not tell."""
    detail: str | None = None
    """What goes on or went wrong, in the vendor's words."""
    record_ids: tuple[str, ...] = ()
    """Ids of the records that changed or came to be so far."""
    result: Any = None
    """What came of it, such as the ids of what was made."""
    document: str | None = None
    """What the source needs to fetch the document that came of it."""
    updated_at: datetime
    """When this was last heard (UTC)."""

    @property
    def final(self) -> bool:
        """Whether nothing more will be heard."""
        return self.status is not OperationStatus.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command and what is known of it. Times are UTC."""

    number: int
    """Counts commands; 0 for one that was not written down."""
    command_id: str
    word: str
    """Name of the mutation."""
    source: str
    """Key of the source; empty when the command named none."""
    who: str | None
    """Who sent it, as logs name callers; None for somebody who did not say."""
    role: str
    digest: str
    input: Mapping[str, Any]
    begun_at: datetime
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: CommandOutcome | None = None
    """None while it is under way."""
    errors: tuple[UserError, ...] = ()
    record_ids: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    vendor_answer: Any = None
    handle: str | None = None
    operation: Operation | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more is going to be found out."""
        if self.outcome is None:
            return False
        if self.outcome is CommandOutcome.OUTCOME_UNKNOWN:
            return self.resolved_at is not None
        if self.outcome is CommandOutcome.ACCEPTED:
            return self.operation is not None and self.operation.final
        return True


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the log: what happened to a command, when, and the facts as JSON."""

    stage: Stage
    at: datetime
    facts: Mapping[str, Any]


def applied(entry: Entry, event: Event) -> Entry:
    """An entry with one more event."""
    facts = event.facts
    if event.stage is Stage.SENT:
        return replace(entry, sent_at=event.at, before=facts.get("before") or {})
    if event.stage is Stage.ADVANCED:
        return replace(entry, operation=_operation(facts, event.at))
    known = replace(
        entry,
        outcome=CommandOutcome(facts["outcome"]),
        errors=tuple(_error(one) for one in facts.get("errors") or ()),
        record_ids=tuple(facts.get("recordIds") or entry.record_ids),
        after=facts.get("after") or entry.after,
    )
    if event.stage is Stage.RESOLVED:
        return replace(known, resolved_at=event.at, handle=facts.get("handle"))
    return replace(
        known, ended_at=event.at, vendor_answer=facts.get("vendorAnswer"), handle=facts.get("handle")
    )


def fault(
    message: str, code: UserErrorCode, path: tuple[str, ...] = (), vendor_code: str | None = None
) -> UserError:
    """A reason why a command is rejected."""
    return UserError(message=message, code=code, field=path, vendor_code=vendor_code)


def facts_of_operation(operation: Operation) -> dict[str, Any]:
    """The facts of an `ADVANCED` event."""
    return {
        "status": operation.status.value,
        "progress": operation.progress,
        "detail": operation.detail,
        "recordIds": list(operation.record_ids),
        "result": operation.result,
        "document": operation.document,
    }


def facts_of_error(error: UserError) -> dict[str, Any]:
    """A user error as JSON."""
    return {
        "message": error.message,
        "code": error.code.value,
        "field": list(error.field),
        "vendorCode": error.vendor_code,
    }


def _operation(facts: Mapping[str, Any], at: datetime) -> Operation:
    return Operation(
        status=OperationStatus(facts["status"]),
        progress=facts.get("progress"),
        detail=facts.get("detail"),
        record_ids=tuple(facts.get("recordIds") or ()),
        result=facts.get("result"),
        document=facts.get("document"),
        updated_at=at,
    )


def _error(facts: Mapping[str, Any]) -> UserError:
    return fault(
        facts["message"],
        UserErrorCode(facts["code"]),
        tuple(facts.get("field") or ()),
        facts.get("vendorCode"),
    )
