"""Fresh rows that commands are judged and settled by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.archive import Conditions
from floorgraph.vendors.authentise.desk import Desk
from floorgraph.vendors.authentise.links import Ref, ref_of, ref_of_id, uuid_of
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.commands import Verdict
from floorgraph.vendors.gate import Freshness

LATEST = 100
"""Rows of a log that are looked at for what has just been done."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The rows that were made last, by uuid."""

    rows: dict[str, dict[str, Any]]
    sure: bool
    """Whether what is not among them was not made lately; false for a server that does not sort."""

    def fresh(self, known: Iterable[Any]) -> Mapping[str, dict[str, Any]]:
        """Those that were not known before."""
        before = set(known)
        return {uuid: row for uuid, row in self.rows.items() if uuid not in before}

    @property
    def absence(self) -> Verdict:
        """What it means that something is not among them."""
        return Verdict.NOT_DONE if self.sure else Verdict.OPEN


class Reading:
    """Reads afresh. Everything here raises `SourceFailure` where no fresh answer is to be had."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.server = desk.server

    async def row(self, ref: Ref) -> Row | None:
        """A record as it is now; None where there is none for this user."""
        return (await self.rows(ref.resource, [ref])).get(ref)

    async def rows(self, resource: str, refs: Iterable[Ref]) -> dict[Ref, Row]:
        """Records of a resource as they are now."""
        uuids = [ref.uuid for ref in refs]
        found = await self.desk.archive.some(resource, uuids, self.visit())
        return {row.ref: row for row in found.values()}

    async def related(self, resource: str, field: str, parent: Ref, where: Conditions = ()) -> Sequence[Row]:
        """What leads to a record."""
        visit = self.visit()
        found = await self.desk.archive.related(resource, field, [parent], visit, where=where)
        return found[parent]

    async def latest(self, resource: str, field: str | None = None, parent: Ref | None = None) -> Latest:
        """What was made last, of what leads to a record if one is given."""
        query = ListQuery(resource, LATEST, sort="-created")
        if field is not None and parent is not None:
            query = query.where(field, self.link(parent))
        page = (await self.server.page(query, self.fresh())).value
        rows = {ref.uuid: row for row in page.rows if (ref := _own(row, resource)) is not None}
        ordered = resource not in self.server.customs.unsortable
        return Latest(rows, sure=ordered or len(page.rows) < LATEST)

    async def allowed(self, ref: Ref) -> list[dict[str, Any]]:
        """What the vendor says about who may do what with a record."""
        query = ListQuery("access-info-for-resource", LATEST).where("target_uri", self.link(ref))
        page = await self.server.page(query, self.fresh())
        return [row for row in page.value.rows if isinstance(row, dict)]

    async def item(self, ref: Ref) -> Mapping[str, Any]:
        """One record by its own address. Raises `NotFound` too."""
        return (await self.server.item(ref.resource, ref.uuid, self.fresh())).value

    def visit(self) -> Visit:
        """Nothing older than this moment."""
        return Visit(self.fresh(), strict=True)

    def fresh(self) -> Freshness:
        """Nothing older than this moment."""
        return Freshness(max_age=0, since=self.server.clock.monotonic())

    def link(self, ref: Ref) -> str:
        """The address of a record, as bodies want it."""
        return self.desk.archive.address(ref)

    def id(self, kind: Kind, ref: Ref) -> str:
        """The global id of a record."""
        return self.desk.frame.id(kind, ref)


def _own(row: Any, resource: str) -> Ref | None:
    return ref_of(row.get("uri"), resource) if isinstance(row, dict) else None


def named(record_id: str, *resources: str) -> Ref | None:
    """What a global id stands for, if it is one of these resources."""
    ref = ref_of_id(record_id)
    return ref if ref is not None and ref.resource in resources else None


def remote(text: str, resource: str) -> Ref | None:
    """What `resource/uuid`, or the uuid alone, stands for."""
    uuid = uuid_of(text.strip().removeprefix(f"{resource}/"))
    return None if uuid is None else Ref(resource, uuid)
