"""Orders: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.order import OrderStatus
from floorgraph.vendors.questions import By
from loaders.parts import LineItemsByOrderId
from loaders.records import Found, JobsByOrderId, PiecesByOrderId
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation
from resolvers.way import of_job, of_station


class OrderOrderField(Enum):
    """What orders can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    STATUS = "status"
    """By status, in the order in which the values of `OrderStatus` are declared."""
    CREATED_AT = "created_at"
    """By the time of creation at the vendor."""
    DUE_AT = "due_at"
    """By the time at which they are due."""
    UPDATED_AT = "updated_at"
    """By the time of the last change."""


@dataclass(kw_only=True)
class OrderCriteria(Criteria):
    """Narrows a list of orders. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.ORDER
    searched: ClassVar = ("name", "part_reference", "remote_id")
    parents: ClassVar = {"station": (None, Kind.STATION), "job": (None, Kind.JOB)}
    ways: ClassVar = {"station": of_station(By.ORDER), "job": of_job(By.ORDER)}

    status: list[OrderStatus] | None = None
    """Only orders with one of these statuses."""
    station: str | None = None
    """Only orders with a job that is given to this station."""
    job: str | None = None
    """Only the order, or the orders, that this job belongs to."""

    def admits(self, record: Any) -> bool:
        """Whether an order meets every condition that it shows itself."""
        return super().admits(record) and (self.status is None or record.status in self.status)


LINE_ITEMS = Relation(LineItemsByOrderId, BY_ID, empty=())
JOBS = Relation(JobsByOrderId, BY_ID, empty=Found())
PIECES = Relation(PiecesByOrderId, BY_ID, empty=Found())
