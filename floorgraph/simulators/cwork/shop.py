"""The shop: everything the simulated server knows, and when things happen next in it."""

from dataclasses import dataclass, field

from floorgraph.simulators.cwork.documents import Document, Version, program_text
from floorgraph.simulators.cwork.options import CWorkOptions
from floorgraph.simulators.cwork.states import PRODUCTION, State, States
from floorgraph.simulators.cwork.stations import Station
from floorgraph.simulators.cwork.work import Operation, Order
from floorgraph.simulators.dice import Dice


@dataclass(slots=True, kw_only=True)
class Shop:
    """The shop at `now` (seconds since 1970)."""

    options: CWorkOptions
    start: int
    now: int
    dice: Dice
    states: States
    stations: dict[int, Station] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    operations: dict[int, Operation] = field(default_factory=dict)
    documents: dict[int, Document] = field(default_factory=dict)
    versions: dict[int, Version] = field(default_factory=dict)
    agenda: list[tuple[int, int]] = field(default_factory=list)
    """Heap of (time, station handle): when to look at a station again."""
    programs: dict[int, list[int]] = field(default_factory=dict)
    """Ids of the first programs each station was given: what operations choose from."""
    free: list[int] = field(default_factory=list)
    """Stations that finished an operation since the last new order."""
    purged: int = 0
    """When the archive was last gone through."""
    last_id: dict[str, int] = field(default_factory=dict)

    def new_id(self, kind: str) -> int:
        """The next identifier of a kind."""
        self.last_id[kind] = self.last_id.get(kind, 0) + 1
        return self.last_id[kind]

    def root(self, station: Station) -> int:
        """The built-in state behind the station's state, or the state itself when there is none."""
        return self.states.roots[station.state]

    def state_of(self, station: Station) -> State:
        """The definition of the station's state."""
        return self.states.by_handle[station.state]

    def producing(self, station: Station) -> bool:
        """Whether the station makes parts."""
        return self.root(station) == PRODUCTION

    def current(self, station: Station) -> Operation | None:
        """The operation at hand."""
        return None if station.operation is None else self.operations.get(station.operation)

    def program(self, operation: Operation | None) -> str:
        """Name of the program an operation runs; empty when there is none."""
        if operation is None:
            return ""
        document = self.documents.get(operation.document)
        return document.reference if document else f"O{operation.id:04d}"

    def archived(self, order: Order) -> bool:
        """Whether an order is in the archive by now."""
        return order.archived(self.now, self.options.order_linger)

    def add_version(self, document: Document, *, status: str, comment: str, text: bytes = b"") -> Version:
        """Give a document its next version."""
        number = self.new_id("version")
        shown = document.shown
        version = Version(
            id=number,
            document=document.id,
            status=status,
            primary=shown.primary if shown else "A",
            secondary=shown.secondary + 1 if shown else 1,
            created=self.now,
            modified=self.now,
            comment=comment,
            text=text or program_text(document.reference, number),
        )
        document.versions.append(version)
        document.modified = self.now
        self.versions[number] = version
        return version
