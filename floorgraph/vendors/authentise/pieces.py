"""Pieces: what is made, where it is on its way, and the steps of that way."""

from collections.abc import Iterable, Sequence
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.piece import Piece, PieceStep
from floorgraph.model.record import again
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.desk import Desk, of_resources, present
from floorgraph.vendors.authentise.links import Ref, refs_of, refs_of_ids
from floorgraph.vendors.authentise.mapping.piece import Whereabouts, piece, piece_step, step_refs
from floorgraph.vendors.authentise.mapping.words import ACTIVE_RUNS
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.stations import Stations
from floorgraph.vendors.authentise.together import both, together
from floorgraph.vendors.authentise.tracing import Dealt, Tracing
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.turns import TURNS, mapped

FOLLOWED = ("run", "piece-actuals", "build-file")
"""Resources that are read whole with the list of all pieces."""
AT_STATION = f"{ACTIVE_RUNS},queued,queued-work-ready"
"""Statuses of runs whose pieces are at their station."""


class Pieces:
    """The pieces of one tenant."""

    def __init__(self, desk: Desk, stations: Stations, tracing: Tracing) -> None:
        self._desk = desk
        self._stations = stations
        self._tracing = tracing

    async def select(self, where: Where, visit: Visit) -> Answer[Any]:
        """Pieces by what they are asked for."""
        if where.by is By.ALL:
            return visit.answer(await self.all(visit))
        wanted = refs_of_ids(where.values)
        if where.by is By.ID:
            refs = of_resources(wanted.values(), "piece")["piece"]
            rows = await self._desk.archive.some("piece", [ref.uuid for ref in refs], visit)
            return visit.answer(await self.records(list(rows.values()), visit))
        found = await self._rows_by(where.by, wanted.values(), visit)
        records = await self.records([row for rows in found.values() for row in rows], visit)
        pieces = {one.id: one for one in records}
        frame = self._desk.frame
        dealt = {
            parent: [
                self._belonging(where.by, parent, one)
                for one in present(pieces.get(frame.id(Kind.PIECE, row.ref)) for row in rows)
            ]
            for parent, rows in found.items()
        }
        if where.by is By.STATION:
            dealt = {
                parent: [one for one in part if one.station_id == frame.id(Kind.STATION, parent)]
                for parent, part in dealt.items()
            }
        return self._desk.grouped(visit, where, wanted, dealt)

    async def all(self, visit: Visit) -> list[Piece]:
        """All pieces, those of deleted orders too, as the vendor goes on listing them."""
        library = self._desk.archive
        inner = Visit(visit.freshness, strict=visit.strict)
        lists, _ = await both(
            library.lists(("piece",), visit), together(library.every(name, inner) for name in FOLLOWED)
        )
        if inner.failure is not None:
            visit.note(inner.failure)
        return await self.records(lists.get("piece", []), visit)

    async def records(self, rows: Sequence[Row], visit: Visit) -> list[Piece]:
        """The pieces that rows stand for, with the run, step and station that they are at."""
        desk, library = self._desk, self._desk.archive
        rows = list({row.ref: row for row in rows}.values())
        refs = [row.ref for row in rows]
        links = await TURNS.through(mapped(rows, lambda row: (row.link("workflow"), row.link("location"))))
        runs, workflows, places, actuals = await both(
            self._tracing.runs_of_pieces(rows, visit),
            desk.lookup("workflow", [workflow for workflow, _ in links], visit),
            desk.lookup("location", [place for _, place in links], visit),
            library.related("piece-actuals", "piece", refs, visit, optional=True),
        )
        steps_at = mapped(rows, lambda row: (row.ref, self._step_at(row, workflows)))
        at = dict(await TURNS.through(steps_at))
        steps, files = await both(
            desk.lookup("process-step", at.values(), visit),
            self._tracing.files_of_runs([run.ref for run in runs.values()], visit, optional=True),
        )

        def one(row: Row) -> Piece | None:
            workflow, place, step = row.link("workflow"), row.link("location"), at[row.ref]
            known = actuals.get(row.ref, ())
            about = Whereabouts(
                run=(run := runs.get(row.ref)),
                workflow=workflows.get(workflow) if workflow else None,
                step=steps.get(step) if step else None,
                location=places.get(place) if place else None,
                actuals=known[-1] if known else None,
                files=tuple(files.get(run.ref, ())) if run else (),
            )
            rest = (about.run, about.workflow, about.step, about.location, about.actuals, about.files)
            return desk.record(Kind.PIECE, row, rest, lambda: piece(row, desk.frame, about))

        return await desk.records(rows, one)

    async def steps(self, ids: Iterable[str], visit: Visit) -> dict[str, list[PieceStep]]:
        """The steps of pieces in their order: what the vendor calls prints."""
        desk, library = self._desk, self._desk.archive
        wanted = {one: ref for one, ref in refs_of_ids(ids).items() if ref.resource == "piece"}
        prints, pieces = await both(
            library.related("print", "piece", wanted.values(), visit),
            library.some("piece", [ref.uuid for ref in wanted.values()], visit, optional=True),
        )
        links = [row.link("process_step") for rows in prints.values() for row in rows]
        names = await desk.lookup("process-step", links, visit)
        found: dict[str, list[PieceStep]] = {}
        for one, ref in wanted.items():
            current = row.link("current_print") if (row := pieces.get(ref.uuid)) else None
            found[one] = sorted(
                (
                    piece_step(
                        each,
                        desk.frame,
                        names.get(link) if (link := each.link("process_step")) else None,
                        current=each.ref == current,
                    )
                    for each in prints.get(ref, ())
                ),
                key=lambda step: step.position,
            )
        return found

    async def _rows_by(self, by: By, parents: Iterable[Ref], visit: Visit) -> Dealt:
        library, tracing = self._desk.archive, self._tracing
        if by is By.ORDER:
            orders = of_resources(parents, "order")["order"]
            return await library.related("piece", "order", orders, visit)
        if by is By.JOB:
            return await tracing.pieces_of_runs(parents, visit)
        if by is By.STATION:
            runs = await self._stations.run_rows(parents, visit, AT_STATION)
        elif by is By.LAYOUT:
            return await self._of_layouts(list(parents), visit)
        else:
            return {}
        pieces = await tracing.pieces_of_runs([row.ref for rows in runs.values() for row in rows], visit)
        return _through(runs, pieces)

    async def _of_layouts(self, layouts: list[Ref], visit: Visit) -> Dealt:
        """Pieces of the runs that make a layout; of a packing process those that it names."""
        library = self._desk.archive
        parts = of_resources(layouts, "layout", "packing-process")
        runs = await self._tracing.runs_of_layouts(parts["layout"], visit)
        pieces = await self._tracing.pieces_of_runs(
            [row.ref for rows in runs.values() for row in rows], visit
        )
        found = _through(runs, pieces)
        packings = await library.some(
            "packing-process", [ref.uuid for ref in parts["packing-process"]], visit
        )
        named = {row.ref: refs_of(row.get("pieces"), "piece") for row in packings.values()}
        uuids = [ref.uuid for refs in named.values() for ref in refs]
        rows = await library.some("piece", uuids, visit)
        for packing, refs in named.items():
            found[packing] = [row for ref in refs if (row := rows.get(ref.uuid)) is not None]
        return found

    def _belonging(self, by: By, parent: Ref, one: Piece) -> Piece:
        """The piece with the parent among its own, as only the question says that it belongs there."""
        frame = self._desk.frame
        if by is By.JOB:
            return again(one, job_ids=(frame.id(Kind.JOB, parent),))
        layout = frame.id(Kind.LAYOUT, parent)
        if by is By.LAYOUT and layout not in one.layout_ids:
            return again(one, layout_ids=(*one.layout_ids, layout))
        return one

    @staticmethod
    def _step_at(row: Row, workflows: dict[Ref, Row]) -> Ref | None:
        link, position = row.link("workflow"), row.get("current_step_position")
        steps = step_refs(workflows.get(link) if link else None)
        known = isinstance(position, int) and 0 <= position < len(steps)
        return steps[position] if known else None


def _through(first: Dealt, second: Dealt) -> Dealt:
    """Two ways one after the other."""
    return {
        key: list({one.ref: one for row in rows for one in second.get(row.ref, ())}.values())
        for key, rows in first.items()
    }
