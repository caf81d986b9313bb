"""Removal: jobs, layouts, parts and tasks go, with everything that hangs on them."""

from floorgraph.simulators.cloudnest.hall import Hall


def purge(hall: Hall) -> None:
    """Delete the oldest finished jobs when there are too many jobs."""
    options = hall.options
    kept = options.jobs_kept or max(200, 3 * options.jobs)
    if len(hall.nodes) <= kept:
        return
    jobs = [node.id for node in hall.jobs()]
    for job in jobs[: len(jobs) // 2]:
        if len(jobs) <= kept:
            return
        tasks = hall.tasks_for(job)
        # Layouts of other jobs keep their parts, unless that lets the hall grow without end.
        mixed = len(jobs) <= 2 * kept and any(
            hall.layouts[guid].job != job for guid in hall.cut_for.get(job, ())
        )
        if tasks and all(task.done for task in tasks) and not mixed:
            drop_job(hall, job)
            jobs.remove(job)


def drop_job(hall: Hall, job: int) -> None:
    """A job is gone, with its parts and layouts; parts of it on other jobs' layouts are taken off."""
    hall.nodes.pop(job, None)
    for guid in [guid for guid in hall.cut_for.get(job, ()) if hall.layouts[guid].job == job]:
        drop_layout(hall, guid)
    for guid in hall.parts_of.pop(job, ()):
        drop_part(hall, guid)
    for guid in [guid for guid, drawing in hall.drawings.items() if drawing.job == job]:
        del hall.drawings[guid]
    hall.cut_for.pop(job, None)
    hall.nests.pop(hall.nest_of.pop(job, ""), None)


def drop_part(hall: Hall, guid: str) -> None:
    """A part is gone, from all layouts too."""
    part = hall.parts.pop(guid)
    for layout in hall.cut_for.get(part.job, ()):
        hall.layouts[layout].parts.pop(guid, None)
    if guid in hall.parts_of.get(part.job, ()):
        hall.parts_of[part.job].remove(guid)


def drop_layout(hall: Hall, guid: str) -> None:
    """A layout is gone, with its tasks; a machine at one of them goes on with the next."""
    hall.layouts.pop(guid)
    for layouts in hall.cut_for.values():
        if guid in layouts:
            layouts.remove(guid)
    for number in hall.tasks_of.pop(guid, ()):
        drop_task(hall, number)


def drop_task(hall: Hall, guid: str) -> None:
    """A task is gone."""
    task = hall.tasks.pop(guid)
    machine = hall.machines.get(task.gmid)
    if machine is None:
        return
    if guid in machine.queue:
        machine.queue.remove(guid)
    if machine.task == guid:
        machine.task, machine.cutting, machine.sheet_done = None, False, 0.0
