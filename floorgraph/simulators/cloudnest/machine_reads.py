"""The machines' part, live: devices, states, alarms, current work and cutting progress."""

from math import sin
from typing import Any

from floorgraph.simulators.cloudnest.machines import LICENCE_END, Machine
from floorgraph.simulators.cloudnest.nesting import Task
from floorgraph.simulators.cloudnest.request import Ask, Endpoint
from floorgraph.simulators.dice import Dice

OFF = ("OFFLINE", "CLOSE")
DAY = 86_400
TICK = 5
"""Seconds for which measured values stay the same."""


def devices(ask: Ask) -> object:
    """Machines in the caller's machine list."""
    return [
        {
            "nickname": one.nickname,
            "appName": one.app_name,
            "appVer": one.app_ver,
            "cardId": one.card_id,
        }
        for one in ask.hall.machines.values()
        if ask.desk.grants(one)
    ]


def device(ask: Ask) -> object:
    """One machine."""
    one = ask.by_card()
    return {
        "nickname": one.nickname,
        "appName": one.app_name,
        "appVer": one.app_ver,
        "serial": one.serial,
        "cardId": one.card_id,
        "laserModel": one.model,
        "laserPower": one.power,
        "range": one.range,
        "licenseValidEnd": LICENCE_END,
    }


def states(ask: Ask) -> object:
    """States of several machines; those the caller may not know are left out (inferred)."""
    cards = set(ask.batch("cardIds", str))
    odd = "unknown-states" in ask.desk.options.oddities
    return [
        {"cardId": one.card_id, "deviceState": "MAINTAIN" if odd and one.state == "STOP" else one.state}
        for one in ask.hall.machines.values()
        if one.card_id in cards and ask.desk.grants(one)
    ]


def alarms(ask: Ask) -> object:
    """Alarms that stand."""
    return [
        {"alarmCode": one.code, "alarmTime": ask.time(one.start), "alarmDesc": one.text}
        for one in ask.by_card().standing_alarms()
    ]


def current_work(ask: Ask) -> object:
    """The file at hand; null when there is none."""
    machine = ask.by_card()
    task = ask.hall.current(machine)
    if task is None or not machine.cutting or machine.state in OFF:
        return None
    return {
        "filename": task.file,
        "portionId": (task.layout or task.guid)[:8],
        "startTime": ask.time(machine.sheet_start),
    }


def cut_state(ask: Ask) -> object:
    """Progress and measured values; null when the machine is off or welds (inferred)."""
    machine = ask.by_card()
    if machine.welder or machine.state in OFF:
        return None
    task = ask.hall.current(machine) if machine.cutting else None
    worked = machine.worked(ask.hall.now)
    share = min(1.0, worked / task.seconds) if task else 0.0
    noise = Dice("measured", machine.card_id, int(ask.hall.now) // TICK)
    return {
        "taskName": task.file if task else "",
        "cutPercent": int(share * 100),
        **_axes(machine, worked, share),
        **_beam(ask, machine, task, noise),
        "workTime": round(worked / DAY, 6),
        "workTimeStr": _clock(worked),
    }


def _axes(machine: Machine, worked: float, share: float) -> dict[str, object]:
    """The head goes along the plate while it swings across it."""
    length, _, width = machine.range.partition("*")
    across = (sin(worked / 7) + 1) / 2 * float(width or 0)
    return {
        "axisX": round(share * float(length or 0), 3),
        "axisY": round(across, 3),
        "axisZ": 0.8 if machine.state == "WORKING" else 30.0,
    }


def _beam(ask: Ask, machine: Machine, task: Task | None, noise: Dice) -> dict[str, object]:
    """Speed in m/s, power in W, pressure in MPa; the beam is off unless the machine works."""
    on = machine.state == "WORKING" and task is not None
    layout = ask.hall.layouts.get(task.layout or "") if task else None
    thickness = layout.thickness if layout else 1.0
    gas = next(
        (one.gas for one in ask.hall.materials.values() if layout and one.name == layout.material), "Air"
    )
    return {
        "workSpeed": round(noise.between(0.9, 1.1) * 0.25 / (1 + thickness / 3), 4) if on else 0,
        "laserPower": round(machine.power * noise.between(0.85, 0.95)) if on else 0,
        "pwmFreq": 5000 if on else 0,
        "pwmRatio": 100 if on else 0,
        "gasType": gas,
        "gasPressure": round(noise.between(0.78, 0.84) * (1.5 if gas == "N2" else 1), 3) if on else 0,
        "targetHeight": 0.8,
        "diodeCurrent": round(noise.between(80, 90), 1) if on else 0,
    }


def weld_state(ask: Ask) -> object:
    """Progress of a welding machine; its fields are not documented, these are inferred."""
    machine = ask.by_card()
    task = ask.hall.current(machine)
    if not machine.welder or machine.state in OFF:
        return None
    noise = Dice("measured", machine.card_id, int(ask.hall.now) // TICK)
    worked = machine.worked(ask.hall.now)
    on = machine.state == "WORKING"
    found: dict[str, Any] = {
        "taskName": task.file if task else "",
        "weldPercent": int(min(1.0, worked / task.seconds) * 100) if task and machine.cutting else 0,
        "workSpeed": round(noise.between(0.012, 0.016), 4) if on else 0,
        "laserPower": round(machine.power * noise.between(0.6, 0.7)) if on else 0,
        "gasType": "Ar",
        "workTimeStr": _clock(worked),
    }
    return found


def _clock(seconds: float) -> str:
    """`00:03:21.500`."""
    whole = int(seconds)
    thousandths = round((seconds - whole) * 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def _live(name: str, path: str, answer: Any, msg: str = "OK") -> Endpoint:
    return Endpoint(name=name, path=f"/api/user_devices{path}", answer=answer, msg=msg, org=False, zoned=True)


ENDPOINTS = (
    _live("devices", "", devices),
    _live("device", "/detail", device),
    _live("device_states", "/current_state", states, "ok"),
    _live("current_alarms", "/current_alarms", alarms),
    _live("current_work", "/current_work", current_work, "Ok"),
    _live("cut_state", "/cut_system_state", cut_state),
    _live("weld_state", "/weld_system_state", weld_state),
)
