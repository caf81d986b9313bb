"""Alarms in GraphQL."""

from floorgraph.model import alarm
from resolvers import alarm as relations
from resolvers.alarm import AlarmCriteria, AlarmOrderField
from schema import enums
from schema.connection import order_input
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record
from schema.nouns import STATIONS

__all__ = ["Alarm", "AlarmFilter", "AlarmOrder", "enums"]


@record_type(alarm.Alarm)
class Alarm(Record):
    """An alarm and the station that raised it."""

    station = related(
        relations.STATION,
        STATIONS.node | None,
        "The station that raised the alarm.",
    )


@criteria_input("AlarmFilter", ("station",))
class AlarmFilter(AlarmCriteria):
    """Narrows a list of alarms."""


AlarmOrder = order_input("AlarmOrder", AlarmOrderField)
