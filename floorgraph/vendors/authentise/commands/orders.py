"""Orders: what a client may change without harm (`PUT /order/<uuid>/`, `PUT /line-item/<uuid>/`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from floorgraph.model.command import Command, CommandOutcome, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.model.order import OrderStatus
from floorgraph.vendors.authentise.commands.handling import Handler, error, missing, not_now, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named, remote
from floorgraph.vendors.authentise.commands.times import moment
from floorgraph.vendors.authentise.commands.writer import WORK
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.mapping.words import ORDER
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.walk import moment_of, written
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import Forbidden, Malformed, NotFound, SourceFailure, Unsupported

LONGEST_NAME, LONGEST_NOTES = 255, 10_000
ITEM: Final = "line-item"
SETTABLE: Final[Mapping[OrderStatus, str]] = {
    OrderStatus.RELEASED: "confirmed",
    OrderStatus.COMPLETED: "complete",
    OrderStatus.CANCELLED: "cancelled",
}
FOLLOWS: Final[Mapping[str, tuple[OrderStatus, ...]]] = {
    "pending": (OrderStatus.RELEASED, OrderStatus.CANCELLED),
    "confirmed": (OrderStatus.CANCELLED,),
    "printing": (OrderStatus.CANCELLED,),
    "shipping": (OrderStatus.COMPLETED, OrderStatus.CANCELLED),
    "complete": (),
    "cancelled": (),
}
"""What is known to follow a line item's status (vendor document, 7.2); of others only the vendor knows."""


@dataclass(frozen=True, kw_only=True)
class UpdateOrder(Command):
    """Change name, due date, priority or notes of an order.

    What is absent stays as it is. Changes no work that was planned; the vendor may plan anew by
    priority and due date. Authentise, as far as the tenant says that a field may be set.
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


@dataclass(frozen=True, kw_only=True)
class SetLineItemStatus(Command):
    """Release a position of an order to production, close it, or call it off.

    Releasing makes its pieces at the vendor. Calling off takes work that was not begun out of the queues
    and cannot be undone: CANCELLED needs `destructive_commands` in the source's configuration.
    Authentise.
    """

    kinds: ClassVar[dict[str, Kind]] = {"order_id": Kind.ORDER}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.ORDER, Kind.PIECE, Kind.JOB})
    returns: ClassVar[Kind | None] = Kind.ORDER

    order_id: str
    """The order."""
    line_item: str
    """The position, by its `remoteId` in `Order.lineItems`."""
    status: OrderStatus
    """RELEASED, COMPLETED or CANCELLED."""


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


class SetItemStatus(Handler[SetLineItemStatus]):
    """PUT /line-item/<uuid>/ with a status."""

    resource: ClassVar[str] = ITEM

    async def review(self, command: SetLineItemStatus) -> Review:
        """The position must be of that order, and its status one that the new one may follow."""
        row = await self._found(command)
        if row is None:
            message = f"This order has no position '{command.line_item[:80]}'."
            return Review([error(message, UserErrorCode.NOT_FOUND, "lineItem")])
        settings = self.reading.server.settings
        errors = []
        if command.status is OrderStatus.CANCELLED and not settings.destructive_commands:
            message = (
                f"CANCELLED cannot be undone, and the configuration does not allow that for '{settings.key}' "
                "(`destructive_commands`)."
            )
            errors.append(error(message, UserErrorCode.DESTRUCTIVE_DISABLED, "status"))
        return Review([*errors, *self._of_status(command, row)], {"status": row.get("status")})

    @staticmethod
    def _of_status(command: SetLineItemStatus, row: Row) -> list[UserError]:
        if command.status not in SETTABLE:
            listed = ", ".join(status.value for status in SETTABLE)
            return [wrong(f"A position can be set to {listed}.", "status")]
        word = folded(str(row.get("status")))
        possible = FOLLOWS.get(word)
        if possible is None or command.status in possible:
            return []
        now = ORDER.get(word, OrderStatus.UNKNOWN).value
        listed = ", ".join(status.value for status in possible) or "nothing"
        return [not_now(f"The position is {now} ('{word}'); possible from there: {listed}.", "status")]

    async def carry_out(self, command: SetLineItemStatus) -> Result:
        """What the vendor refuses, it refuses with 400."""
        row = await self._found(command)
        if row is None:
            return Result(
                CommandOutcome.REJECTED, errors=[missing("position", command.line_item, "lineItem")]
            )
        body = {"status": SETTABLE[command.status]}
        try:
            answer = await self.writer.put(row.ref, body, WORK)
        except SourceFailure as failure:
            return refused(failure, "status")
        return Result(record_ids=[command.order_id], vendor_answer=answer.shown(), after=body)

    async def settle(self, command: SetLineItemStatus, before: Mapping[str, Any]) -> Settlement:
        """Done when it has the status; not done while it is what it was."""
        row = await self._found(command)
        if row is None:
            return Settlement(Verdict.OPEN)
        word, after = folded(str(row.get("status"))), {"status": row.get("status")}
        if word == SETTABLE.get(command.status):
            return Settlement(Verdict.DONE, [command.order_id], after)
        unchanged = word == folded(str(before.get("status")))
        return Settlement(Verdict.NOT_DONE if unchanged else Verdict.OPEN, after=after)

    async def _found(self, command: SetLineItemStatus) -> Row | None:
        ref, order = remote(command.line_item, ITEM), named(command.order_id, "order")
        row = None if ref is None or order is None else await self.reading.row(ref)
        return row if row is not None and row.link("order") == order else None


def _same(name: str, now: Any, wanted: Any) -> bool:
    if name == "due_date":
        return moment_of(now) == moment_of(wanted)
    return bool(now == wanted)
