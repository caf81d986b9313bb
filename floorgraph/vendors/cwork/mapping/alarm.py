"""Alarms: active ones inside a live status, past ones from `/stations/{id}/alarms`."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.cwork.mapping.frame import Frame

ACTIVE_ALARM = Shape("active alarm", expected=("Code", "Message", "StartDate"), optional=("EndDate",))
PAST_ALARM = Shape("alarm", expected=("Code", "Message", "StartDate", "EndDate"))


def alarm(fields: Fields, frame: Frame, station: int) -> Alarm:
    """One alarm of a station; one whose end is empty is still raised.

    CWork gives alarms no identifier: station, code and start make one.
    Raises `BadRecord` without a code.
    """
    code = fields.text("Code", required=True)
    started_at = fields.instant("StartDate")
    return Alarm(
        **frame.common(Kind.ALARM, _remote_id(station, code, started_at), fields.payload),
        station_id=frame.id(Kind.STATION, station),
        code=code,
        message=fields.text("Message"),
        started_at=started_at,
        ended_at=fields.instant("EndDate"),
        active=not fields.has("EndDate") or fields.raw("EndDate") == "",
    )


def _remote_id(station: int, code: str, started_at: datetime | None) -> str:
    begun = f"{started_at:%Y%m%dT%H%M%S}" if started_at else ""
    return f"{station}/{quote(code, safe='')}/{begun}"


def distinct(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Oldest first, and each identity once; the last one wins."""
    kept = {alarm.id: alarm for alarm in alarms}
    return tuple(sorted(kept.values(), key=lambda alarm: (str(alarm.started_at or ""), alarm.id)))
