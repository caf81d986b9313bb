"""Days: the capacity of stations, told by day. Rows name their station by table and uuid, not by a link."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from floorgraph.model.capacity import DayCapacity
from floorgraph.vendors.authentise.desk import Desk
from floorgraph.vendors.authentise.links import Ref, refs_of_ids, uuid_of
from floorgraph.vendors.authentise.mapping.capacity import day_capacity
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.visit import Visit

CAPACITY = "workstation-capacity-data"
TABLES: Mapping[str, str] = {
    "printer": "printer",
    "post_processor": "post-processor",
    "shipping": "shipping",
}
"""The vendor's name of a table -> the resource that it stands for."""
TOLD = timedelta(days=31)
"""How far back days are told: the vendor keeps every day since the feature was switched on."""


class Days:
    """The capacity of one tenant's stations."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def capacity(self, ids: Iterable[str], visit: Visit) -> dict[str, list[DayCapacity]]:
        """The days of each station of the last month and to come, earliest first."""
        desk = self._desk
        wanted = {one: ref for one, ref in refs_of_ids(ids).items() if ref.resource in TABLES.values()}
        resources = {ref.resource for ref in wanted.values()}
        tables = ",".join(table for table, resource in TABLES.items() if resource in resources)
        since = (desk.server.vendor_now() - TOLD).date().isoformat()
        found = await desk.archive.related(
            CAPACITY,
            "related_uuid",
            wanted.values(),
            visit,
            where=(("related_table_name", tables), ("date>", since)),
            links=_station_of,
            bare=True,
        )
        return {
            one: [day_capacity(row, desk.frame) for row in sorted(found.get(ref, ()), key=_day)]
            for one, ref in wanted.items()
        }


def _station_of(row: Row) -> Iterable[Ref]:
    resource, uuid = TABLES.get(str(row.get("related_table_name"))), uuid_of(row.get("related_uuid"))
    return [Ref(resource, uuid)] if resource and uuid else []


def _day(row: Row) -> str:
    return str(row.get("date") or "")
