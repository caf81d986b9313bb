"""Trees that are none: what a client has to bear. Added to the sound tree, with real jobs in it."""

from collections.abc import Callable

from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.nesting import FOLDER, ROOT, Node
from floorgraph.simulators.cloudnest.planning import EMPTY, add_node, plan_job

UNKNOWN_TYPE = 7
NOWHERE = 1


def bend_tree(hall: Hall) -> None:
    """Add the wanted oddities; the vendor's own example stays as it is."""
    if hall.options.examples:
        return
    for name in dict.fromkeys(hall.options.tree_oddities):
        BENDS[name](hall)


def _cycle(hall: Hall) -> None:
    """Two folders, each inside the other; a job in one of them."""
    one = add_node(hall, ROOT, "Loop A", FOLDER)
    other = add_node(hall, one.id, "Loop B", FOLDER)
    one.parent = other.id
    plan_job(hall, other.id, title="Job in a loop")


def _self_parent(hall: Hall) -> None:
    node = add_node(hall, ROOT, "Own parent", FOLDER)
    node.parent = node.id


def _orphan(hall: Hall) -> None:
    """A folder and a job whose parent is not there; a job in the folder."""
    folder = add_node(hall, NOWHERE, "Lost folder", FOLDER)
    plan_job(hall, folder.id, title="Job in a lost folder")
    plan_job(hall, NOWHERE, title="Lost job")


def _late_parent(hall: Hall) -> None:
    """A job with a lower id than its parent, so the parent comes later in the list."""
    job = plan_job(hall, ROOT, title="Job before its folder")
    job.parent = add_node(hall, ROOT, "Late folder", FOLDER).id


def _empty_folder(hall: Hall) -> None:
    add_node(hall, _some_folder(hall), EMPTY, FOLDER)


def _same_titles(hall: Hall) -> None:
    """Two jobs of the same title in the same folder."""
    folder = _some_folder(hall)
    for _ in range(2):
        plan_job(hall, folder, title="Sample")


def _unknown_type(hall: Hall) -> None:
    add_node(hall, ROOT, "Neither folder nor job", UNKNOWN_TYPE)


def _some_folder(hall: Hall) -> int:
    folders: list[Node] = [
        node for node in hall.nodes.values() if node.type == FOLDER and node.title != EMPTY
    ]
    return hall.dice.pick(folders).id if folders else ROOT


BENDS: dict[str, Callable[[Hall], None]] = {
    "cycle": _cycle,
    "self-parent": _self_parent,
    "orphan": _orphan,
    "late-parent": _late_parent,
    "empty-folder": _empty_folder,
    "same-titles": _same_titles,
    "unknown-type": _unknown_type,
}
