"""Rows of one resource, with indexes made when they are first asked for."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from floorgraph.simulators.authentise.resource import Resource, Row

Index = dict[Any, dict[str, None]]
"""From a field's value to the identifiers of the rows that have it, oldest first."""


class Table:
    """All rows of a resource, oldest first."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.rows: dict[str, Row] = {}
        self._indexes: dict[str, Index] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def insert(self, uuid: str, row: Row) -> None:
        """A new row."""
        self.rows[uuid] = row
        for field, index in self._indexes.items():
            index.setdefault(row.get(field), {})[uuid] = None

    def assign(self, uuid: str, field: str, value: object) -> None:
        """Give a field of a row another value."""
        row = self.rows[uuid]
        index = self._indexes.get(field)
        if index is not None:
            index[row.get(field)].pop(uuid, None)
            index.setdefault(value, {})[uuid] = None
        row[field] = value

    def delete(self, uuid: str) -> Row:
        """Take a row away."""
        row = self.rows.pop(uuid)
        for field, index in self._indexes.items():
            index[row.get(field)].pop(uuid, None)
        return row

    def where(self, field: str, values: Iterable[object]) -> list[Row]:
        """The rows whose field has one of the values; the values must be hashable."""
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for uuid, row in self.rows.items():
                index.setdefault(row.get(field), {})[uuid] = None
        return [self.rows[uuid] for value in values for uuid in index.get(value, ())]

    def since(self, created: str) -> Iterable[Row] | None:
        """The rows created then or later, oldest first; None when this table does not keep that order."""
        del created
        return None


class Log(Table):
    """Rows in the order of their `created`, which may arrive late; the oldest go when there are too many."""

    def __init__(self, resource: Resource, kept: int) -> None:
        super().__init__(resource)
        self._kept = kept
        self._order: list[tuple[str, str]] = []

    def insert(self, uuid: str, row: Row) -> None:
        """A new row, in its place."""
        super().insert(uuid, row)
        insort(self._order, (row["created"], uuid))
        if len(self._order) > self._kept * 1.1:
            gone = self._order[: len(self._order) - self._kept]
            del self._order[: len(gone)]
            for _, old in gone:
                super().delete(old)

    def __iter__(self) -> Iterator[Row]:
        return (self.rows[uuid] for _, uuid in self._order)

    def since(self, created: str) -> Iterable[Row]:
        """The rows created then or later, oldest first."""
        first = bisect_left(self._order, (created, ""))
        return (self.rows[uuid] for _, uuid in islice(self._order, first, None))
