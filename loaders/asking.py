"""What loaders ask of a source for so many keys, without asking it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.vendors.pricing import Ask, Read
from floorgraph.vendors.questions import By
from loaders.parts import PartsByOwnerId
from loaders.program import ContentByVersionId
from loaders.records import RecordById, RecordsByIds, RecordsByParent
from loaders.station import (
    AlarmsByStationWindow,
    CurrentJobByStationId,
    CurrentJobIdByStationId,
    DetailedLiveStatusByStationId,
    HasImageByStationId,
    KpisByStationWindow,
    LiveStatusByStationId,
    ProgramRunsByWindow,
    ProtocolByStationId,
    StatesByStationWindow,
)

IDS_PER_RECORD = 10
"""How many ids a record's list of ids is taken to have, where that is not known."""


def records(kind: Kind, by: By, count: int | None, *, free: bool = False) -> Ask:
    """The question for records of a kind; `free` says that a client chose the keys."""
    return Ask(Read.RECORDS, count, kind, by.value, free=free)


def _by_id(loader: type[RecordById], count: int) -> Iterable[Ask]:
    yield records(loader.kind, loader.by, count)


def _by_parent(loader: type[RecordsByParent], count: int) -> Iterable[Ask]:
    yield records(loader.kind, loader.by, count)


def _by_ids(loader: type[RecordsByIds], count: int) -> Iterable[Ask]:
    yield records(loader.one.kind, By.ID, count * IDS_PER_RECORD)


def _current_jobs(_loader: Any, count: int) -> Iterable[Ask]:
    yield Ask(Read.CURRENT_JOBS, count)
    yield Ask(Read.RECORDS, count, Kind.JOB, By.ID.value, per=Kind.STATION)


def _details(_loader: Any, count: int) -> Iterable[Ask]:
    yield Ask(Read.LIVE, count)
    yield Ask(Read.DETAILS, count)


def _parts(loader: type[PartsByOwnerId], count: int) -> Iterable[Ask]:
    yield Ask(Read.PARTS, count, part=loader.part.value)


def _plain(read: Read) -> Callable[[Any, int], Iterable[Ask]]:
    return lambda _loader, count: (Ask(read, count),)


_WAYS: Mapping[type, Callable[[Any, int], Iterable[Ask]]] = {
    RecordById: _by_id,
    RecordsByParent: _by_parent,
    RecordsByIds: _by_ids,
    CurrentJobByStationId: _current_jobs,
    DetailedLiveStatusByStationId: _details,
    CurrentJobIdByStationId: _plain(Read.CURRENT_JOBS),
    LiveStatusByStationId: _plain(Read.LIVE),
    ProtocolByStationId: _plain(Read.PROTOCOL),
    HasImageByStationId: _plain(Read.HAS_IMAGE),
    AlarmsByStationWindow: _plain(Read.ALARMS),
    StatesByStationWindow: _plain(Read.STATES),
    KpisByStationWindow: _plain(Read.KPIS),
    ProgramRunsByWindow: _plain(Read.PROGRAM_RUNS),
    ContentByVersionId: _plain(Read.CONTENT),
    PartsByOwnerId: _parts,
}


def asks_of(loader: Any, count: int) -> list[Ask]:
    """What a class of loaders asks of each source for so many keys.

    Raises `LookupError` for a class of which that is not said here.
    """
    for base in loader.__mro__:
        if base in _WAYS:
            return list(_WAYS[base](loader, count))
    raise LookupError(f"It is not known what {loader.__name__} asks.")
