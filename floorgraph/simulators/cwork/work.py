"""Orders and the operations they consist of."""

from dataclasses import dataclass, field

NO_STATE, START, RESUMING, STOP, PAUSE = -1, 0, 1, 2, 3


@dataclass(slots=True, kw_only=True)
class Operation:
    """A piece of work given to one station."""

    id: int
    order: int
    name: str
    created: int
    description: str
    station: int
    document: int = 0
    """Id of the program; 0 when none."""
    state: int = NO_STATE
    parts_to_make: int
    parts_made: int = 0
    parts_per_cycle: int = 1
    cycle_time: int

    @property
    def left(self) -> int:
        """Parts still to make."""
        return max(0, self.parts_to_make - self.parts_made)


@dataclass(slots=True, kw_only=True)
class Order:
    """A manufacturing order."""

    id: int
    name: str
    created: int
    description: str
    part_reference: str
    client: str
    valid: bool = True
    state: int | None = None
    """Set from outside; otherwise it follows from the operations."""
    finished_at: int | None = None
    archived_by_hand: bool | None = None
    operations: list[int] = field(default_factory=list)

    def archived(self, now: float, linger: float) -> bool:
        """Whether it has gone to the archive: by hand, or some time after it was finished."""
        if self.archived_by_hand is not None:
            return self.archived_by_hand
        return self.finished_at is not None and self.finished_at + linger <= now


def order_state(order: Order, operations: dict[int, Operation]) -> int:
    """The state of an order: that of its most active operation."""
    if order.state is not None:
        return order.state
    found = {operations[key].state for key in order.operations if key in operations}
    if found and found <= {STOP}:
        return STOP
    for state in (START, RESUMING, PAUSE):
        if state in found:
            return state
    return PAUSE if STOP in found else NO_STATE
