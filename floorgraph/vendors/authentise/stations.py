"""Stations: their definitions, downtimes, and what they do now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from floorgraph.model.downtime import Downtime
from floorgraph.model.ids import Kind
from floorgraph.model.station import Station
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.desk import Desk, of_resources
from floorgraph.vendors.authentise.links import Ref, refs_of_ids
from floorgraph.vendors.authentise.mapping.downtime import downtime
from floorgraph.vendors.authentise.mapping.station import station
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.together import together
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.questions import By, Where

RESOURCES = ("printer", "post-processor", "shipping", "jeni-cluster")
"""What stations are made of."""
LINK_OF: Mapping[str, str] = {
    "printer": "printer",
    "post-processor": "post_processor",
    "shipping": "shipping",
}
"""Resource -> the field by which runs and downtimes lead to it."""
EVERY_STATUS = (("status", "scheduled,in_progress,complete"),)


class Stations:
    """The stations of one tenant."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def select(self, where: Where, visit: Visit) -> Answer[Any]:
        """All stations, or those with these ids."""
        if where.by is By.ALL:
            return visit.answer(await self.records(await self.all_rows(visit), visit))
        if where.by is not By.ID:
            return visit.answer([])
        rows = await self.rows(refs_of_ids(where.values).values(), visit)
        return visit.answer(await self.records(rows, visit))

    async def all_rows(self, visit: Visit) -> list[Row]:
        """The rows of all stations."""
        lists = await self._desk.archive.lists(RESOURCES, visit)
        return [row for rows in lists.values() for row in rows]

    async def rows(self, refs: Iterable[Ref], visit: Visit) -> list[Row]:
        """The rows of stations, as far as there are any."""
        library = self._desk.archive
        wanted = {name: part for name, part in of_resources(refs, *RESOURCES).items() if part}
        found = await together(
            library.some(name, [ref.uuid for ref in part], visit) for name, part in wanted.items()
        )
        return [row for part in found for row in part.values()]

    async def records(self, rows: Sequence[Row], visit: Visit) -> list[Station]:
        """The stations that rows stand for, with the names of their types and places."""
        desk = self._desk
        types = {row: row.link("printer_type") or row.link("post_processor_type") for row in rows}
        places = {row: (row.link("location"), row.link("sub_location")) for row in rows}
        named: dict[Ref, Row] = {}
        for part in await together(
            desk.lookup(resource, wanted, visit)
            for resource, wanted in (
                ("printer-type", types.values()),
                ("post-processor-type", types.values()),
                ("location", [area for area, _ in places.values()]),
                ("sub-location", [inner for _, inner in places.values()]),
            )
        ):
            named.update(part)
        makers = {ref: row.link("manufacturer") for ref, row in named.items()}
        named.update(await desk.lookup("manufacturer", makers.values(), visit))

        def one(row: Row) -> Station | None:
            kind = types[row]
            area, inner = places[row]
            maker = makers.get(kind) if kind else None
            rest = tuple(named.get(ref) if ref else None for ref in (kind, maker, area, inner))
            return desk.record(Kind.STATION, row, rest, lambda: station(row, desk.frame, *rest))

        return await desk.records(rows, one)

    async def downtimes(self, ids: Iterable[str], visit: Visit) -> dict[str, list[Downtime]]:
        """The downtimes of stations, past ones too, earliest first."""
        wanted = refs_of_ids(ids)
        rows = await self.downtime_rows(wanted.values(), visit, history=True)
        found: dict[str, list[Downtime]] = {}
        for one, ref in wanted.items():
            ordered = sorted(rows.get(ref, ()), key=lambda row: str(row.get("start") or ""))
            found[one] = [downtime(row, self._desk.frame) for row in ordered]
        return found

    async def downtime_rows(
        self, refs: Iterable[Ref], visit: Visit, *, history: bool = False, optional: bool = False
    ) -> dict[Ref, list[Row]]:
        """Downtimes by station; without history those that are not over."""
        return await self._by_station("downtime", refs, visit, EVERY_STATUS if history else (), optional)

    async def run_rows(
        self, refs: Iterable[Ref], visit: Visit, statuses: str | None = None
    ) -> dict[Ref, list[Row]]:
        """Runs by station, of some statuses or all."""
        return await self._by_station("run", refs, visit, (("status", statuses),) if statuses else (), False)

    async def _by_station(
        self,
        resource: str,
        refs: Iterable[Ref],
        visit: Visit,
        where: tuple[tuple[str, str], ...],
        optional: bool,
    ) -> dict[Ref, list[Row]]:
        library = self._desk.archive
        wanted = {name: part for name, part in of_resources(refs, *LINK_OF).items() if part}
        parts = await together(
            library.related(resource, LINK_OF[name], part, visit, where=where, optional=optional)
            for name, part in wanted.items()
        )
        return {ref: rows for part in parts for ref, rows in part.items()}
