"""Planning: new folders, jobs, their parts and layouts, and the tasks that send layouts to machines."""

from collections.abc import Sequence

from floorgraph.simulators.cloudnest.catalogue import COLOURS, PARTS, PRODUCTS, STOCK
from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.machines import Machine
from floorgraph.simulators.cloudnest.nesting import (
    ENDLESS,
    FOLDER,
    GAP,
    JOB,
    SCRAP,
    STANDARD,
    Drawing,
    Layout,
    Leftover,
    Node,
    Part,
    Plate,
    Task,
)

SCRAP_SHARE = 0.15
"""How many layouts use scrap up, where there is any of their material."""
EMPTY = "Empty"
"""A folder of this name stays empty."""


def add_node(hall: Hall, parent: int, title: str, kind: int) -> Node:
    """One more folder or job, last among its siblings."""
    last = hall.last_position.get(parent, 0)
    node = Node(
        id=hall.node_id(),
        parent=parent,
        title=title,
        type=kind,
        position=(last // GAP + 1) * GAP,
        created=hall.now,
    )
    hall.nodes[node.id] = node
    hall.last_position[parent] = node.position
    return node


def plan_job(hall: Hall, parent: int, *, title: str = "") -> Node:
    """A new job with parts, but without layouts."""
    dice = hall.dice
    name = title or f"{dice.pick(PRODUCTS)} {dice.whole(100, 999)}"
    node = add_node(hall, parent, name, JOB)
    number, thickness = dice.pick(STOCK)
    for index in range(dice.whole(*hall.options.parts_per_job)):
        add_part(
            hall, node.id, f"{PARTS[index % len(PARTS)]} {node.id % 1000}-{index + 1}", number, thickness
        )
    hall.recent.append(node.id)
    return node


def add_part(
    hall: Hall, job: int, name: str, material: int, thickness: float, amount: int | None = None
) -> Part:
    """A part of a job, with its drawing."""
    dice, made = hall.dice, hall.materials[material]
    width, height = float(dice.whole(40, 700)), float(dice.whole(30, 500))
    drawing = Drawing(guid=hall.guid("drawing"), job=job, name=f"{name}.dxf", ready_at=hall.now)
    hall.drawings[drawing.guid] = drawing
    part = Part(
        guid=hall.guid("part"),
        job=job,
        name=name,
        material=made.name,
        thickness=thickness,
        amount=amount or dice.whole(4, 200),
        width=width,
        height=height,
        weight=round(width * height * 0.82 * thickness * made.density, 3),
        drawing_name=drawing.name,
        drawing_guid=drawing.guid,
        gas=made.gas,
        fill_color=dice.pick(COLOURS),
        props={"customer": f"C{dice.whole(10, 99)}", "order": str(dice.whole(1000, 9999))},
    )
    hall.parts[part.guid] = part
    hall.parts_of.setdefault(job, []).append(part.guid)
    return part


def nest_job(hall: Hall, job: int, count: int | None = None) -> list[Layout]:
    """Lay the parts of a job out on plates; nothing when it has none."""
    parts = [hall.parts[guid] for guid in hall.parts_of.get(job, ())]
    if not parts:
        return []
    if job not in hall.nest_of:
        hall.nest_of[job] = hall.guid("nest")
        hall.nests[hall.nest_of[job]] = job
    wanted = hall.dice.whole(*hall.options.layouts_per_job) if count is None else count
    return [_lay_out(hall, job, parts) for _ in range(wanted)]


def _lay_out(hall: Hall, job: int, parts: Sequence[Part]) -> Layout:
    dice, first = hall.dice, parts[0]
    number = 1 + sum(hall.layouts[guid].job == job for guid in hall.cut_for.get(job, ()))
    plate = stock_plate(hall, first.material, first.thickness)
    chosen = [part for part in parts if dice.roll() < 0.7] or [first]
    counts = {part.guid: dice.whole(1, 24) for part in chosen}
    if dice.roll() < hall.options.mixed_share and (guest := _guest(hall, job, first)):
        counts[guest.guid] = dice.whole(1, 6)
    few, many = hall.options.sheet_seconds
    layout = Layout(
        guid=hall.guid("layout"),
        job=job,
        name=f"{hall.nodes[job].title}-{number}",
        index=number,
        plate=plate.guid,
        width=plate.width,
        height=plate.height,
        material=plate.material,
        thickness=plate.thickness,
        seconds=max(1, round(dice.whole(few, many) / hall.options.pace)),
        parts=counts,
    )
    if dice.roll() < 0.5:
        layout.leftovers = [
            Leftover(name=f"{layout.name}-rest", width=plate.width, height=float(dice.whole(200, 900)))
        ]
    hall.add_layout(layout)
    return layout


def _guest(hall: Hall, job: int, like: Part) -> Part | None:
    """A part of another job, of the same material."""
    found = [
        part
        for other in hall.recent
        if other != job
        for part in [hall.parts[guid] for guid in hall.parts_of.get(other, ())[:1]]
        if (part.material, part.thickness) == (like.material, like.thickness)
    ]
    return hall.dice.pick(found) if found else None


def stock_plate(hall: Hall, material: str, thickness: float) -> Plate:
    """A plate in stock of that material; an endless one is put there when there is none."""
    found = [
        plate
        for plate in hall.plates.values()
        if (plate.material, plate.thickness) == (material, thickness) and plate.remaining != 0
    ]
    scraps = [plate for plate in found if plate.type == SCRAP]
    if scraps and hall.dice.roll() < SCRAP_SHARE:
        return hall.dice.pick(scraps)
    if whole := [plate for plate in found if plate.type == STANDARD]:
        return hall.dice.pick(whole)
    plate = Plate(
        guid=hall.guid("plate"),
        name=f"{material}-{thickness:g}-1500x3000",
        type=0,
        material=material,
        thickness=thickness,
        width=1500.0,
        height=3000.0,
        remaining=ENDLESS,
    )
    hall.plates[plate.guid] = plate
    return plate


def send(hall: Hall, layout: Layout, machine: Machine, plates: int) -> Task:
    """A production task for a machine."""
    task = Task(
        guid=hall.guid("task"),
        layout=layout.guid,
        gmid=machine.gmid,
        total=plates,
        file=f"{layout.name}.lxds",
        seconds=layout.seconds,
        comments="rush" if hall.dice.roll() < 0.1 else "",
    )
    hall.add_task(task)
    return task


def least_loaded(hall: Hall) -> Machine | None:
    """The cutting machine with the least work waiting."""
    cutters = [machine for machine in hall.machines.values() if not machine.welder]
    return min(cutters, key=lambda machine: (hall.backlog(machine), machine.gmid), default=None)


def plan_work(hall: Hall, hungry: Machine) -> Node:
    """A new job with tasks: the first for the machine that has no work left."""
    folders = [node.id for node in hall.nodes.values() if node.type == FOLDER and node.title != EMPTY]
    node = plan_job(hall, hall.dice.pick(folders) if folders else -1)
    machine: Machine | None = hungry
    for layout in nest_job(hall, node.id):
        if machine := machine or least_loaded(hall):
            send(hall, layout, machine, hall.dice.whole(*hall.options.plates_per_task))
        machine = None
    return node
