"""Alarms in GraphQL."""

from typing import Annotated

import strawberry

from floorgraph.model import alarm
from floorgraph.model.ids import Kind
from resolvers import alarm as relations
from resolvers.alarm import AlarmCriteria, AlarmOrderField
from schema import enums
from schema.connection import Noun, order_input
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record

__all__ = ["ALARMS", "Alarm", "AlarmFilter", "enums"]


@record_type()
class Alarm(Record, alarm.Alarm):
    """An alarm and the station that raised it."""

    station = related(
        relations.STATION,
        Annotated["Station", strawberry.lazy("schema.station")] | None,
        "The station that raised the alarm.",
    )


@criteria_input("AlarmFilter", ("station",))
class AlarmFilter(AlarmCriteria):
    """Narrows a list of alarms."""


ALARMS = Noun(
    kind=Kind.ALARM,
    node=Alarm,
    criteria=AlarmCriteria,
    filter=AlarmFilter,
    order=order_input("AlarmOrder", AlarmOrderField),
    plural="alarms",
)
