"""Conditions that are met by way of jobs: a station by an order, because one of its jobs is given to it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.vendors.questions import By
from loaders.base import Loader
from loaders.records import Found, JobById, JobsByOrderId, JobsByStationId
from loaders.scope import Scope


@dataclass(frozen=True, slots=True)
class Way:
    """How a condition that names one record leads to others: over records of a third kind."""

    over: Kind
    """The kind of record that lies on the way."""
    by: By
    """Where these hold the id that the condition names."""
    to: By
    """Where they hold the ids that it leads to."""
    loader: type[Loader[str, Any]]
    """What gives those on the way, by the id that the condition names."""

    async def ids(self, scope: Scope, value: str) -> Collection[str]:
        """The ids that a value leads to now. May raise `SourceFailure`."""
        found = await scope.loader(self.loader).load(value)
        records = found.records if isinstance(found, Found) else (found,)
        return {one for record in records if isinstance(record, Record) for one in self.to.values_of(record)}

    def leads(self, value: str, record: Record) -> Collection[str]:
        """The ids that a value leads to by way of this one record; none where it is not on the way."""
        return self.to.values_of(record) if value in self.by.values_of(record) else ()


def of_job(to: By) -> Way:
    """By naming a job."""
    return Way(Kind.JOB, By.ID, to, JobById)


def of_order(to: By) -> Way:
    """By naming an order: over its jobs."""
    return Way(Kind.JOB, By.ORDER, to, JobsByOrderId)


def of_station(to: By) -> Way:
    """By naming a station: over the jobs that are given to it."""
    return Way(Kind.JOB, By.STATION, to, JobsByStationId)
