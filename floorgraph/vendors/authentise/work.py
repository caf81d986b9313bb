"""Work: runs, outsourced jobs, and orders."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.order import Order
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.archive import links_in
from floorgraph.vendors.authentise.desk import Desk, of_resources, present
from floorgraph.vendors.authentise.links import Ref, refs_of_ids
from floorgraph.vendors.authentise.mapping.job import Actuals, latest, outsourced_job, run_job
from floorgraph.vendors.authentise.mapping.order import order
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.stations import Stations
from floorgraph.vendors.authentise.together import together
from floorgraph.vendors.authentise.tracing import Tracing
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.questions import By, Where

JOB_RESOURCES = ("run", "service-provider-job")


class Work:
    """The jobs and orders of one tenant."""

    def __init__(self, desk: Desk, stations: Stations, tracing: Tracing) -> None:
        self._desk = desk
        self._stations = stations
        self._tracing = tracing

    async def jobs(self, where: Where, visit: Visit) -> Answer[Any]:
        """Jobs by what they are asked for."""
        if where.by is By.ALL:
            return visit.answer(await self.all_jobs(visit))
        wanted = refs_of_ids(where.values)
        if where.by is By.ID:
            return visit.answer(await self.jobs_of(wanted.values(), visit))
        if where.by is By.STATION:
            found = await self._stations.run_rows(wanted.values(), visit)
        elif where.by is By.ORDER:
            found = await self._of_orders(wanted.values(), visit)
        elif where.by is By.PARENT:
            found = await self._desk.archive.related("service-provider-job", "run", wanted.values(), visit)
        elif where.by is By.LAYOUT:
            found = await self._tracing.runs_of_layouts(wanted.values(), visit)
        elif where.by is By.BATCH:
            found = await self._tracing.runs_of_batches(wanted.values(), visit)
        else:
            return visit.answer([])
        jobs = {job.id: job for job in await self.records(_each(found), visit)}
        frame = self._desk.frame
        dealt = {
            ref: present(jobs.get(frame.id(Kind.JOB, row.ref)) for row in rows) for ref, rows in found.items()
        }
        return self._desk.grouped(visit, where, wanted, dealt)

    async def all_jobs(self, visit: Visit) -> list[Job]:
        """All jobs; what happened in them is read as whole lists too."""
        library = self._desk.archive
        lists = await library.lists(JOB_RESOURCES, visit)
        inner = Visit(visit.freshness, strict=visit.strict)
        more = [name for name in ("run-actuals", "build", "build-file", self._plan) if name]
        await together(library.every(name, inner) for name in more)
        if inner.failure is not None:
            visit.note(inner.failure)
        return await self.records([row for rows in lists.values() for row in rows], visit)

    async def jobs_of(self, refs: Iterable[Ref], visit: Visit) -> list[Job]:
        """Jobs by reference."""
        wanted = {name: part for name, part in of_resources(refs, *JOB_RESOURCES).items() if part}
        found = await together(
            self._desk.archive.some(name, [ref.uuid for ref in part], visit) for name, part in wanted.items()
        )
        return await self.records([row for part in found for row in part.values()], visit)

    async def records(self, rows: Iterable[Row], visit: Visit) -> list[Job]:
        """The jobs that rows stand for, with what happened in them."""
        desk, library = self._desk, self._desk.archive
        rows = list({row.ref: row for row in rows}.values())
        runs = [row.ref for row in rows if row.ref.resource == "run"]
        actuals, builds = await together(
            library.related(name, "run", runs, visit, optional=True) for name in ("run-actuals", "build")
        )
        files = await self._tracing.files_of_runs(runs, visit, optional=True)
        # Rows of a plan carry the addresses of the runs that they are about.
        plans = await library.related(self._plan, "uri", runs, visit, optional=True) if self._plan else {}

        def one(row: Row) -> Job | None:
            if row.ref.resource == "service-provider-job":
                return desk.record(Kind.JOB, row, (), lambda: outsourced_job(row, desk.frame))
            own = [one for one in files.get(row.ref, ()) if not one.get("archived")]
            about = Actuals(
                latest(actuals.get(row.ref, ())),
                latest(builds.get(row.ref, ())),
                latest(plans.get(row.ref, ())),
                own[-1] if own else None,
            )
            rest = (about.actuals, about.build, about.plan, about.file)
            return desk.record(Kind.JOB, row, rest, lambda: run_job(row, desk.frame, about))

        return await desk.records(rows, one)

    async def orders(self, where: Where, visit: Visit) -> Answer[Order]:
        """All orders, or those with these ids."""
        library = self._desk.archive
        if where.by is By.ALL:
            lists = await library.lists(("order",), visit)
            return visit.answer(await self._orders(lists.get("order", [])))
        if where.by is not By.ID:
            return visit.answer([])
        wanted = of_resources(refs_of_ids(where.values).values(), "order")["order"]
        found = await library.some("order", [ref.uuid for ref in wanted], visit)
        return visit.answer(await self._orders(list(found.values())))

    async def _of_orders(self, refs: Iterable[Ref], visit: Visit) -> dict[Ref, list[Row]]:
        library = self._desk.archive
        orders = of_resources(refs, "order")["order"]
        runs, outside = await together(
            [
                library.related("run", "by_order", orders, visit, links=links_in("orders")),
                library.related("service-provider-job", "order", orders, visit, optional=True),
            ]
        )
        return {ref: [*runs.get(ref, ()), *outside.get(ref, ())] for ref in orders}

    async def _orders(self, rows: Sequence[Row]) -> list[Order]:
        desk = self._desk
        return await desk.records(
            rows, lambda row: desk.record(Kind.ORDER, row, (), partial(order, row, desk.frame))
        )

    @property
    def _plan(self) -> str | None:
        return self._desk.server.settings.schedule_resource


def _each(found: dict[Ref, list[Row]]) -> Iterable[Row]:
    return (row for rows in found.values() for row in rows)
