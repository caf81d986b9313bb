"""Actions on batches: what store keepers did is told to the vendor (`POST /material-batch-action/`)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from floorgraph.model.batch import BatchStatus
from floorgraph.model.command import UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.batches import BATCH
from floorgraph.vendors.authentise.commands.handling import Handler, missing, not_now, refused, wrong
from floorgraph.vendors.authentise.commands.linking import linked
from floorgraph.vendors.authentise.commands.material import (
    AFTER_THE_END,
    DRAWN,
    IRREVERSIBLE,
    MEASURED,
    BatchActionKind,
    RecordBatchAction,
)
from floorgraph.vendors.authentise.commands.reading import Latest, named
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.mapping.words import BATCH as STATUSES
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import error

ACTION: Final = "material-batch-action"
MATERIAL: Final = (
    BATCH,
    "material-batch-linking",
    "material-lot",
    "material-container",
    "run-actuals-additive",
)
"""What may change with a batch."""
LONGEST_NOTES = 10_000


def told(row: Row) -> dict[str, Any]:
    """A batch for the log."""
    names = ("status", "quantity", "quantity_available_for_actions", "units", "powder_quality", "at_machine")
    return {name: row.get(name) for name in (*names, "location", "sub_location")}


class Record(Handler[RecordBatchAction]):
    """POST /material-batch-action/."""

    resource: ClassVar[str] = ACTION

    async def review(self, command: RecordBatchAction) -> Review:
        """The batch must be there and hold enough."""
        errors, row = self._of_words(command), None
        sound = not errors
        if command.batch_id is not None:
            ref = named(command.batch_id, BATCH)
            row = None if ref is None else await self.reading.row(ref)
            errors += (
                [missing("batch", command.batch_id, "batchId")]
                if row is None
                else self._of_batch(command, row)
                if sound
                else []
            )
        before = {} if row is None else told(row)
        if errors:
            return Review(errors, before)
        return Review((), {**before, "known": list((await self._latest(command)).rows)})

    def _of_words(self, command: RecordBatchAction) -> list[UserError]:
        errors = []
        settings = self.reading.server.settings
        if (command.action is BatchActionKind.CREATE_INITIAL_BATCH) != (command.batch_id is None):
            message = "Every action needs its batch, but for CREATE_INITIAL_BATCH, which makes one."
            errors.append(wrong(message, "batchId"))
        if command.action in IRREVERSIBLE and not settings.destructive_commands:
            message = (
                f"'{command.action.value}' cannot be undone, and the configuration does not allow that for "
                f"'{settings.key}' (`destructive_commands`)."
            )
            errors.append(error(message, UserErrorCode.DESTRUCTIVE_DISABLED, "action"))
        if command.quantity is not None and not 0 <= command.quantity < float("inf"):
            errors.append(wrong("A quantity is 0 or more.", "quantity"))
        if command.quantity is None and command.action in MEASURED:
            errors.append(wrong(f"{command.action.value} needs a quantity.", "quantity"))
        if len(command.notes) > LONGEST_NOTES:
            errors.append(wrong(f"Notes have at most {LONGEST_NOTES} characters.", "notes"))
        return errors

    @staticmethod
    def _of_batch(command: RecordBatchAction, row: Row) -> list[UserError]:
        if STATUSES.get(folded(str(row.get("status")))) is BatchStatus.DEPLETED:
            if command.action not in AFTER_THE_END:
                return [not_now("The batch is used up.", "batchId")]
            return []
        available = row.get("quantity_available_for_actions")
        if command.action not in DRAWN or command.quantity is None or not isinstance(available, int | float):
            return []
        if command.quantity <= available:
            return []
        message = f"The batch has {available:g} {row.get('units') or ''} left that is not reserved."
        return [not_now(message.replace("  ", " "), "quantity")]

    async def carry_out(self, command: RecordBatchAction) -> Result:
        """`Location` is the batch that came of it, where one did, and the action otherwise."""
        ref = self._batch(command)
        body: dict[str, Any] = {"action_type": command.action.value.lower(), "notes": command.notes}
        if ref is not None:
            body["source_batch"] = self.reading.link(ref)
        if command.quantity is not None:
            body["quantity"] = command.quantity
        if command.metadata:
            body["metadata"] = linked(command.metadata, self.reading)
        try:
            answer = await self.writer.post(ACTION, body, MATERIAL)
        except SourceFailure as failure:
            return refused(failure)
        made = answer.made if answer.made and answer.made.resource == BATCH else None
        return Result(record_ids=self._ids(ref, made), vendor_answer=answer.shown())

    async def settle(self, command: RecordBatchAction, before: Mapping[str, Any]) -> Settlement:
        """Done when the batch's log has one more action of this sort and quantity."""
        latest = await self._latest(command)
        for uuid, row in latest.fresh(before.get("known") or ()).items():
            quantity = row.get("quantity")
            same = command.quantity is None or quantity == command.quantity
            if row.get("action_type") == command.action.value.lower() and same:
                done = {"action": f"{ACTION}/{uuid}"}
                return Settlement(Verdict.DONE, self._ids(self._batch(command), None), done)
        return Settlement(latest.absence)

    async def _latest(self, command: RecordBatchAction) -> Latest:
        ref = self._batch(command)
        return await self.reading.latest(ACTION, None if ref is None else "source_batch", ref)

    @staticmethod
    def _batch(command: RecordBatchAction) -> Ref | None:
        return None if command.batch_id is None else named(command.batch_id, BATCH)

    def _ids(self, *refs: Ref | None) -> list[str]:
        return [self.reading.id(Kind.BATCH, ref) for ref in dict.fromkeys(refs) if ref is not None]
