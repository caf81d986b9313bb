"""What can become of pieces that a job works on, and the command that asks for it."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from floorgraph.model.command import Command
from floorgraph.model.ids import Kind


class PieceTransformation(Enum):
    """What becomes of pieces that a job works on.

    Clients must be ready for values that are added later.
    """

    REMANUFACTURE = "REMANUFACTURE"
    """They failed; others are made in their place from the beginning."""
    REDO = "REDO"
    """The present step is done again, in a job of its own."""
    SCRAP = "SCRAP"
    """They failed, and nothing takes their place."""
    CHANGE_WORKFLOW = "CHANGE_WORKFLOW"
    """They go on by other steps, given as `workflowSteps`."""
    FLAG_NON_CONFORMANCE = "FLAG_NON_CONFORMANCE"
    """They go to the station where non-conformance is reviewed."""
    SPLIT_SHIPMENT = "SPLIT_SHIPMENT"
    """They are sent on their own. The only one for pieces that still wait, in the shipping job's queue."""


@dataclass(frozen=True, kw_only=True)
class TransformPieces(Command):
    """Remanufacture, redo, scrap or review pieces of a job, change their steps, or send them apart.

    The vendor does it in the background; `operation` tells when it is done and which jobs came of
    it. Authentise, for jobs that are in progress or paused (to send pieces apart also for those
    that wait). Nothing moves at a machine, and it cannot be undone.
    """

    destructive: ClassVar[bool] = True
    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB, "piece_ids": Kind.PIECE}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.JOB, Kind.PIECE, Kind.ORDER, Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.JOB

    job_id: str
    """The job that works on the pieces."""
    piece_ids: tuple[str, ...]
    """The pieces, 1 to 1000, all of that job."""
    transformation: PieceTransformation
    """What becomes of them."""
    reason: str | None = None
    """Why, for people; up to 2000 characters."""
    workflow_steps: tuple[str, ...] = ()
    """For CHANGE_WORKFLOW: all steps of the new way in their order, as the vendor's process steps by
    `process-step/<uuid>`. Empty otherwise."""
    separate_schedules: bool | None = None
    """Whether the further work on these pieces is planned apart from that on the others of the job; the
    vendor's own way when absent."""
