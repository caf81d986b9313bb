"""Batches: material that is tracked as one, with lots, containers, genealogy and actions."""

from collections.abc import Iterable, Sequence
from typing import Any

from floorgraph.model.batch import Batch, BatchAction
from floorgraph.model.ids import Kind
from floorgraph.model.station import StationClimate
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.desk import Desk, of_resources, present
from floorgraph.vendors.authentise.links import Ref, refs_of, refs_of_ids
from floorgraph.vendors.authentise.mapping.batch import Contents, action, batch, station_of_batch
from floorgraph.vendors.authentise.mapping.live import climate_of
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.together import both, together
from floorgraph.vendors.authentise.tracing import Dealt, Tracing, oldest_first
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.questions import By, Where

BATCH, SENSED = "material-batch", "material_batch_sensor_data"
FOLLOWED = ("material-lot", "material-container")
"""Resources that are read whole with the list of all batches."""


class Batches:
    """The batches of one tenant."""

    def __init__(self, desk: Desk, tracing: Tracing) -> None:
        self._desk = desk
        self._tracing = tracing

    async def select(self, where: Where, visit: Visit) -> Answer[Any]:
        """Batches by what they are asked for."""
        if where.by is By.ALL:
            return visit.answer(await self.all(visit))
        wanted = refs_of_ids(where.values)
        if where.by is By.ID:
            refs = of_resources(wanted.values(), BATCH)[BATCH]
            rows = await self._desk.archive.some(BATCH, [ref.uuid for ref in refs], visit)
            return visit.answer(await self.records(list(rows.values()), visit))
        found = await self._rows_by(where.by, wanted.values(), visit)
        records = {
            one.id: one for one in await self.records([row for rows in found.values() for row in rows], visit)
        }
        frame = self._desk.frame
        dealt = {
            parent: present(records.get(frame.id(Kind.BATCH, row.ref)) for row in rows)
            for parent, rows in found.items()
        }
        return self._desk.grouped(visit, where, wanted, dealt)

    async def all(self, visit: Visit) -> list[Batch]:
        """All batches."""
        library, inner = self._desk.archive, Visit(visit.freshness, strict=visit.strict)
        lists, _ = await both(
            library.lists((BATCH,), visit), together(library.every(name, inner) for name in FOLLOWED)
        )
        if inner.failure is not None:
            visit.note(inner.failure)
        return await self.records(lists.get(BATCH, []), visit)

    async def records(self, rows: Sequence[Row], visit: Visit) -> list[Batch]:
        """The batches that rows stand for, with their lots, containers, material and places."""
        desk = self._desk
        rows = list({row.ref: row for row in rows}.values())
        lots, containers = await both(
            desk.lookup("material-lot", _links(rows, "material_lots"), visit),
            desk.lookup("material-container", _links(rows, "containers"), visit),
        )
        standing = [*rows, *containers.values()]
        materials, areas, inner = await both(
            desk.lookup("material", [row.link("material") for row in lots.values()], visit),
            desk.lookup("location", [row.link("location") for row in standing], visit),
            desk.lookup("sub-location", [row.link("sub_location") for row in standing], visit),
        )
        names = {
            ref: name for ref, row in (areas | inner).items() if isinstance(name := row.get("name"), str)
        }

        def one(row: Row) -> Batch | None:
            own_lots = tuple(lots[ref] for ref in refs_of(row.get("material_lots")) if ref in lots)
            held = tuple(containers[ref] for ref in refs_of(row.get("containers")) if ref in containers)
            kinds = [materials[ref] for lot in own_lots if (ref := lot.link("material")) and ref in materials]
            places = _places((row, *held), names)
            about = Contents(own_lots, held, kinds[0] if kinds else None, places)
            rest = (
                own_lots,
                held,
                about.material,
                tuple(areas.get(ref) or inner.get(ref) for ref, _ in places),
            )
            return desk.record(Kind.BATCH, row, rest, lambda: batch(row, desk.frame, about))

        return await desk.records(rows, one)

    async def actions(self, ids: Iterable[str], visit: Visit) -> dict[str, list[BatchAction]]:
        """What was done with each batch, oldest first."""
        desk, library = self._desk, self._desk.archive
        wanted = {one: ref for one, ref in refs_of_ids(ids).items() if ref.resource == BATCH}
        found, edges, batches = await both(
            library.related("material-batch-action", "source_batch", wanted.values(), visit),
            library.related("material-batch-linking", "source_batch", wanted.values(), visit, optional=True),
            library.some(BATCH, [ref.uuid for ref in wanted.values()], visit, optional=True),
        )
        made = {
            link: row.link("destination_batch")
            for rows in edges.values()
            for row in rows
            if (link := row.link("action"))
        }
        units = {uuid: unit for uuid, row in batches.items() if isinstance(unit := row.get("units"), str)}
        return {
            one: [
                action(row, desk.frame, units.get(ref.uuid), made.get(row.ref))
                for row in oldest_first(found.get(ref, ()))
            ]
            for one, ref in wanted.items()
        }

    async def climate(self, ids: Iterable[str], visit: Visit) -> dict[str, list[StationClimate]]:
        """What sensors measured around each batch on its way through the shop, earliest first."""
        wanted = {one: ref for one, ref in refs_of_ids(ids).items() if ref.resource == BATCH}
        found = await self._desk.archive.related(SENSED, "material_batch", wanted.values(), visit)
        frame = self._desk.frame
        return {
            one: [climate_of(row, frame) for row in sorted(found.get(ref, ()), key=_measured)]
            for one, ref in wanted.items()
        }

    async def _rows_by(self, by: By, parents: Iterable[Ref], visit: Visit) -> Dealt:
        if by is By.STATION:
            return await self._at_stations(parents, visit)
        if by is By.JOB:
            return await self._tracing.batches_of_runs(parents, visit)
        if by in (By.PARENT, By.CHILD):
            return await self._tracing.kin_of_batches(parents, visit, parents=by is By.CHILD)
        return {}

    async def _at_stations(self, parents: Iterable[Ref], visit: Visit) -> Dealt:
        library = self._desk.archive
        parts = of_resources(parents, "printer", "post-processor")

        def loaded_in(row: Row) -> Iterable[Ref]:
            return [ref] if (ref := station_of_batch(row)) else []

        printers, others = await both(
            library.related(BATCH, "at_machine", parts["printer"], visit, links=loaded_in),
            library.related(BATCH, "post_processor", parts["post-processor"], visit, links=loaded_in),
        )
        return printers | others


def _measured(row: Row) -> str:
    return str(row.get("timestamp") or "")


def _links(rows: Iterable[Row], name: str) -> list[Ref | None]:
    return [ref for row in rows for ref in refs_of(row.get(name))]


def _places(rows: Iterable[Row], names: dict[Ref, str]) -> tuple[tuple[Ref, str], ...]:
    links = (row.link(name) for row in rows for name in ("location", "sub_location"))
    return tuple((ref, names[ref]) for ref in dict.fromkeys(links) if ref is not None and ref in names)
