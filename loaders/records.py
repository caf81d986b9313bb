"""Loaders of records by their id or by the id of what they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from floorgraph.model.ids import GlobalId, Kind, shared_source
from floorgraph.model.record import Record
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import witness
from floorgraph.vendors.questions import By, Where
from loaders.base import Loader, SourceLoader, answered, asked_together


@dataclass(slots=True)
class Found:
    """The records that belong to one key.

    `failure` is set when they are the last known ones; `complete` is False
    when the vendor is known to have sent only part of them.
    """

    records: list[Record] = field(default_factory=list)
    failure: SourceFailure | None = None
    complete: bool = True
    observed_at: datetime | None = None


class RecordById(SourceLoader[str, Record | None]):
    """Records of one kind by id; None for an id that does not exist."""

    kind: ClassVar[Kind]
    by: ClassVar[By] = By.ID

    def source_key(self, key: str) -> str:
        """The source in the id. Raises `BadId` when the id is of another kind."""
        return GlobalId.parse(key, expected=self.kind).source

    def only_source(self, keys: list[str]) -> str | None:
        """The source in all the ids."""
        return shared_source(keys, expected=self.kind)

    def missing(self) -> None:
        """An id that does not exist is null, not an error."""

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, Record | None]:
        """One `select` by id."""
        answer = await source.select(self.kind, Where(By.ID, frozenset(keys)), self.scope.freshness)
        return {record.id: record for record in answer.items}


class RecordsByParent(SourceLoader[str, Found]):
    """Records of one kind by the id of what they belong to."""

    kind: ClassVar[Kind]
    by: ClassVar[By]

    def only_source(self, keys: list[str]) -> str | None:
        """The source in the ids of all parents."""
        return shared_source(keys)

    def missing(self) -> Found:
        """A parent of which the source knows nothing has no such records."""
        return Found()

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, Found]:
        """One `select` for all parents, dealt out by the field that refers to the parent."""
        answer = await source.select(self.kind, Where(self.by, frozenset(keys)), self.scope.freshness)
        found = {key: _found(answer) for key in keys}
        if answer.groups is not None:
            for key, records in answer.groups.items():
                if key in found:
                    found[key].records.extend(records)
            return found
        add = {key: part.records.append for key, part in found.items()}
        for record, value in self.by.pairs(answer.items):
            if value in add:
                add[value](record)
        return found


def _found(answer: Answer[Record]) -> Found:
    return Found([], answer.failure, answer.complete, answer.observed_at)


@dataclass(frozen=True, slots=True)
class PartOfList:
    """One source's part of a list: the key of `RecordsBySource`."""

    source: str
    kind: Kind
    where: Where


class RecordsBySource(Loader[PartOfList, Found]):
    """What each source has of a list."""

    async def batch(self, keys: list[PartOfList]) -> Mapping[PartOfList, Found | Exception]:
        """One `select` per part; the failure of one leaves the others alone."""
        parts = await asked_together([self._part(key) for key in keys])
        return dict(zip(keys, parts, strict=True))

    async def _part(self, key: PartOfList) -> Found | Exception:
        source = self.scope.floor.get(key.source)
        if source is None:
            return Found()
        witness.asking(key.source)
        answer = await answered(source, source.select(key.kind, key.where, self.scope.freshness))
        if isinstance(answer, SourceFailure):
            return answer
        return Found(list(answer.items), answer.failure, answer.complete, answer.observed_at)


class StationById(RecordById):
    """Station id -> station."""

    kind = Kind.STATION


class JobById(RecordById):
    """Job id -> job."""

    kind = Kind.JOB


class OrderById(RecordById):
    """Order id -> order."""

    kind = Kind.ORDER


class PieceById(RecordById):
    """Piece id -> piece."""

    kind = Kind.PIECE


class ProgramById(RecordById):
    """Program id -> program."""

    kind = Kind.PROGRAM


class ProgramVersionById(RecordById):
    """Version id -> program version."""

    kind = Kind.PROGRAM_VERSION


class AlarmById(RecordById):
    """Alarm id -> alarm, while it is active."""

    kind = Kind.ALARM


class LayoutById(RecordById):
    """Layout id -> layout."""

    kind = Kind.LAYOUT


class BatchById(RecordById):
    """Batch id -> batch."""

    kind = Kind.BATCH


class BatchByLayoutId(RecordById):
    """Layout id -> the batch that it is made from; some vendors are asked for it layout by layout."""

    kind, by = Kind.BATCH, By.LAYOUT

    def source_key(self, key: str) -> str:
        """The source of the layout."""
        return GlobalId.parse(key, expected=Kind.LAYOUT).source

    def only_source(self, keys: list[str]) -> str | None:
        """The source of all the layouts."""
        return shared_source(keys, expected=Kind.LAYOUT)

    async def ask(self, source: Source, keys: list[str]) -> Mapping[str, Record | None]:
        """One `select` for all layouts; only its groups say which layout a batch is of."""
        answer = await source.select(self.kind, Where(self.by, frozenset(keys)), self.scope.freshness)
        return {key: records[0] for key, records in (answer.groups or {}).items() if records}


class JobFolderById(RecordById):
    """Folder id -> folder."""

    kind = Kind.JOB_FOLDER


class RecordsByIds(Loader[tuple[str, ...], Found]):
    """The records that a list of ids names, in its order; ids that do not exist are left out."""

    one: ClassVar[type[RecordById]]

    async def batch(self, keys: list[tuple[str, ...]]) -> Mapping[tuple[str, ...], Found | Exception]:
        """All ids of all lists together."""
        wanted = list(dict.fromkeys(record_id for key in keys for record_id in key))
        loaded = dict(zip(wanted, await self.scope.loader(self.one).load_many(wanted), strict=True))
        return {key: self._list(key, loaded) for key in keys}

    @staticmethod
    def _list(key: tuple[str, ...], loaded: Mapping[str, object]) -> Found | Exception:
        values = [loaded[record_id] for record_id in key]
        failure = next((value for value in values if isinstance(value, Exception)), None)
        return failure or Found([value for value in values if isinstance(value, Record)])


class JobsByIds(RecordsByIds):
    """Job ids -> jobs."""

    one = JobById


class LayoutsByIds(RecordsByIds):
    """Layout ids -> layouts."""

    one = LayoutById


class JobsByParentId(RecordsByParent):
    """Job id -> the jobs that are part of it."""

    kind, by = Kind.JOB, By.PARENT


class JobsByFolderId(RecordsByParent):
    """Folder id -> the jobs in it."""

    kind, by = Kind.JOB, By.FOLDER


class JobsByLayoutId(RecordsByParent):
    """Layout id -> the jobs that make it."""

    kind, by = Kind.JOB, By.LAYOUT


class JobsByBatchId(RecordsByParent):
    """Batch id -> the jobs that use it."""

    kind, by = Kind.JOB, By.BATCH


class FoldersByParentId(RecordsByParent):
    """Folder id -> the folders in it."""

    kind, by = Kind.JOB_FOLDER, By.PARENT


class LayoutsByJobId(RecordsByParent):
    """Job id -> the layouts it makes."""

    kind, by = Kind.LAYOUT, By.JOB


class LayoutsByStationId(RecordsByParent):
    """Station id -> the layouts that are made there."""

    kind, by = Kind.LAYOUT, By.STATION


class PiecesByLayoutId(RecordsByParent):
    """Layout id -> the pieces on it."""

    kind, by = Kind.PIECE, By.LAYOUT


class BatchesByStationId(RecordsByParent):
    """Station id -> the batches loaded there."""

    kind, by = Kind.BATCH, By.STATION


class BatchesByJobId(RecordsByParent):
    """Job id -> the batches it uses."""

    kind, by = Kind.BATCH, By.JOB


class BatchesByChildId(RecordsByParent):
    """Batch id -> the batches it was made from."""

    kind, by = Kind.BATCH, By.CHILD


class BatchesByParentId(RecordsByParent):
    """Batch id -> the batches that were made from it."""

    kind, by = Kind.BATCH, By.PARENT


class JobsByStationId(RecordsByParent):
    """Station id -> its jobs."""

    kind, by = Kind.JOB, By.STATION


class JobsByOrderId(RecordsByParent):
    """Order id -> its jobs."""

    kind, by = Kind.JOB, By.ORDER


class PiecesByStationId(RecordsByParent):
    """Station id -> the pieces made there."""

    kind, by = Kind.PIECE, By.STATION


class PiecesByJobId(RecordsByParent):
    """Job id -> its pieces."""

    kind, by = Kind.PIECE, By.JOB


class PiecesByOrderId(RecordsByParent):
    """Order id -> its pieces."""

    kind, by = Kind.PIECE, By.ORDER


class ProgramsByStationId(RecordsByParent):
    """Station id -> the programs kept for it."""

    kind, by = Kind.PROGRAM, By.STATION


class VersionsByProgramId(RecordsByParent):
    """Program id -> its versions."""

    kind, by = Kind.PROGRAM_VERSION, By.PROGRAM
