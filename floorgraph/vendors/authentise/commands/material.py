"""What can be done with a batch, in the vendor's words, and the command that tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Final

from floorgraph.model.command import Command
from floorgraph.model.ids import Kind


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
    metadata: Mapping[str, Any] | None = None
    """What else the vendor wants to know of this action. It documents no keys, so that they are sent as they
    are; ids of this API among the values are sent as the vendor's links. Ask the vendor for its
    METADATA_SIGNATURES."""
