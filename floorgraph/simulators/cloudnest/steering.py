"""Changes from outside, made in the hall and at the gateway."""

from collections.abc import Container, Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from floorgraph.simulators.cloudnest.changes import Changes, MachineChange, TaskChange
from floorgraph.simulators.cloudnest.founding import add_machine
from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.life import begin_sheet, enter, finish_sheet
from floorgraph.simulators.cloudnest.machines import Alarm, Machine
from floorgraph.simulators.cloudnest.nesting import FOLDER, JOB
from floorgraph.simulators.cloudnest.planning import add_node, nest_job, plan_job, send
from floorgraph.simulators.cloudnest.removal import drop_job, drop_layout
from floorgraph.simulators.cloudnest.request import Desk
from floorgraph.simulators.contract import ControlError
from floorgraph.simulators.control import first_problem


def apply(desk: Desk, wanted: Any) -> dict[str, object]:
    """Make the changes and say what came new.

    Everything named is looked up first, so a request that makes no sense changes nothing.

    Raises:
        ControlError: something is unknown or has a wrong value.
    """
    try:
        changes = Changes.model_validate(wanted)
    except ValidationError as error:
        raise first_problem(error) from error
    for field, value, known in _named(desk.hall, changes):
        if value not in known:
            raise ControlError(field, f"there is no {value}")
    _switch(desk, changes)
    hall = desk.hall
    machines = _change_machine_list(hall, changes)
    folders = [add_node(hall, one.parent, one.title, FOLDER).id for one in changes.add_folders]
    jobs = _add_jobs(hall, changes)
    _change_nodes(hall, changes)
    tasks = _change_tasks(hall, changes)
    for plate in changes.plates:
        _copy(plate, hall.plates[plate.guid.lower()], ("remaining", "name"))
    for change in changes.machines:
        _change_machine(hall, hall.machines[change.gmid], change)
    _change_alarms(hall, changes)
    return {"added_machines": machines, "added_folders": folders, "added_jobs": jobs, "added_tasks": tasks}


def _named(hall: Hall, changes: Changes) -> Iterator[tuple[str, object, Container[object]]]:
    """What the changes name: field, value, and where it must be found."""
    looked_up: tuple[tuple[str, str, Iterable[Any]], ...] = (
        ("remove_machines", "", hall.machines),
        ("add_jobs", "gmid", hall.machines),
        ("nodes", "id", hall.nodes),
        ("remove_nodes", "", hall.nodes),
        ("remove_layouts", "", hall.layouts),
        ("add_tasks", "layout", hall.layouts),
        ("add_tasks", "gmid", hall.machines),
        ("tasks", "guid", hall.tasks),
        ("plates", "guid", hall.plates),
        ("machines", "gmid", hall.machines),
        ("raise_alarms", "gmid", hall.machines),
        ("clear_alarms", "gmid", hall.machines),
    )
    for part, name, known in looked_up:
        for index, item in enumerate(getattr(changes, part)):
            value = getattr(item, name) if name else item
            if value is not None:
                found = value.lower() if isinstance(value, str) else value
                yield ".".join(filter(None, (part, str(index), name))), found, set(known)


def _switch(desk: Desk, changes: Changes) -> None:
    desk.app_secret = changes.app_secret or desk.app_secret
    if changes.org_codes is not None:
        desk.org_codes = set(changes.org_codes)
    if changes.ungranted is not None:
        desk.ungranted = list(changes.ungranted)
    if changes.granted_machines is not None:
        granted = changes.granted_machines
        desk.granted_machines = None if granted == "all" else set(granted)
    if changes.limits is not None:
        desk.limits.rules = list(changes.limits)
    for name, used in changes.used.items():
        desk.limits.spend(name, used)
    if changes.clock_skew is not None:
        desk.clock_skew = changes.clock_skew


def _change_machine_list(hall: Hall, changes: Changes) -> list[int]:
    added = []
    for _ in range(changes.add_machines):
        machine = add_machine(hall)
        hall.wake(machine, hall.now + 1)
        added.append(machine.gmid)
    for gmid in changes.remove_machines:
        hall.machines.pop(gmid, None)
    return added


def _add_jobs(hall: Hall, changes: Changes) -> list[int]:
    added = []
    for one in changes.add_jobs:
        job = plan_job(hall, one.parent, title=one.title)
        for layout in nest_job(hall, job.id, one.layouts) if one.layouts else []:
            if one.gmid is not None:
                send(hall, layout, hall.machines[one.gmid], one.plates)
        added.append(job.id)
    return added


def _change_nodes(hall: Hall, changes: Changes) -> None:
    for change in changes.nodes:
        _copy(change, hall.nodes[change.id], ("title", "parent", "position", "status", "type"))
    for number in changes.remove_nodes:
        if hall.nodes[number].type == JOB:
            drop_job(hall, number)
        else:
            hall.nodes.pop(number)
    for guid in changes.remove_layouts:
        if guid.lower() in hall.layouts:
            drop_layout(hall, guid.lower())


def _change_tasks(hall: Hall, changes: Changes) -> list[str]:
    added = [
        send(hall, hall.layouts[one.layout.lower()], hall.machines[one.gmid], one.plates).guid
        for one in changes.add_tasks
        if one.layout.lower() in hall.layouts
    ]
    for change in changes.tasks:
        _change_task(hall, change)
    return added


def _change_task(hall: Hall, change: TaskChange) -> None:
    task = hall.tasks.get(change.guid.lower())
    if task is None:
        return
    _copy(change, task, ("finished", "total", "comments", "bare"))
    if task.finished and task.start is None:
        task.start = hall.now
    task.finish = (task.finish or hall.now) if task.done else None
    machine = hall.machines.get(task.gmid)
    if machine and not task.done and machine.task != task.guid and task.guid not in machine.queue:
        machine.queue.append(task.guid)


def _change_machine(hall: Hall, machine: Machine, change: MachineChange) -> None:
    machine.nickname = change.nickname or machine.nickname
    if change.finish_sheet and machine.cutting:
        machine.sheet_done = machine.worked(hall.now)
        finish_sheet(hall, machine)
        enter(hall, machine, "IDLE")
    if change.state is not None:
        machine.held = True
        if change.state == "WORKING" and not machine.cutting:
            begin_sheet(hall, machine)
        enter(hall, machine, change.state)
    if change.release:
        machine.held = False
        enter(hall, machine, machine.state)
    task = hall.current(machine)
    if change.percent is not None and task is not None and machine.cutting:
        enter(hall, machine, machine.state)
        machine.sheet_done = task.seconds * change.percent / 100


def _change_alarms(hall: Hall, changes: Changes) -> None:
    for raised in changes.raise_alarms:
        alarm = Alarm(raised.code, raised.text, hall.now, held=True)
        hall.machines[raised.gmid].alarms.append(alarm)
    for cleared in changes.clear_alarms:
        for alarm in hall.machines[cleared.gmid].standing_alarms():
            if cleared.code in (None, alarm.code):
                alarm.end = hall.now


def _copy(change: object, to: object, names: Iterable[str]) -> None:
    """Carry over what is given."""
    for name in names:
        if (value := getattr(change, name)) is not None:
            setattr(to, name, value)
