"""Pieces: CWork counts parts and knows none of them by itself, so an operation's parts are one record."""

from collections.abc import Mapping

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobStatus
from floorgraph.model.order import Order
from floorgraph.model.piece import Piece, PieceStatus
from floorgraph.vendors.cwork.mapping.frame import Frame

STATUS: Mapping[JobStatus, PieceStatus] = {
    JobStatus.PLANNED: PieceStatus.PLANNED,
    JobStatus.RUNNING: PieceStatus.IN_PROGRESS,
    JobStatus.PAUSED: PieceStatus.IN_PROGRESS,
    JobStatus.COMPLETED: PieceStatus.COMPLETED,
    JobStatus.STOPPED: PieceStatus.INCOMPLETE,
}


def piece(job: Job, orders: Mapping[str, Order], frame: Frame) -> Piece:
    """The parts that one operation makes; what they are called stands on its order."""
    order = orders.get(job.order_id or "")
    reference = order.part_reference if order else None
    asked = job.progress.total if job.progress else None
    return Piece(
        **frame.common(Kind.PIECE, job.remote_id, job.raw),
        stale=job.stale,
        name=reference or job.name,
        reference=reference,
        serialised=False,
        quantity=None if asked is None else int(asked),
        status=STATUS.get(job.status, PieceStatus.UNKNOWN),
        vendor_status=job.vendor_status,
        progress=job.progress,
        job_id=job.id,
        order_id=job.order_id,
        station_id=job.station_id,
    )
