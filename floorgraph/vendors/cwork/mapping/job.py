"""Jobs: operations (`/operations`, API 1.13), or the names in a live status where there are none."""

from collections.abc import Mapping
from urllib.parse import quote, unquote

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.progress import Progress
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.live import Work
from floorgraph.vendors.diagnostics import Diagnostics

OPERATION = Shape(
    "operation",
    expected=(
        "OperationId",
        "OrderId",
        "Name",
        "CreationDate",
        "Description",
        "CNCId",
        "DocumentId",
        "CurrentState",
        "PartsToMake",
        "PartsMade",
        "PartsPerCycle",
        "CycleTime",
    ),
    identity="OperationId",
)

STATUS: Mapping[int, JobStatus] = {
    -1: JobStatus.PLANNED,
    0: JobStatus.RUNNING,
    1: JobStatus.RUNNING,
    3: JobStatus.PAUSED,
}
STOPPED = 2


def job(fields: Fields, frame: Frame) -> Job:
    """One operation. Raises `BadRecord` without an identifier."""
    handle = fields.integer("OperationId", required=True)
    made, asked = fields.integer("PartsMade"), fields.integer("PartsToMake")
    station = fields.integer("CNCId")
    return Job(
        **frame.common(Kind.JOB, handle, fields.payload),
        name=fields.text("Name") or str(handle),
        kind=JobKind.OPERATION,
        description=fields.text("Description"),
        status=_status(fields, made, asked, frame.diagnostics),
        vendor_status=fields.text("CurrentState"),
        progress=None if made is None else Progress.of_parts(made, asked),
        parts_per_cycle=fields.integer("PartsPerCycle"),
        cycle_time_seconds=fields.seconds("CycleTime"),
        created_at=fields.instant("CreationDate"),
        # A station's handle may be 0, so only an absent one means that there is none.
        station_id=None if station is None else frame.id(Kind.STATION, station),
        order_id=frame.id_unless_zero(Kind.ORDER, fields.integer("OrderId")),
        program_id=frame.id_unless_zero(Kind.PROGRAM, fields.integer("DocumentId")),
    )


def _status(fields: Fields, made: int | None, asked: int | None, diagnostics: Diagnostics) -> JobStatus:
    word = fields.integer("CurrentState")
    if word == STOPPED:
        complete = made is not None and asked is not None and made >= asked > 0
        return JobStatus.COMPLETED if complete else JobStatus.STOPPED
    status = None if word is None else STATUS.get(word)
    if status is None:
        diagnostics.unmapped("operation state", str(fields.raw("CurrentState")))
    return status or JobStatus.UNKNOWN


def reported_remote_id(station: str, work: Work) -> str:
    """`handle/order/job`, its parts quoted so that a slash in a name means nothing."""
    return "/".join((station, quote(work.order or "", safe=""), quote(work.job or "", safe="")))


def reported_station(remote_id: str) -> str | None:
    """The station's handle inside the identifier of a reported job; None for any other identifier."""
    parts = remote_id.split("/")
    return unquote(parts[0]) if len(parts) == 3 else None


def reported_job(live: LiveStatus, work: Work, frame: Frame) -> Job:
    """A job that is known only by the names that a station reports as being worked on.

    The parts made are the station's counter since its last reset, which
    people may reset at any time: the progress is marked as estimated.
    """
    made = live.parts_since_reset
    return Job(
        **frame.common(Kind.JOB, reported_remote_id(live.remote_id, work), None, modified_at=live.updated_at),
        stale=live.stale,
        name=work.job or work.order or "",
        kind=JobKind.REPORTED,
        status=JobStatus.RUNNING,
        progress=None if made is None else Progress.of_parts(made, live.job_parts_to_make, estimated=True),
        cycle_time_seconds=live.job_cycle_time_seconds,
        part_reference=live.part_reference,
        order_name=work.order,
        station_id=live.id,
    )
