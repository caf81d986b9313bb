"""Tracing: from runs to layouts, pieces and batches and back, where records do not say it themselves.

A layout names neither run nor printer: build files link them. What a run
works on are its prints, one per piece and step. Which batch a run used is
told by the additive part of its actuals.
"""

from collections.abc import Iterable, Mapping, Sequence

from floorgraph.vendors.authentise.archive import links_in
from floorgraph.vendors.authentise.desk import Desk, of_resources
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.turns import TURNS, paired

Dealt = dict[Ref, list[Row]]


class Tracing:
    """The ways between records of one tenant."""

    def __init__(self, desk: Desk) -> None:
        self._library = desk.archive

    async def files_of_runs(self, runs: Iterable[Ref], visit: Visit, *, optional: bool = False) -> Dealt:
        """The build files of each run, oldest first."""
        wanted = of_resources(runs, "run")["run"]
        found = await self._library.related("build-file", "run", wanted, visit, optional=optional)
        return await TURNS.through(paired(found.items(), _in_order))

    async def files_of_layouts(self, layouts: Iterable[Ref], visit: Visit) -> Dealt:
        """The build files made from each layout, oldest first."""
        wanted = of_resources(layouts, "layout")["layout"]
        found = await self._library.related("build-file", "layout", wanted, visit)
        return await TURNS.through(paired(found.items(), _in_order))

    async def packings_of_runs(self, runs: Iterable[Ref], visit: Visit) -> Dealt:
        """The packing processes that made each run."""
        wanted = of_resources(runs, "run")["run"]
        return await self._library.related("packing-process", "run", wanted, visit, optional=True)

    async def runs_of_layouts(self, layouts: Iterable[Ref], visit: Visit) -> Dealt:
        """The runs that make each layout."""
        parts = of_resources(layouts, "layout", "packing-process")
        files = await self.files_of_layouts(parts["layout"], visit)
        packings = await self._library.some(
            "packing-process", [ref.uuid for ref in parts["packing-process"]], visit, optional=True
        )
        links: dict[Ref, list[Ref]] = {
            layout: [run for row in rows if (run := row.link("run"))] for layout, rows in files.items()
        }
        for row in packings.values():
            links[row.ref] = [run] if (run := row.link("run")) else []
        return await self._followed(links, "run", visit)

    async def prints_of_runs(self, runs: Iterable[Ref], visit: Visit) -> Dealt:
        """What each run works on, one row per piece."""
        wanted = of_resources(runs, "run")["run"]
        return await self._library.related("print", "run", wanted, visit)

    async def pieces_of_runs(self, runs: Iterable[Ref], visit: Visit) -> Dealt:
        """The pieces of each run, those that went on meanwhile included."""
        prints = await self.prints_of_runs(runs, visit)
        links = await TURNS.through(
            paired(
                prints.items(), lambda one: (one[0], [ref for row in one[1] if (ref := row.link("piece"))])
            )
        )
        return await self._followed(links, "piece", visit)

    async def runs_of_pieces(self, pieces: Sequence[Row], visit: Visit) -> dict[Ref, Row]:
        """The run that works on the current step of each piece; pieces that wait for one are left out.

        Runs list their prints, so that with all runs at hand no print is read.
        """
        current = await TURNS.through(paired(pieces, _current_print))
        shelf = self._library.shelf("run")
        if shelf.is_current(visit.freshness, visit.moment(self._library.server.clock)):
            by_print = await TURNS.through(shelf.index("prints", links_in("prints")))
            return await TURNS.through(
                paired(
                    current.items(),
                    lambda one: (one[0], rows[-1]) if (rows := by_print.get(one[1])) else None,
                )
            )
        prints = await self._library.some("print", [ref.uuid for ref in current.values()], visit)
        links = {
            piece: run
            for piece, one in current.items()
            if (row := prints.get(one.uuid)) and (run := row.link("run"))
        }
        runs = await self._library.some("run", [ref.uuid for ref in links.values()], visit)
        return {piece: runs[ref.uuid] for piece, ref in links.items() if ref.uuid in runs}

    async def batches_of_runs(self, runs: Iterable[Ref], visit: Visit) -> Dealt:
        """The batches that each run used, by its present actuals."""
        wanted = of_resources(runs, "run")["run"]
        actuals = await self._library.related("run-actuals", "run", wanted, visit)
        refs = [row.ref for rows in actuals.values() for row in rows]
        used = await self._library.related("run-actuals-additive", "run_actual", refs, visit)
        links = {
            run: [
                batch
                for actual in rows
                for one in used.get(actual.ref, ())
                if (batch := one.link("material_batch"))
            ]
            for run, rows in actuals.items()
        }
        return await self._followed(links, "material-batch", visit)

    async def runs_of_batches(self, batches: Iterable[Ref], visit: Visit) -> Dealt:
        """The runs that used each batch. Former versions of actuals lead to no run and do not count."""
        wanted = of_resources(batches, "material-batch")["material-batch"]
        used = await self._library.related("run-actuals-additive", "material_batch", wanted, visit)
        links = {
            batch: [ref for row in rows if (ref := row.link("run_actual"))] for batch, rows in used.items()
        }
        actuals = await self._followed(links, "run-actuals", visit)
        runs = {batch: [ref for row in rows if (ref := row.link("run"))] for batch, rows in actuals.items()}
        return await self._followed(runs, "run", visit)

    async def kin_of_batches(self, batches: Iterable[Ref], visit: Visit, *, parents: bool) -> Dealt:
        """The batches that each one was made from, or those made from it."""
        wanted = of_resources(batches, "material-batch")["material-batch"]
        field, other = (
            ("destination_batch", "source_batch") if parents else ("source_batch", "destination_batch")
        )
        edges = await self._library.related("material-batch-linking", field, wanted, visit)
        links = {batch: [ref for row in rows if (ref := row.link(other))] for batch, rows in edges.items()}
        return await self._followed(links, "material-batch", visit)

    async def _followed(self, links: Mapping[Ref, Iterable[Ref]], resource: str, visit: Visit) -> Dealt:
        """The rows behind links, dealt out as the links were; each once."""
        wanted = await TURNS.through(
            paired(
                links.items(),
                lambda one: (one[0], [ref for ref in dict.fromkeys(one[1]) if ref.resource == resource]),
            )
        )
        uuids = [ref.uuid for refs in wanted.values() for ref in refs]
        rows = await self._library.some(resource, uuids, visit)
        return await TURNS.through(
            paired(
                wanted.items(),
                lambda one: (one[0], [row for ref in one[1] if (row := rows.get(ref.uuid)) is not None]),
            )
        )


def _in_order(one: tuple[Ref, Iterable[Row]]) -> tuple[Ref, list[Row]]:
    parent, rows = one
    return parent, oldest_first(rows)


def _current_print(piece: Row) -> tuple[Ref, Ref] | None:
    at = piece.link("current_print")
    return None if at is None else (piece.ref, at)


def oldest_first(rows: Iterable[Row]) -> list[Row]:
    """Rows in the order in which they were made."""
    return sorted(rows, key=lambda row: str(row.get("created") or ""))
