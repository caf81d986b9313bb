"""Orders: what a client may change of them without harm (`PUT /order/<uuid>/`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from floorgraph.model.command import Command, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.handling import Handler, missing, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named
from floorgraph.vendors.authentise.commands.times import moment
from floorgraph.vendors.authentise.walk import moment_of, written
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import Forbidden, Malformed, NotFound, SourceFailure, Unsupported
from floorgraph.vendors.handling import error

LONGEST_NAME, LONGEST_NOTES = 255, 10_000


@dataclass(frozen=True, kw_only=True)
class UpdateOrder(Command):
    """Change name, due date, priority or notes of an order.

    What is absent stays as it is. Changes no work that was planned; the vendor may plan anew by
    priority and due date. What was there before is kept in the log of commands alone. Authentise, as far as
    the tenant says that a field may be set.
    """

    kinds: ClassVar[dict[str, Kind]] = {"order_id": Kind.ORDER}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.ORDER, Kind.PIECE})
    returns: ClassVar[Kind | None] = Kind.ORDER

    order_id: str
    """The order."""
    name: str | None = None
    """Its name, 1 to 255 characters."""
    due_at: datetime | None = None
    """When it is due. Without an offset it is UTC."""
    priority: int | None = None
    """0 to 100, larger is more urgent."""
    notes: str | None = None
    """Replaces its notes, up to 10,000 characters."""


def asked(command: UpdateOrder) -> dict[str, Any]:
    """The fields that a command changes, as the vendor has them."""
    given = {
        "name": command.name,
        "due_date": None if command.due_at is None else written(moment(command.due_at)),
        "priority": command.priority,
        "notes": command.notes,
    }
    return {name: value for name, value in given.items() if value is not None}


class Update(Handler[UpdateOrder]):
    """PUT /order/<uuid>/."""

    resource: ClassVar[str] = "order"

    async def review(self, command: UpdateOrder) -> Review:
        """The order must be there, and the tenant let the fields be set."""
        ref = named(command.order_id, "order")
        row = None if ref is None else await self.reading.row(ref)
        if row is None:
            return Review([missing("order", command.order_id, "orderId")])
        before = {name: row.get(name) for name in asked(command)}
        errors = self._of_words(command) or await self._of_fields(command)
        return Review(errors, before)

    @staticmethod
    def _of_words(command: UpdateOrder) -> list[UserError]:
        errors = []
        if not asked(command):
            errors.append(wrong("Nothing is to be changed; give at least one field."))
        if command.name is not None and not 1 <= len(command.name.strip()) <= LONGEST_NAME:
            errors.append(wrong(f"A name has 1 to {LONGEST_NAME} characters.", "name"))
        if command.priority is not None and not 0 <= command.priority <= 100:
            errors.append(wrong("A priority is 0 to 100.", "priority"))
        if command.notes is not None and len(command.notes) > LONGEST_NOTES:
            errors.append(wrong(f"Notes have at most {LONGEST_NOTES} characters.", "notes"))
        return errors

    async def _of_fields(self, command: UpdateOrder) -> list[UserError]:
        """What the tenant itself says about fields (`OPTIONS`); nothing where it says nothing."""
        try:
            fields = await self.reading.server.describe("order")
        except (Forbidden, NotFound, Unsupported, Malformed):
            return []
        errors = []
        for name in asked(command):
            known = fields.get(name)
            methods = known.get("methods") if isinstance(known, dict) else None
            if isinstance(methods, list) and "PUT" not in methods:
                path = "dueAt" if name == "due_date" else name
                message = "This tenant does not let the field be changed."
                errors.append(error(message, UserErrorCode.UNSUPPORTED, path))
        return errors

    async def carry_out(self, command: UpdateOrder) -> Result:
        """Only what is sent is changed."""
        ref = named(command.order_id, "order")
        assert ref is not None  # noqa: S101  reviewed
        try:
            answer = await self.writer.put(ref, asked(command), ("piece", "line-item"))
        except SourceFailure as failure:
            return refused(failure)
        return Result(record_ids=[command.order_id], vendor_answer=answer.shown(), after=asked(command))

    async def settle(self, command: UpdateOrder, before: Mapping[str, Any]) -> Settlement:
        """Done when all fields are as wanted; not done while they are what they were."""
        ref = named(command.order_id, "order")
        row = None if ref is None else await self.reading.row(ref)
        if row is None:
            return Settlement(Verdict.OPEN)
        wanted = asked(command)
        now = {name: row.get(name) for name in wanted}
        if all(_same(name, now[name], value) for name, value in wanted.items()):
            return Settlement(Verdict.DONE, [command.order_id], now)
        unchanged = all(_same(name, now[name], before.get(name)) for name in wanted)
        return Settlement(Verdict.NOT_DONE if unchanged else Verdict.OPEN, after=now)


def _same(name: str, now: Any, wanted: Any) -> bool:
    if name == "due_date":
        return moment_of(now) == moment_of(wanted)
    return bool(now == wanted)
