"""Alarms that stand at a machine (`current_alarms`)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.coerce import BadRecord, Shape

ALARM = Shape("current alarm", expected=("alarmCode", "alarmTime", "alarmDesc"))


def alarms(payloads: Iterable[Any], remote: str, frame: Frame) -> tuple[Alarm, ...]:
    """The alarms of one machine, oldest first; station, code and time make their identifier."""
    found: dict[str, Alarm] = {}
    for payload in payloads:
        try:
            fields = frame.fields(payload, ALARM)
            code = fields.text("alarmCode", required=True)
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
            continue
        started = fields.instant("alarmTime")
        begun = f"{started:%Y%m%dT%H%M%S}" if started else ""
        made = Alarm(
            **frame.common(Kind.ALARM, f"{remote}/{quote(code, safe='')}/{begun}", payload),
            station_id=frame.id(Kind.STATION, remote),
            code=code,
            message=fields.text("alarmDesc"),
            started_at=started,
        )
        found[made.id] = made
    return tuple(sorted(found.values(), key=lambda one: (str(one.started_at or ""), one.id)))
