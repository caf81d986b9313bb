"""Orders: `/orders` (API 1.13, licence prod; vendor document, "order")."""

from collections.abc import Mapping, Sequence

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobStatus
from floorgraph.model.order import Order, OrderStatus
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.job import STOPPED

ORDER = Shape(
    "order",
    expected=(
        "OrderId",
        "Name",
        "CreationDate",
        "Description",
        "PartReference",
        "Client",
        "CurrentState",
        "Valid",
        "Archived",
    ),
    identity="OrderId",
)

STATUS: Mapping[int, OrderStatus] = {
    -1: OrderStatus.RELEASED,
    0: OrderStatus.IN_PROGRESS,
    1: OrderStatus.IN_PROGRESS,
    3: OrderStatus.PAUSED,
}


def order(fields: Fields, frame: Frame, jobs: Mapping[str, Sequence[Job]]) -> Order:
    """One order; `jobs` by order id tell whether a stopped one is complete.

    Raises `BadRecord` without an identifier.
    """
    handle = fields.integer("OrderId", required=True)
    own_jobs = jobs.get(frame.id(Kind.ORDER, handle), ())
    return Order(
        **frame.common(Kind.ORDER, handle, fields.payload),
        name=fields.text("Name") or str(handle),
        description=fields.text("Description"),
        status=_status(fields, frame, own_jobs),
        vendor_status=fields.text("CurrentState"),
        part_reference=fields.text("PartReference"),
        customer=fields.text("Client"),
        created_at=fields.instant("CreationDate"),
        valid=fields.boolean("Valid") is not False,
        archived=bool(fields.boolean("Archived")),
    )


def _status(fields: Fields, frame: Frame, jobs: Sequence[Job]) -> OrderStatus:
    word = fields.integer("CurrentState")
    if word == STOPPED:
        complete = bool(jobs) and all(job.status is JobStatus.COMPLETED for job in jobs)
        return OrderStatus.COMPLETED if complete else OrderStatus.STOPPED
    status = None if word is None else STATUS.get(word)
    if status is None:
        frame.diagnostics.unmapped("order state", str(fields.raw("CurrentState")))
    return status or OrderStatus.UNKNOWN
