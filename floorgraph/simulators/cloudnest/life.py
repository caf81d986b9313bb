"""How the hall lives: machines cut sheets, stop and go on, raise alarms, finish tasks; new jobs are planned.

Everything follows from the seed, the clock and what was asked of the gateway. Events are taken in the order
of their time, so it does not matter how often or when somebody looks.
"""

from heapq import heappop
from typing import TypeVar

from floorgraph.simulators.cloudnest.catalogue import ALARMS
from floorgraph.simulators.cloudnest.hall import Hall
from floorgraph.simulators.cloudnest.machines import Alarm, Machine, Period, Result, WorkLog
from floorgraph.simulators.cloudnest.nesting import Task
from floorgraph.simulators.cloudnest.planning import nest_job, plan_work
from floorgraph.simulators.cloudnest.removal import purge
from floorgraph.simulators.cloudnest.stock import store_scrap, take_plate

T = TypeVar("T")

RECORDS_KEPT = 20_000
"""Of each machine's periods, results, sheets and alarms; a fifth of them goes when there are more."""

INTERRUPTIONS = (("ALARMING", 6.0), ("PAUSE", 3.0), ("STOP", 1.0))
LENGTHS = {
    "ALARMING": (60, 600),
    "PAUSE": (30, 300),
    "STOP": (60, 400),
    "OFFLINE": (300, 1800),
    "CLOSE": (120, 900),
    "UNKNOWN": (30, 120),
}
"""Shortest and longest stay in a state, in seconds at pace 1."""
WAIT = (90, 400)
"""How long a machine waits for work."""
WELD = (120, 900)


def advance(hall: Hall, to: float) -> None:
    """Let everything happen that happens until `to`."""
    while hall.agenda and hall.agenda[0][0] <= to:
        when, gmid = heappop(hall.agenda)
        machine = hall.machines.get(gmid)
        if machine is not None and machine.due == when and not machine.held:
            hall.now = max(hall.now, when)
            _nest_automatically(hall)
            _happen(hall, machine)
    hall.now = max(hall.now, int(to))
    _nest_automatically(hall)


def enter(hall: Hall, machine: Machine, state: str) -> None:
    """Begin a new state now."""
    machine.sheet_done = machine.worked(hall.now)
    if hall.now > machine.since:
        _keep(machine.periods, Period(machine.state, machine.since, hall.now))
    was, machine.state, machine.since = machine.state, state, hall.now
    if was == "ALARMING" and state != "ALARMING":
        for alarm in machine.standing_alarms():
            if not alarm.held:
                alarm.end = hall.now
    if state == "ALARMING" and was != "ALARMING":
        first = machine.dice.whole(0, len(ALARMS) - 1)
        count = 2 if machine.dice.roll() < 0.25 else 1
        for offset in range(count):
            code, text = ALARMS[(first + offset) % len(ALARMS)]
            _keep(machine.alarms, Alarm(code, text, hall.now))
    machine.due = None
    if not machine.held:
        hall.wake(machine, hall.now + _length(hall, machine))


def begin_sheet(hall: Hall, machine: Machine) -> bool:
    """Put the next sheet on the table; false when there is no work."""
    task = hall.current(machine)
    if task is None or task.done:
        task = _next_task(hall, machine)
    if task is None:
        machine.task = None
        return False
    machine.task = task.guid
    task.start = hall.now if task.start is None else task.start
    machine.cutting, machine.sheet_start, machine.sheet_done = True, hall.now, 0.0
    return True


def finish_sheet(hall: Hall, machine: Machine) -> None:
    """The sheet on the table is cut: count it, take it from stock, finish its task when it was the last."""
    task = hall.current(machine)
    machine.cutting = False
    if task is None:
        return
    task.finished = min(task.total, task.finished + 1)
    _keep(machine.logs, WorkLog(task.file, machine.sheet_start, hall.now))
    layout = hall.layouts.get(task.layout or "")
    if layout is not None:
        take_plate(hall, layout.plate)
        for leftover in layout.leftovers:
            store_scrap(hall, layout.plate, leftover.name, leftover.width, leftover.height)
    if task.done:
        task.finish = hall.now
        if layout is not None and task.start is not None:
            job = hall.nodes[layout.job].title if layout.job in hall.nodes else ""
            parts = [(hall.parts[guid], count) for guid, count in layout.parts.items()]
            _keep(machine.results, Result(hall.now, task.start, layout, parts, task.total, job))


def _happen(hall: Hall, machine: Machine) -> None:
    """What follows the machine's state."""
    state, dice = machine.state, machine.dice
    task = hall.current(machine)
    if state == "WORKING":
        if machine.cutting and task and machine.worked(hall.now) < task.seconds:
            enter(hall, machine, dice.weighted(INTERRUPTIONS))
            return
        if machine.cutting:
            finish_sheet(hall, machine)
        shut = (task is None or task.done) and dice.roll() < 0.05
        enter(hall, machine, dice.pick(("CLOSE", "OFFLINE")) if shut else "IDLE")
    elif state == "IDLE":
        _look_for_work(hall, machine)
    elif state == "ALARMING" and dice.roll() < 0.15:
        enter(hall, machine, "STOP")
    else:
        enter(hall, machine, "WORKING" if machine.cutting else "IDLE")


def _look_for_work(hall: Hall, machine: Machine) -> None:
    planning = hall.now >= hall.start and hall.options.new_jobs and not hall.options.examples
    if machine.cutting or begin_sheet(hall, machine):
        enter(hall, machine, "WORKING")
    elif machine.welder:
        _plan_weld(hall, machine)
        hall.wake(machine, hall.now + _scaled(hall, machine, *WAIT))
    elif planning:
        plan_work(hall, machine)
        purge(hall)
        hall.wake(machine, hall.now + _scaled(hall, machine, *WAIT))
    elif hall.now < hall.start:
        hall.wake(machine, hall.start + machine.dice.whole(1, 20))
    else:
        machine.due = None


def _plan_weld(hall: Hall, machine: Machine) -> None:
    task = Task(
        guid=hall.guid("weld"),
        layout=None,
        gmid=machine.gmid,
        total=machine.dice.whole(3, 20),
        file=f"seam-{machine.dice.whole(100, 999)}.wld",
        seconds=_scaled(hall, machine, *WELD),
    )
    hall.add_task(task)


def _next_task(hall: Hall, machine: Machine) -> Task | None:
    """The next task of the queue; finished files that CloudNest does not know are forgotten."""
    old = hall.current(machine)
    if old is not None and old.layout is None and old.done:
        hall.tasks.pop(old.guid)
    while machine.queue:
        task = hall.tasks.get(machine.queue.popleft())
        if task is not None and not task.done:
            return task
    return None


def _length(hall: Hall, machine: Machine) -> int:
    """How long the state just begun lasts."""
    task = hall.current(machine)
    if machine.state == "IDLE":
        more = machine.cutting or machine.queue or (task and not task.done)
        return _scaled(hall, machine, *(hall.options.load_seconds if more else WAIT))
    if machine.state != "WORKING":
        return _scaled(hall, machine, *LENGTHS[machine.state])
    if task is None or not machine.cutting:
        return _scaled(hall, machine, *WAIT)
    left = max(1.0, task.seconds - machine.sheet_done)
    if left > 5 and machine.dice.roll() < hall.options.trouble:
        return max(1, int(left * machine.dice.between(0.1, 0.9)))
    return max(1, -int(-left // 1))


def _scaled(hall: Hall, machine: Machine, low: int, high: int) -> int:
    return max(1, round(machine.dice.between(low, high) / hall.options.pace))


def _nest_automatically(hall: Hall) -> None:
    """Finish the automatic nesting that is due."""
    for one in [one for one in hall.nesting if one[0] <= hall.now]:
        hall.nesting.remove(one)
        if one[1] in hall.nodes:
            nest_job(hall, one[1], 1)


def _keep(records: list[T], record: T) -> None:
    records.append(record)
    if len(records) > RECORDS_KEPT:
        del records[: RECORDS_KEPT // 5]
