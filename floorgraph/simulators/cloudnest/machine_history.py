"""The machines' part, looking back: periods, figures and work logs."""

from collections.abc import Callable, Iterator
from typing import Any

from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.machines import PERIOD_WORDS, Machine, Period
from floorgraph.simulators.cloudnest.request import Ask, Endpoint
from floorgraph.simulators.cloudnest.zones import day_bounds

LASER_SHARE, GAS_SHARE = 0.78, 0.86
"""Shares of cutting time in which the laser and the gas are on."""
CUT_SPEED, MOVE_SPEED, PIERCES = 62.0, 240.0, 0.21
"""mm/s while cutting, mm/s over the moving share of the time, pierces per second."""
MOVE_SHARE = 0.14


def periods(machine: Machine, now: float) -> Iterator[Period]:
    """All states of a machine, the one that lasts included."""
    yield from machine.periods
    if now > machine.since:
        yield Period(machine.state, machine.since, int(now))


def time_periods(ask: Ask) -> object:
    """What the machine was in the window, in the words of this endpoint; neighbours alike are one."""
    machine = ask.by_card()
    start, end = ask.window("startTime", "endTime")
    plc = "plc-periods" in ask.desk.options.oddities
    joined: list[tuple[str, float, float]] = []
    for one in periods(machine, ask.hall.now):
        begin, finish = max(one.start, start), min(one.end, end)
        if finish <= begin:
            continue
        word = "PLC" if plc and one.state == "STOP" else PERIOD_WORDS.get(one.state, "UNKNOWN")
        if joined and joined[-1][0] == word and joined[-1][2] == begin:
            joined[-1] = (word, joined[-1][1], finish)
        else:
            joined.append((word, begin, finish))
    return [
        {
            "timeStart": ask.time(begin),
            "timeEnd": ask.time(finish),
            "time": int(finish - begin),
            "status": word,
        }
        for word, begin, finish in joined
    ]


def seconds_in(machine: Machine, now: float, start: float, end: float, *states: str) -> float:
    """How long the machine was in one of the states."""
    return sum(
        max(0.0, min(one.end, end) - max(one.start, start))
        for one in periods(machine, now)
        if one.state in states
    )


def figures(machine: Machine, now: float, start: float, end: float) -> dict[str, int]:
    """Seconds, mm and a count, all following from the time worked."""
    cut = seconds_in(machine, now, start, end, "WORKING")
    return {
        "laserOn": int(cut * LASER_SHARE),
        "cutTime": int(cut),
        "idleTime": int(seconds_in(machine, now, start, end, "IDLE", "STOP", "PAUSE")),
        "gasOn": int(cut * GAS_SHARE),
        "cutLength": int(cut * LASER_SHARE * CUT_SPEED),
        "moveLength": int(cut * MOVE_SHARE * MOVE_SPEED),
        "pierceCount": int(cut * PIERCES),
        "alarmTime": int(seconds_in(machine, now, start, end, "ALARMING")),
    }


def totals(ask: Ask) -> object:
    """Figures over some days."""
    machine, days = ask.by_card(), ask.days()
    start, end = day_bounds(days[0], ask.zone)[0], day_bounds(days[-1], ask.zone)[1]
    found = figures(machine, ask.hall.now, start, end)
    del found["alarmTime"]
    return found


def weld_totals(ask: Ask) -> object:
    """Figures of a welding machine; their names are inferred."""
    machine, days = ask.by_card(), ask.days()
    start, end = day_bounds(days[0], ask.zone)[0], day_bounds(days[-1], ask.zone)[1]
    found = figures(machine, ask.hall.now, start, end)
    return {"laserOn": found["laserOn"], "weldTime": found["cutTime"], "gasOn": found["gasOn"]}


def daily(key: str) -> Callable[[Ask], object]:
    """An endpoint for one figure, day by day."""

    def answer(ask: Ask) -> object:
        machine, rows = ask.by_card(), []
        for day in ask.days():
            start, end = day_bounds(day, ask.zone)
            value = figures(machine, ask.hall.now, start, end)[key]
            rows.append({"statDate": int(f"{day:%Y%m%d}"), key: value})
        return {"list": rows}

    return answer


def work_logs(ask: Ask) -> object:
    """What was worked on, page by page from 0; the answer's shape is inferred."""
    machine = ask.by_card()
    start, end = ask.window("startTime", "endTime")
    page, size = ask.number("pageNumber", 0), ask.number("pageSize", 30)
    if page < 0 or not 1 <= size <= 1000:
        raise Refused("parameter", "pageNumber, pageSize")
    found = [one for one in machine.logs if start <= one.start <= end]
    if ask.fields().get("timeDesc", True):
        found.reverse()
    rows = [
        {
            "filename": one.file,
            "startTime": ask.time(one.start),
            "endTime": ask.time(one.end),
            "workTime": one.end - one.start,
        }
        for one in found[page * size : (page + 1) * size]
    ]
    return {"total": len(found), "pageNumber": page, "pageSize": size, "list": rows}


def _past(name: str, path: str, answer: Any, msg: str = "OK") -> Endpoint:
    return Endpoint(name=name, path=path, answer=answer, msg=msg, org=False, zoned=True)


DAILY = (
    ("pierce_count", "pierceCount"),
    ("laser_on", "laserOn"),
    ("gas_on", "gasOn"),
    ("cut_length", "cutLength"),
    ("move_length", "moveLength"),
    ("cut_time", "cutTime"),
)

ENDPOINTS = (
    _past("time_periods", "/api/user_devices/time_periods", time_periods),
    _past("statistics", "/api/statistics/sum", totals),
    _past("weld_statistics", "/api/statistics/sum/weld", weld_totals),
    *(_past(f"daily_{name}", f"/api/statistics/daily/{name}", daily(key)) for name, key in DAILY),
    _past("daily_alarm_time", "/statistics/daily/alarm_time", daily("alarmTime"), "ok"),
    _past("work_logs", "/api/statistics/work_logs/v2", work_logs),
)
