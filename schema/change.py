"""Changes in GraphQL, one type per kind of record."""

from typing import Any

import strawberry

from floorgraph.model.documented import documentation
from loaders.scope import current_scope
from schema import enums
from schema.alarm import Alarm
from schema.declare import PARENT, record_type
from schema.job import Job
from schema.source import Source
from schema.station import Station
from subscriptions import change, sources

__all__ = ["AlarmChange", "JobChange", "SourceChange", "StationChange", "enums"]

TEXTS = documentation(change.Change)
HIDDEN = frozenset({"record"})


def _field(name: str, returns: Any) -> Any:
    def resolve(root: Any) -> Any:
        return getattr(root, name)

    resolve.__annotations__ = {"root": PARENT, "return": returns}
    return strawberry.field(resolver=resolve, description=TEXTS[name])


@record_type(name="StationChange", hidden=HIDDEN)
class StationChange(change.Change):
    """Something that happened to a station."""

    id = _field("id", strawberry.ID | None)
    station = _field("record", Station | None)
    previous = _field("previous", Station | None)


@record_type(name="JobChange", hidden=HIDDEN)
class JobChange(change.Change):
    """Something that happened to a job."""

    id = _field("id", strawberry.ID | None)
    job = _field("record", Job | None)
    previous = _field("previous", Job | None)


@record_type(name="AlarmChange", hidden=HIDDEN)
class AlarmChange(change.Change):
    """Something that happened to an alarm."""

    id = _field("id", strawberry.ID | None)
    alarm = _field("record", Alarm | None)
    previous = _field("previous", Alarm | None)


def _source(root: Any) -> Any:
    return None if root.key is None else current_scope().floor.get(root.key)


_source.__annotations__ = {"root": PARENT, "return": Source | None}


@record_type(name="SourceChange")
class SourceChange(sources.SourceChanged):
    """Something that happened to a source."""

    source = strawberry.field(
        resolver=_source, description="The source as it is now; null where the change is about the stream."
    )
