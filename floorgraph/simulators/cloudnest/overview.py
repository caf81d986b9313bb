"""The hall and the gateway for whoever looks in through `GET /_control/state`."""

from collections import Counter
from datetime import UTC, datetime

from floorgraph.simulators.cloudnest.job_reads import node_row
from floorgraph.simulators.cloudnest.machines import Machine
from floorgraph.simulators.cloudnest.nesting import Task
from floorgraph.simulators.cloudnest.request import Desk


def overview(desk: Desk) -> dict[str, object]:
    """Everything in the simulator's own words: GUIDs lower case, times UTC."""
    hall = desk.hall
    return {
        "now": _iso(hall.now),
        "gateway": gateway(desk),
        "nodes": [node_row(hall, number) for number in sorted(hall.nodes)],
        "layouts": [
            {
                "guid": one.guid,
                "job": one.job,
                "name": one.name,
                "plate": one.plate,
                "parts": one.parts,
                "jobs": sorted({one.job} | {hall.parts[guid].job for guid in one.parts}),
            }
            for one in hall.layouts.values()
        ],
        "tasks": [_task(one) for one in hall.tasks.values()],
        "plates": [
            {
                "guid": one.guid,
                "name": one.name,
                "type": one.type,
                "remaining": one.remaining,
                "parent": one.parent,
            }
            for one in hall.plates.values()
        ],
        "parts": len(hall.parts),
        "drawings": len(hall.drawings),
        "machines": [_machine(desk, one) for one in hall.machines.values()],
    }


def gateway(desk: Desk) -> dict[str, object]:
    """Who may call what, what was used today and what was refused since the last restart of the hall."""
    refused: dict[str, Counter[str]] = {}
    for (name, condition), count in desk.refused.items():
        refused.setdefault(name, Counter())[condition] = count
    return {
        "used": desk.limits.used(),
        "refused": {name: dict(found) for name, found in refused.items()},
        "limits": [rule.model_dump() for rule in desk.limits.rules],
        "ungranted": list(desk.ungranted),
        "granted_machines": None if desk.granted_machines is None else sorted(desk.granted_machines),
        "org_codes": sorted(desk.org_codes),
        "clock_skew": desk.clock_skew,
        "secrets_seen": desk.secrets_seen,
    }


def _task(task: Task) -> dict[str, object]:
    return {
        "guid": task.guid,
        "layout": task.layout,
        "gmid": task.gmid,
        "file": task.file,
        "total": task.total,
        "finished": task.finished,
        "start": _iso(task.start),
        "finish": _iso(task.finish),
        "bare": task.bare,
    }


def _machine(desk: Desk, one: Machine) -> dict[str, object]:
    task = desk.hall.current(one)
    return {
        "gmid": one.gmid,
        "card_id": one.card_id,
        "nickname": one.nickname,
        "welder": one.welder,
        "state": one.state,
        "since": _iso(one.since),
        "held": one.held,
        "task": one.task,
        "cutting": one.cutting,
        "percent": int(min(1.0, one.worked(desk.hall.now) / task.seconds) * 100) if task else 0,
        "queue": list(one.queue),
        "alarms": [{"code": alarm.code, "text": alarm.text} for alarm in one.standing_alarms()],
        "results": len(one.results),
    }


def _iso(when: float | None) -> str | None:
    return None if when is None else datetime.fromtimestamp(when, UTC).isoformat()
