"""The hall at the moment the server starts: its jobs half done, its machines in the middle of things."""

from floorgraph.simulators.cloudnest.catalogue import MATERIALS, ROOTS, SERIES, SIZES, STOCK
from floorgraph.simulators.cloudnest.examples import document_tree
from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.life import advance
from floorgraph.simulators.cloudnest.machines import FIRST_GMID, Machine, machine
from floorgraph.simulators.cloudnest.nesting import (
    ENDLESS,
    FOLDER,
    JOB,
    ROOT,
    SCRAP,
    STANDARD,
    Node,
    Plate,
)
from floorgraph.simulators.cloudnest.oddities import bend_tree
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from floorgraph.simulators.cloudnest.planning import add_node, add_part, nest_job, plan_job, send
from floorgraph.simulators.dice import Dice


def found_hall(options: CloudNestOptions, now: float) -> Hall:
    """A hall in full swing at `now`, the same for the same options and time."""
    start = int(now)
    hall = Hall(
        options=options,
        start=start,
        now=start - int(options.history_hours * 3600),
        dice=Dice("hall", options.seed),
        materials={material.id: material for material in MATERIALS},
    )
    _stock(hall)
    for index in range(options.machines + options.welders):
        add_machine(hall, welder=index >= options.machines)
    if options.examples:
        _example_tree(hall)
    else:
        _plant_tree(hall)
    bend_tree(hall)
    _plan(hall)
    _live_through_the_past(hall)
    return hall


def add_machine(hall: Hall, *, welder: bool = False) -> Machine:
    """One more machine, with the next number."""
    index = max((gmid - FIRST_GMID + 1 for gmid in hall.machines), default=0)
    names = hall.options.machine_names
    name = names[index] if index < len(names) else None
    one = machine(index, hall.options.seed, name, welder=welder)
    one.since = hall.now
    hall.machines[one.gmid] = one
    return one


def _stock(hall: Hall) -> None:
    options = hall.options
    for index in range(options.plates + options.scraps):
        number, thickness = STOCK[index % len(STOCK)]
        material = hall.materials[number]
        scrap = index >= options.plates
        width, height = SIZES[index // len(STOCK) % len(SIZES)]
        if scrap:
            height = float(hall.dice.whole(300, 900))
        plate = Plate(
            guid=hall.guid("plate"),
            name=f"rest-{index}" if scrap else f"{material.name}-{thickness:g}-{width:g}x{height:g}",
            type=SCRAP if scrap else STANDARD,
            material=material.name,
            thickness=thickness,
            width=width,
            height=height,
            remaining=1 if scrap else ENDLESS if index % 4 == 0 else hall.dice.whole(20, 200),
        )
        hall.plates[plate.guid] = plate


def _plant_tree(hall: Hall) -> None:
    options = hall.options
    wanted = max(3, options.jobs // 6) if options.folders is None else options.folders
    folders: list[Node] = []
    for index in range(wanted):
        if index < len(ROOTS) or not folders:
            folders.append(add_node(hall, ROOT, ROOTS[index % len(ROOTS)], FOLDER))
        else:
            title = SERIES[index % len(SERIES)]
            folders.append(add_node(hall, hall.dice.pick(folders).id, title, FOLDER))
    for _ in range(options.jobs):
        plan_job(hall, hall.dice.pick(folders).id if folders else ROOT)


def _example_tree(hall: Hall) -> None:
    """The nodes of the vendor's own example; its jobs get parts like any other."""
    for row in document_tree():
        node = Node(
            id=row["id"],
            parent=row["parent_id"],
            title=row["title"],
            type=row["type"],
            position=row["position"],
            status=row["status"],
            created=hall.now,
        )
        hall.nodes[node.id] = node
        hall.last_node = max(hall.last_node, node.id)
        hall.last_position[node.parent] = max(hall.last_position.get(node.parent, 0), node.position)
        if node.type == JOB:
            add_part(hall, node.id, f"Bracket {node.id}", 1, 0.8)
            add_part(hall, node.id, f"Cover {node.id}", 1, 0.8)
            hall.recent.append(node.id)


def _plan(hall: Hall) -> None:
    """Layouts and tasks of the jobs, handed to the machines in turn."""
    options = hall.options
    cutters = [one for one in hall.machines.values() if not one.welder]
    turn = 0
    for node in list(hall.jobs()):
        roll = hall.dice.roll()
        if roll < options.draft_share:
            continue
        for layout in nest_job(hall, node.id):
            if roll < options.draft_share + options.waiting_share:
                continue
            send(hall, layout, cutters[turn % len(cutters)], hall.dice.whole(*options.plates_per_task))
            turn += 1
    for task in list(hall.tasks.values())[: options.bare_tasks]:
        task.bare = True


def _live_through_the_past(hall: Hall) -> None:
    """Let the machines work for so long that about half of the work is left at the start."""
    begin = hall.now
    for one in hall.machines.values():
        longest = hall.backlog(one) * 0.6
        one.state = "OFFLINE"
        first = begin if one.welder else max(begin, int(hall.start - longest))
        hall.wake(one, first + one.dice.whole(1, 60))
    advance(hall, hall.start)
