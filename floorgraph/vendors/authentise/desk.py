"""The desk: what the parts of the adapter share while they make records of rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record, again
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import Frame
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.coerce import BadRecord
from floorgraph.vendors.questions import Where
from floorgraph.vendors.turns import TURNS, mapped

R = TypeVar("R", bound=Record)

UNITS = 4
"""The units of work that a row takes which is made into a record, about."""
MOST_KEPT = 200_000
"""Records kept for rows that do not change; beyond it all are made anew."""


class Desk:
    """Server, library and frame of one source, and the records made of unchanged rows."""

    def __init__(self, server: Server, library: Library, frame: Frame) -> None:
        self.server = server
        self.archive = library
        self.frame = frame
        self._kept: dict[str, tuple[tuple[Any, ...], Record]] = {}
        self._bad: dict[str, tuple[Row, str]] = {}

    def record(self, kind: Kind, row: Row, rest: tuple[Any, ...], make: Callable[[], R]) -> R | None:
        """The record of a row and the further rows it is made of; made anew only when one of them changed.

        A row that cannot be read is quarantined, and its last known record, if any, stays as a stale one.
        """
        key = self.frame.id(kind, row.ref)
        inputs = (row, *rest)
        known = self._kept.get(key)
        if known is not None and _same(known[0], inputs):
            return cast("R", known[1])
        try:
            record = make()
        except (BadRecord, ValueError, TypeError, LookupError, ArithmeticError) as error:
            reason = error.complaint if isinstance(error, BadRecord) else f"{type(error).__name__}: {error}"
            self._leave_out(key, row, reason)
            return None if known is None else cast("R", again(known[1], stale=True))
        if self._bad.pop(key, None) is not None:
            self._tell_bad(row.ref.resource)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (inputs, record)
        return record

    def _leave_out(self, key: str, row: Row, reason: str) -> None:
        before = self._bad.get(key)
        self._bad[key] = (row, reason)
        if before is None or before[1] != reason:
            self._tell_bad(row.ref.resource)

    def _tell_bad(self, resource: str) -> None:
        """The quarantine of a resource anew: each row once, those that can be read again no more."""
        diagnostics = self.server.diagnostics
        diagnostics.begin(resource)
        for row, reason in self._bad.values():
            if row.ref.resource == resource:
                diagnostics.quarantine(resource, row.ref.uuid, reason)

    async def lookup(self, resource: str, refs: Iterable[Ref | None], visit: Visit) -> dict[Ref, Row]:
        """Rows that only add names and numbers to records: what cannot be had is left out."""
        # Many lead to the same few.
        uuids = [ref.uuid for ref in dict.fromkeys(refs) if ref is not None and ref.resource == resource]
        if not uuids:
            return {}
        await TURNS.breathe(len(uuids))
        found = await self.archive.some(resource, uuids, visit, optional=True)
        await TURNS.breathe(len(uuids))
        return {row.ref: row for row in found.values()}

    async def records(self, rows: Sequence[Row], one: Callable[[Row], R | None]) -> list[R]:
        """The records that are made of rows, without those that cannot be read; in turns with everybody."""
        return present(await TURNS.through(mapped(rows, one, UNITS)))

    def grouped(
        self,
        visit: Visit,
        where: Where,
        parents: Mapping[str, Ref],
        found: Mapping[Ref, Sequence[R]],
    ) -> Answer[R]:
        """The answer to a question by parents: each gets its own."""
        groups = {one: list(found.get(ref, ())) for one, ref in parents.items()}
        items = {record.id: record for part in groups.values() for record in part}
        return visit.answer(items.values(), {one: groups.get(one, []) for one in where.values})


def _same(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    return len(left) == len(right) and all(
        a is b or (isinstance(a, tuple) and isinstance(b, tuple) and _same(a, b))
        for a, b in zip(left, right, strict=True)
    )


def of_resources(refs: Iterable[Ref], *resources: str) -> dict[str, list[Ref]]:
    """References by resource, for those resources that are asked for."""
    found: dict[str, list[Ref]] = {name: [] for name in resources}
    for ref in refs:
        if ref.resource in found:
            found[ref.resource].append(ref)
    return found


def present(records: Iterable[R | None]) -> list[R]:
    """The records that could be read."""
    return [record for record in records if record is not None]
