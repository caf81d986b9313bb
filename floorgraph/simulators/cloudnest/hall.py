"""The laser hall: everything the simulated gateway knows, and when things happen next in it."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappush

from floorgraph.simulators.cloudnest.machines import Machine
from floorgraph.simulators.cloudnest.nesting import (
    JOB,
    Drawing,
    Layout,
    Material,
    Node,
    Part,
    Plate,
    Task,
)
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from floorgraph.simulators.dice import Dice

NEIGHBOURS = 40
"""How many of the latest jobs are remembered."""


@dataclass(slots=True, kw_only=True)
class Hall:
    """The hall at `now` (seconds since 1970). Records are found by lower-case GUID or by number."""

    options: CloudNestOptions
    start: int
    now: int
    dice: Dice
    materials: dict[int, Material] = field(default_factory=dict)
    nodes: dict[int, Node] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    layouts: dict[str, Layout] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    plates: dict[str, Plate] = field(default_factory=dict)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    machines: dict[int, Machine] = field(default_factory=dict)
    nests: dict[str, int] = field(default_factory=dict)
    """From the GUID of a nest task to its job."""
    nest_of: dict[int, str] = field(default_factory=dict)
    """From a job to the GUID of its nest task."""
    last_position: dict[int, int] = field(default_factory=dict)
    """Highest position among the children of a folder."""
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=NEIGHBOURS))
    """The latest jobs: among them a layout finds parts of others."""
    parts_of: dict[int, list[str]] = field(default_factory=dict)
    """Parts by job."""
    cut_for: dict[int, list[str]] = field(default_factory=dict)
    """Layouts that belong to a job or hold parts of it, by job."""
    tasks_of: dict[str, list[str]] = field(default_factory=dict)
    """Tasks by layout."""
    agenda: list[tuple[int, int]] = field(default_factory=list)
    """Heap of (time, gmid): when to look at a machine again."""
    nesting: list[tuple[int, int]] = field(default_factory=list)
    """Automatic nesting under way: (done at, job)."""
    last_node: int = 34_032
    made: int = 0
    """GUIDs made so far."""

    def guid(self, kind: str) -> str:
        """A new GUID, lower case."""
        self.made += 1
        dice = Dice("guid", self.options.seed, kind, self.made)
        text = f"{int(dice.roll() * (1 << 56)):014x}{int(dice.roll() * (1 << 56)):014x}{self.made:04x}"[-32:]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def node_id(self) -> int:
        """The next id in the tree."""
        self.last_node += self.dice.whole(1, 3)
        return self.last_node

    def jobs(self) -> Iterable[Node]:
        """The leaves of the tree."""
        return (node for node in self.nodes.values() if node.type == JOB)

    def by_card(self, card_id: str) -> Machine | None:
        """The machine with this control card."""
        return next((one for one in self.machines.values() if one.card_id == card_id), None)

    def add_layout(self, layout: Layout) -> None:
        """Keep a layout, and whose parts it cuts."""
        self.layouts[layout.guid] = layout
        jobs = {layout.job: None} | {self.parts[guid].job: None for guid in layout.parts}
        for job in jobs:
            self.cut_for.setdefault(job, []).append(layout.guid)

    def add_task(self, task: Task) -> None:
        """Keep a task and put it into its machine's queue."""
        self.tasks[task.guid] = task
        if task.layout is not None:
            self.tasks_of.setdefault(task.layout, []).append(task.guid)
        if machine := self.machines.get(task.gmid):
            machine.queue.append(task.guid)
            if machine.due is None and not machine.held:
                self.wake(machine, self.now + 1)

    def wake(self, machine: Machine, when: int) -> None:
        """Note when to look at a machine again."""
        machine.due = max(when, self.now + 1)
        heappush(self.agenda, (machine.due, machine.gmid))

    def tasks_for(self, job: int) -> list[Task]:
        """Tasks of all layouts that cut parts of a job."""
        return [
            self.tasks[task] for layout in self.cut_for.get(job, ()) for task in self.tasks_of.get(layout, ())
        ]

    def current(self, machine: Machine) -> Task | None:
        """The task at hand on a machine."""
        return None if machine.task is None else self.tasks.get(machine.task)

    def backlog(self, machine: Machine) -> int:
        """Seconds of work in a machine's queue."""
        tasks = (self.tasks.get(guid) for guid in machine.queue)
        return sum(task.seconds * (task.total - task.finished) for task in tasks if task)
