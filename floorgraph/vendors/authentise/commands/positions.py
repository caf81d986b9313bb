"""Positions of orders: released, closed, called off (`PUT /line-item/<uuid>/`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from floorgraph.model.command import Command, CommandOutcome, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.model.order import OrderStatus
from floorgraph.vendors.authentise.commands.handling import Handler, missing, not_now, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named, remote
from floorgraph.vendors.authentise.commands.writer import WORK
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.mapping.words import ORDER
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import error

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
        records = [command.order_id, *await self._pieces(row.ref)]
        return Result(record_ids=records, vendor_answer=answer.shown(), after=body)

    async def settle(self, command: SetLineItemStatus, before: Mapping[str, Any]) -> Settlement:
        """Done when it has the status; not done while it is what it was."""
        row = await self._found(command)
        if row is None:
            return Settlement(Verdict.OPEN)
        word, after = folded(str(row.get("status"))), {"status": row.get("status")}
        if word == SETTABLE.get(command.status):
            return Settlement(Verdict.DONE, [command.order_id, *await self._pieces(row.ref)], after)
        unchanged = word == folded(str(before.get("status")))
        return Settlement(Verdict.NOT_DONE if unchanged else Verdict.OPEN, after=after)

    async def _pieces(self, position: Ref) -> list[str]:
        """The pieces of a position, as far as they can be had: what was done stays done without them."""
        try:
            rows = await self.reading.related("piece", "line_item", position)
        except SourceFailure:
            return []
        return [self.reading.id(Kind.PIECE, row.ref) for row in rows]

    async def _found(self, command: SetLineItemStatus) -> Row | None:
        ref, order = remote(command.line_item, ITEM), named(command.order_id, "order")
        row = None if ref is None or order is None else await self.reading.row(ref)
        return row if row is not None and row.link("order") == order else None
