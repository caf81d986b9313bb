"""Actions on batches: what store keepers did is told to the vendor (`POST /material-batch-action/`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, Final

from floorgraph.model.batch import BatchStatus
from floorgraph.model.command import Command, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.batches import BATCH
from floorgraph.vendors.authentise.commands.handling import (
    Handler,
    error,
    missing,
    not_now,
    refused,
    wrong,
)
from floorgraph.vendors.authentise.commands.linking import linked
from floorgraph.vendors.authentise.commands.reading import Latest, named
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.mapping.words import BATCH as STATUSES
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure

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


class BatchActionKind(Enum):
    """What was done with a batch, in the vendor's words.

    Clients must be ready for values that are added later.
    """

    CREATE_INITIAL_BATCH = "CREATE_INITIAL_BATCH"
    """A first batch was made of delivered lots, as `metadata` says; the only one without a batch."""
    BLEND_BATCHES = "BLEND_BATCHES"
    """Mixed with others; makes a new batch. `quantity` is what that holds. Needs the second switch."""
    MACHINE_LOAD = "MACHINE_LOAD"
    """Loaded into a machine; `quantity` is what was loaded."""
    MACHINE_TOP_OFF = "MACHINE_TOP_OFF"
    """Added to what is in a machine; `quantity` is what was added."""
    MACHINE_UNLOAD_CHAMBER = "MACHINE_UNLOAD_CHAMBER"
    """Taken out of a machine's chamber; `quantity` is what came out."""
    MACHINE_UNLOAD_HOPPER = "MACHINE_UNLOAD_HOPPER"
    """Taken out of a machine's hopper; `quantity` is what came out."""
    SPLIT_BATCH = "SPLIT_BATCH"
    """A part of it was set apart as a batch of its own; `quantity` is that part."""
    ADD_CONTAINER = "ADD_CONTAINER"
    """A container was added."""
    CONTAINERIZE_BATCH = "CONTAINERIZE_BATCH"
    """Put into containers; `quantity` is all of it."""
    EDIT_BATCH_QUANTITY = "EDIT_BATCH_QUANTITY"
    """Counted anew; `quantity` is what it holds."""
    EDIT_BATCH_DETAILS = "EDIT_BATCH_DETAILS"
    """Its details were changed, as `metadata` says."""
    EDIT_LOT_DETAILS = "EDIT_LOT_DETAILS"
    """The details of its lot were changed, as `metadata` says."""
    SCRAP_BATCH = "SCRAP_BATCH"
    """Thrown away; `quantity` is all of it. Needs the second switch."""
    SIEVE = "SIEVE"
    """Sieved; `quantity` is all of it."""
    TEST = "TEST"
    """Tested; `quantity` is what the test used up."""
    RELOCATE = "RELOCATE"
    """Taken to another place, as `metadata` says."""
    DOCK_DOSE_MODULE = "DOCK_DOSE_MODULE"
    """A dose module was docked."""
    UNDOCK_DOSE_MODULE = "UNDOCK_DOSE_MODULE"
    """A dose module was undocked."""
    DEFER_MODULAR_BUILD = "DEFER_MODULAR_BUILD"
    """The use of a modular build is reckoned up later."""


IRREVERSIBLE: Final = frozenset({BatchActionKind.SCRAP_BATCH, BatchActionKind.BLEND_BATCHES})
MEASURED: Final = frozenset(
    {
        BatchActionKind.BLEND_BATCHES,
        BatchActionKind.MACHINE_LOAD,
        BatchActionKind.MACHINE_TOP_OFF,
        BatchActionKind.MACHINE_UNLOAD_CHAMBER,
        BatchActionKind.MACHINE_UNLOAD_HOPPER,
        BatchActionKind.SPLIT_BATCH,
        BatchActionKind.EDIT_BATCH_QUANTITY,
        BatchActionKind.TEST,
    }
)
"""Actions that mean nothing without a quantity (vendor document, `quantity`)."""
DRAWN: Final = frozenset({BatchActionKind.SPLIT_BATCH, BatchActionKind.TEST, BatchActionKind.MACHINE_LOAD})
"""Actions whose quantity comes out of the batch."""
AFTER_THE_END: Final = frozenset(
    {
        BatchActionKind.EDIT_BATCH_DETAILS,
        BatchActionKind.EDIT_LOT_DETAILS,
        BatchActionKind.EDIT_BATCH_QUANTITY,
    }
)
"""Actions on batches that are used up."""


@dataclass(frozen=True, kw_only=True)
class RecordBatchAction(Command):
    """Tell what was done with a batch of material.

    The vendor books it, and makes a new batch where material is set apart or mixed. Nothing moves at a
    machine. Authentise with the feature `material-management`. Actions stay in the log for ever: what was
    told wrongly can only be put right by another action. SCRAP_BATCH and BLEND_BATCHES need
    `destructive_commands` in the source's configuration.
    """

    kinds: ClassVar[dict[str, Kind]] = {"batch_id": Kind.BATCH}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.BATCH, Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.BATCH

    batch_id: str | None = None
    """The batch; absent for CREATE_INITIAL_BATCH."""
    source: str | None = None
    """Key of the source, for CREATE_INITIAL_BATCH; the batch says it otherwise."""
    action: BatchActionKind
    """What was done."""
    quantity: float | None = None
    """Amount in the batch's `unit`, 0 or more; what it means depends on the action."""
    notes: str = ""
    """Free text, up to 10,000 characters."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What else the vendor wants to know of this action. It documents no keys, so that they are sent as they
    are; ids of this API among the values are sent as the vendor's links. Ask the vendor for its
    METADATA_SIGNATURES."""


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
