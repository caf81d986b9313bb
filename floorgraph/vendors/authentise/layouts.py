"""Layouts: reached through build files, as they have no list, and packing processes."""

from collections.abc import Iterable, Sequence
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.layout import Layout, Placement
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.desk import Desk, of_resources, present
from floorgraph.vendors.authentise.links import Ref, refs_of_ids
from floorgraph.vendors.authentise.mapping.layout import Surroundings, layout, models_of, packing, placements
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.stations import Stations
from floorgraph.vendors.authentise.together import both, together
from floorgraph.vendors.authentise.tracing import Tracing
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.failures import NotFound, SourceFailure
from floorgraph.vendors.questions import By, Where

FINAL = frozenset({"complete", "error"})
"""Statuses after which a layout does not change any more: it is read once."""
AT_ONCE = 8
"""Layouts asked for at a time; each is a call of its own."""
PER_POLL = 200
"""Layouts that one poll reads at most; what is left waits for the next one."""


class Layouts:
    """The layouts of one tenant."""

    def __init__(self, desk: Desk, stations: Stations, tracing: Tracing) -> None:
        self._desk = desk
        self._stations = stations
        self._tracing = tracing

    async def select(self, where: Where, visit: Visit) -> Answer[Any]:
        """Layouts by what they are asked for."""
        if where.by is By.ALL:
            return visit.answer(await self.all(visit))
        wanted = refs_of_ids(where.values)
        if where.by is By.ID:
            return visit.answer(await self._of_refs(list(wanted.values()), visit))
        if where.by is By.JOB:
            runs = {ref: [ref] for ref in wanted.values()}
        elif where.by is By.STATION:
            found = await self._stations.run_rows(wanted.values(), visit)
            runs = {station: [row.ref for row in rows] for station, rows in found.items()}
        else:
            return visit.answer([])
        links = await self._of_runs([ref for refs in runs.values() for ref in refs], visit)
        records = {
            one.id: one for one in await self._of_refs([r for refs in links.values() for r in refs], visit)
        }
        frame = self._desk.frame
        dealt = {
            parent: present(
                records.get(frame.id(Kind.LAYOUT, ref)) for run in of for ref in links.get(run, ())
            )
            for parent, of in runs.items()
        }
        return self._desk.grouped(visit, where, wanted, dealt)

    async def all(self, visit: Visit, most: int | None = None) -> list[Layout]:
        """All layouts that build files name, and all packing processes.

        Reads the newest `most` layouts that are not known, and says so when there are more.
        """
        library = self._desk.archive
        inner = Visit(visit.freshness, strict=visit.strict)
        lists, _ = await both(
            library.lists(("build-file", "packing-process"), visit), together([library.every("run", inner)])
        )
        links = [ref for row in lists.get("build-file", []) if (ref := row.link("layout"))]
        wanted = list(dict.fromkeys(reversed(links)))
        rows = await self._read(wanted, visit, most)
        return await self.records([*reversed(rows), *lists.get("packing-process", [])], visit)

    async def records(self, rows: Sequence[Row], visit: Visit) -> list[Layout]:
        """The layouts that rows stand for, with what they belong to."""
        desk, library = self._desk, self._desk.archive
        files = await self._tracing.files_of_layouts([row.ref for row in rows], visit)
        links = [row.link("run") for part in files.values() for row in part] + [
            row.link("run") for row in rows
        ]
        runs = await library.some("run", [ref.uuid for ref in links if ref], visit, optional=True)
        kinds = [row.link("printer_type") for part in files.values() for row in part]
        types = await desk.lookup("printer-type", kinds, visit)

        def one(row: Row) -> Layout | None:
            if row.ref.resource == "packing-process":
                run = runs.get(ref.uuid) if (ref := row.link("run")) else None
                return desk.record(Kind.LAYOUT, row, (run,), lambda: packing(row, desk.frame, run))
            about = _surroundings(files.get(row.ref, ()), runs, types)
            rest = (tuple(about.files), tuple(about.runs), about.printer_type)
            return desk.record(Kind.LAYOUT, row, rest, lambda: layout(row, desk.frame, about))

        return await desk.records(rows, one)

    async def placements(
        self, ids: Iterable[str], visit: Visit
    ) -> dict[str, list[Placement] | SourceFailure]:
        """Where models lie on each layout, as the vendor writes it, and what they are."""
        wanted = refs_of_ids(ids)
        parts = of_resources(wanted.values(), "layout", "packing-process")
        rows = await self._rows(parts["layout"], parts["packing-process"], visit)
        by_ref = {row.ref: row for row in rows}
        models = await self._desk.lookup("model", [ref for row in rows for ref in models_of(row)], visit)
        return {
            one: placements(by_ref[ref], self._desk.frame, models)
            for one, ref in wanted.items()
            if ref in by_ref
        }

    async def _of_runs(self, runs: Sequence[Ref], visit: Visit) -> dict[Ref, list[Ref]]:
        """The layouts that build files link to each run, and the packing processes that made it."""
        files, packings = await both(
            self._tracing.files_of_runs(runs, visit), self._tracing.packings_of_runs(runs, visit)
        )
        return {
            run: [
                *dict.fromkeys(ref for row in files.get(run, ()) if (ref := row.link("layout"))),
                *(row.ref for row in packings.get(run, ())),
            ]
            for run in runs
        }

    async def _of_refs(self, refs: Sequence[Ref], visit: Visit) -> list[Layout]:
        parts = of_resources(dict.fromkeys(refs), "layout", "packing-process")
        return await self.records(await self._rows(parts["layout"], parts["packing-process"], visit), visit)

    async def _rows(self, layouts: list[Ref], packings: list[Ref], visit: Visit) -> list[Row]:
        found = await self._desk.archive.some("packing-process", [ref.uuid for ref in packings], visit)
        return [*await self._read(layouts, visit, None), *found.values()]

    async def _read(self, refs: Sequence[Ref], visit: Visit, most: int | None) -> list[Row]:
        """Layouts one by one: those that are final once, the others while they are computed."""
        library = self._desk.archive
        shelf, now = library.shelf("layout"), visit.moment(library.server.clock)
        open_ = [
            ref
            for ref in refs
            if not ((row := shelf.rows.get(ref.uuid)) and row.get("status") in FINAL)
            and not shelf.has(ref.uuid, visit.freshness, now)
        ]
        if most is not None and len(open_) > most:
            visit.complete = False
            open_ = open_[:most]
        for start in range(0, len(open_), AT_ONCE):
            await together(self._one(ref, visit) for ref in open_[start : start + AT_ONCE])
        return shelf.of(ref.uuid for ref in refs)

    async def _one(self, ref: Ref, visit: Visit) -> None:
        library = self._desk.archive
        shelf, clock = library.shelf("layout"), library.server.clock
        epoch = shelf.epoch
        try:
            observed = await library.server.item("layout", ref.uuid, visit.freshness)
        except NotFound:
            shelf.missing([ref.uuid], clock.monotonic())
        except SourceFailure as failure:
            if visit.strict or ref.uuid not in shelf.rows:
                raise
            visit.note(failure)
        else:
            payload = {"uri": f"/layout/{ref.uuid}/"} | observed.value
            seen = shelf.since(epoch, observed.monotonic)
            shelf.put([payload], observed.at, seen, member=False)


def _surroundings(files: Sequence[Row], runs: dict[str, Row], types: dict[Ref, Row]) -> Surroundings:
    links = dict.fromkeys(ref for row in files if (ref := row.link("run")))
    kinds = [types[ref] for row in files if (ref := row.link("printer_type")) and ref in types]
    return Surroundings(
        files=files,
        runs=[runs[ref.uuid] for ref in links if ref.uuid in runs],
        printer_type=kinds[-1] if kinds else None,
    )
