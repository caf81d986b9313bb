"""What CloudNest keeps: the job tree, parts, layouts, tasks and plates. Times are seconds since 1970."""

from dataclasses import dataclass, field
from typing import Literal

from floorgraph.simulators.dice import Dice

FOLDER, JOB = 0, 1
ROOT = -1
GAP = 65_536
"""Distance between the positions of neighbours; what is put between takes the middle."""
ENDLESS = -1
"""Stock of a plate that never runs out."""


@dataclass(slots=True, kw_only=True)
class Node:
    """A folder or a job of the tree."""

    id: int
    parent: int
    title: str
    type: int
    position: int
    status: int = 0
    created: int = 0


@dataclass(slots=True, kw_only=True)
class Part:
    """A part of a job; one record covers all its copies. Sizes in mm, weight in kg."""

    guid: str
    job: int
    name: str
    material: str
    thickness: float
    amount: int
    width: float
    height: float
    weight: float
    drawing_name: str
    drawing_guid: str
    gas: str = "Air"
    fill_color: str = "800000"
    rotate_lock: int = 0
    props: dict[str, str] = field(default_factory=dict)

    @property
    def area(self) -> float:
        """Area in mm2: what is left of the rectangle after holes and slopes."""
        return round(self.width * self.height * 0.82, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A rest of a plate that can be used again, in mm."""

    name: str
    width: float
    height: float


@dataclass(slots=True, kw_only=True)
class Layout:
    """Parts placed on a plate ("nest result"); `parts` is how many copies of each."""

    guid: str
    job: int
    name: str
    index: int
    """Place among the layouts of its job, from 1."""
    plate: str
    width: float
    height: float
    material: str
    thickness: float
    seconds: int
    """Time to cut one sheet."""
    parts: dict[str, int] = field(default_factory=dict)
    leftovers: list[Leftover] = field(default_factory=list)

    @property
    def part_amount(self) -> int:
        """Copies of parts on one sheet."""
        return sum(self.parts.values())

    def order(self, axis: str) -> list[str]:
        """One GUID per copy, in the order of where the copies lie along the axis."""
        placed: list[tuple[float, float, str]] = []
        for guid, count in self.parts.items():
            dice = Dice("placement", self.guid, guid)
            placed += [
                (dice.between(0, self.width), dice.between(0, self.height), guid) for _ in range(count)
            ]
        placed.sort(key=lambda one: one[1] if axis == "y" else one[0])
        return [guid for _, _, guid in placed]


@dataclass(slots=True, kw_only=True)
class Task:
    """A production task: sheets of one layout to be cut on one machine."""

    guid: str
    layout: str | None
    """None for a file sent to the machine directly, which CloudNest does not know."""
    gmid: int
    total: int
    file: str
    seconds: int
    finished: int = 0
    comments: str = ""
    start: int | None = None
    finish: int | None = None
    bare: bool = False
    """Answered without parts."""

    @property
    def done(self) -> bool:
        """Whether all its sheets are cut."""
        return self.finished >= self.total


PlateType = Literal[0, 1]
STANDARD: PlateType = 0
SCRAP: PlateType = 1


@dataclass(slots=True, kw_only=True)
class Plate:
    """A plate in stock."""

    guid: str
    name: str
    type: PlateType
    material: str
    thickness: float
    width: float
    height: float
    remaining: int
    gap: float = 10.0
    parent: str | None = None
    """The plate a scrap was cut from."""


@dataclass(frozen=True, slots=True)
class Material:
    """A material parts and plates are made of; density in kg per mm3."""

    id: int
    name: str
    density: float
    gas: str


@dataclass(slots=True, kw_only=True)
class Drawing:
    """A DXF drawing of a job."""

    guid: str
    job: int
    name: str
    ready_at: int
    """When its processing is done."""
