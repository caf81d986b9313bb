"""Collections: the records of one answer, read so that one bad record never costs the others."""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record, again
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.coerce import BadRecord, Fields, Shape
from floorgraph.vendors.continuity import carried
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Observed
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.turns import Steps, at_once, mapped

R = TypeVar("R", bound=Record)
P = TypeVar("P")


@dataclass(frozen=True)
class Collection(Generic[R]):
    """Records in the vendor's order, each identity once.

    `complete` is False when some record is missing of which it is not even
    known which one it is, so that absence says nothing.
    """

    items: Sequence[R]
    complete: bool = True

    @cached_property
    def by_id(self) -> Mapping[str, R]:
        """The records by their global id."""
        return {record.id: record for record in self.items}

    def stale(self) -> "Collection[R]":
        """The same records, marked as the last known ones."""
        return at_once(self.turning_stale())

    def turning_stale(self) -> "Steps[Collection[R]]":
        """As `stale`, in steps."""
        items = yield from mapped(self.items, lambda record: again(record, stale=True))
        return Collection(items, self.complete)


def _never(_: Record) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Reading(Generic[R]):
    """How the payloads of one answer become records.

    `previous` holds the records read before, by global id: one whose payload
    came again unchanged is not read again, an unreadable one keeps its last
    known record as stale, and `updated_at` moves only when content changes.
    """

    kind: Kind
    shape: Shape
    frame: Frame
    read: Callable[[Fields], R]
    previous: Mapping[str, R] = dataclasses.field(default_factory=dict)
    repeats: Callable[[R], bool] = _never
    """Whether a record whose payload came again unchanged need not be read again."""
    ward: str | None = ""
    """Name under which unreadable records are listed: the shape's own when empty. None for an answer
    that is not a full list: its unreadable records are only counted, as nothing would ever clear them."""

    def collection(self, payloads: Iterable[Any], lost: Sequence[str] = ()) -> Collection[R]:
        """The records; `lost` are the texts of those whose JSON could not be read at all."""
        return at_once(self.steps(payloads, lost))

    def steps(self, payloads: Iterable[Any], lost: Sequence[str] = ()) -> Steps[Collection[R]]:
        """As `collection`, in steps of one record."""
        diagnostics, name = self.frame.diagnostics, self.shape.name
        if self.ward is not None:
            diagnostics.begin(self.ward or name)
        kept: dict[str, R] = {}
        complete = True
        for payload in payloads:
            record, known = self._record(payload)
            if record is not None:
                if record.id in kept:
                    diagnostics.drift(name, "*", "duplicate")
                kept[record.id] = record
            complete = complete and known
            yield 1
        for text in lost:
            remote_id = self._identity_in(text)
            self._leave_out(remote_id, "", f"its JSON cannot be read: {text}")
            complete = complete and remote_id is not None
            before = None if remote_id is None else self.previous.get(self.frame.id(self.kind, remote_id))
            if before is not None:
                kept.setdefault(before.id, again(before, stale=True))
        return Collection(list(kept.values()), complete)

    def _record(self, payload: Any) -> tuple[R | None, bool]:
        """The record, and whether it is known which one it is or would be."""
        fields: Fields | None = None
        try:
            fields = Fields(payload, self.shape, diagnostics=self.frame.diagnostics)
            before = self._before(fields)
            if before is not None and not before.stale and before.raw == payload and self.repeats(before):
                return again(before, observed_at=self.frame.observed_at), True
            return carried(self.previous, self.read(fields)), True
        except (BadRecord, ValueError, TypeError, LookupError, ArithmeticError) as error:
            remote_id = fields.remote_id if fields else None
            self._leave_out(remote_id, *_reason(error))
            # CWork's identifiers are numbers; an unreadable one does not say which record is missing.
            known = remote_id is not None and remote_id.isdecimal()
            before = self._before(fields)
            return None if before is None else again(before, stale=True), known

    def _leave_out(self, remote_id: str | None, field: str, reason: str) -> None:
        diagnostics, name = self.frame.diagnostics, self.shape.name
        if self.ward is None:
            diagnostics.drift(name, field or "*", "unreadable")
        else:
            diagnostics.quarantine(self.ward or name, remote_id, f"{field}: {reason}" if field else reason)

    def _identity_in(self, text: str) -> str | None:
        """The identifier in the beginning of a record that is no JSON."""
        found = re.search(rf'"{self.shape.identity}"\s*:\s*"?(\d+)', text, re.IGNORECASE)
        return found.group(1) if found else None

    def _before(self, fields: Fields | None) -> R | None:
        remote_id = fields.remote_id if fields else None
        return None if remote_id is None else self.previous.get(self.frame.id(self.kind, remote_id))


def _reason(error: Exception) -> tuple[str, str]:
    if isinstance(error, BadRecord):
        return error.field, error.reason
    return "", f"{type(error).__name__}: {error}"


def parts(
    payloads: Iterable[Any], shape: Shape | str, read: Callable[[Fields], P], diagnostics: Diagnostics
) -> list[P]:
    """What can be read of payloads that are no records of their own; the rest is counted and left out."""
    found: list[P] = []
    for payload in payloads:
        try:
            found.append(read(Fields(payload, shape, diagnostics=diagnostics)))
        except BadRecord as bad:
            diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
    return found


def answer(observed: Observed[Any], collection: Collection[R], where: Where) -> Answer[R]:
    """What is asked for, out of a full list."""
    if where.by is By.ALL:
        items: Sequence[R] = collection.items
    elif where.by is By.ID:
        items = [collection.by_id[one] for one in sorted(where.values) if one in collection.by_id]
    else:
        items = [record for record in collection.items if where.admits(record)]
    return Answer(items, observed.at, collection.complete, observed.failure)


def merged(answers: Sequence[Answer[R]], failures: Sequence[SourceFailure] = ()) -> Answer[R]:
    """Several answers as one; as old as the oldest, and as incomplete as the most incomplete."""
    items = {record.id: record for part in answers for record in part.items}
    moments = [part.observed_at for part in answers if part.observed_at is not None]
    troubles = [*(part.failure for part in answers if part.failure), *failures]
    complete = not failures and all(part.complete for part in answers)
    return Answer(list(items.values()), min(moments, default=None), complete, next(iter(troubles), None))
