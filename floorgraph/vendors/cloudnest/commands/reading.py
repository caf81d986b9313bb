"""What commands are judged by and looked after with: fresh records."""

from collections.abc import Iterable
from typing import Any

from floorgraph.model.command import UserError, UserErrorCode
from floorgraph.model.folder import JobFolder
from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.layout import Layout
from floorgraph.model.station import LiveStatus
from floorgraph.vendors.cloudnest.endpoints import JOB_PARTS, JOB_SEARCH, MATERIAL_LIST, Api
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.jobs import Jobs
from floorgraph.vendors.cloudnest.live import Live
from floorgraph.vendors.cloudnest.machines import Machine, MachineList
from floorgraph.vendors.cloudnest.mapping.plate import material_names
from floorgraph.vendors.cloudnest.mapping.tree import TOP
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import By, Where


class Reading:
    """Reads one account afresh."""

    def __init__(self, gateway: Gateway, jobs: Jobs, machines: MachineList, live: Live) -> None:
        self.gateway = gateway
        self.jobs = jobs
        self._machines = machines
        self._live = live

    def fresh(self) -> Freshness:
        """What is asked from now on."""
        return self.gateway.now(Freshness(max_age=0.0))

    def id(self, kind: Kind, remote: object) -> str:
        """The global id of a thing of this source."""
        return self.gateway.frame(self.gateway.clock.now()).id(kind, remote)

    async def job(self, job_id: str) -> Job | None:
        """A job with its tasks. Raises `SourceFailure`."""
        found = await self.jobs.select(Kind.JOB, Where(By.ID, frozenset({job_id})), self.fresh())
        if found.failure is not None:
            raise found.failure
        return next(iter(found.items), None)

    async def folder(self, folder_id: str) -> JobFolder | None:
        """A folder. Raises `SourceFailure`."""
        found = await self.jobs.select(Kind.JOB_FOLDER, Where(By.ID, frozenset({folder_id})), self.fresh())
        if found.failure is not None:
            raise found.failure
        return next(iter(found.items), None)

    async def titled(self, name: str, folder_id: str | None) -> list[str]:
        """The jobs of this title in a folder, or at the top. Raises `SourceFailure`."""
        if self.gateway.grants.has(JOB_SEARCH):
            rows = await self.rows(JOB_SEARCH, {"title": name})
            above = TOP if folder_id is None else int(remote(folder_id))
            return [
                self.id(Kind.JOB, row["id"])
                for row in rows
                if row.get("title") == name and row.get("parent_id", above) == above and "id" in row
            ]
        await self.jobs.read_tree(self.fresh(), polled=False)
        if self.jobs.tree_failure is not None:
            raise self.jobs.tree_failure
        return [
            job.id
            for job in self.jobs.work.jobs.values()
            if job.kind is JobKind.NEST and (job.name, job.folder_id) == (name, folder_id)
        ]

    async def tasks_of(self, job_id: str) -> list[Job]:
        """The production tasks of a nest. Raises `SourceFailure`."""
        found = await self.jobs.select(Kind.JOB, Where(By.PARENT, frozenset({job_id})), self.fresh())
        if found.failure is not None:
            raise found.failure
        return [job for job in found.items if job.kind is JobKind.TASK]

    def sharing(self, job_id: str) -> list[int]:
        """The nests that are known to share production tasks with one, itself included; makes no call."""
        tasks = [job for job in self.jobs.work.jobs.values() if job_id in job.parent_ids]
        return numbers({job_id, *(parent for task in tasks for parent in task.parent_ids)})

    async def layout(self, layout_id: str) -> Layout | None:
        """A layout. Raises `SourceFailure`."""
        found = await self.jobs.select(Kind.LAYOUT, Where(By.ID, frozenset({layout_id})), self.fresh())
        if found.failure is not None:
            raise found.failure
        return next(iter(found.items), None)

    async def layouts_of(self, job_id: str, freshness: Freshness) -> list[str]:
        """The layouts of a nest, whether or not tasks were made of them. Raises `SourceFailure`."""
        found = await self.jobs.select(Kind.LAYOUT, Where(By.JOB, frozenset({job_id})), freshness)
        if found.failure is not None:
            raise found.failure
        return sorted(layout.id for layout in found.items)

    async def parts_of(self, job_id: str) -> list[str] | None:
        """The names of a nest's parts; None where they cannot be listed. Raises `SourceFailure`."""
        if not self.gateway.grants.has(JOB_PARTS):
            return None
        rows = await self.rows(JOB_PARTS, {"job_id": [int(remote(job_id))]})
        return [str(row.get("part_name") or row.get("partName") or row.get("name")) for row in rows]

    async def machine(self, station_id: str) -> Machine | None:
        """A machine with the numbers by which the two APIs know it. Raises `SourceFailure`."""
        machines = await self._machines.read(Freshness())
        if station_id not in machines.by_id and self.gateway.settings.offers(Api.CLOUDNEST):
            await self.jobs.select(Kind.JOB, Where(), Freshness())
            machines = await self._machines.read(Freshness())
        return machines.by_id.get(station_id)

    async def report(self, station_id: str) -> LiveStatus | None:
        """What a machine reports now; None where that cannot be had."""
        machines = await self._live.read([station_id], self.fresh())
        found = (await self._live.statuses(machines, [station_id])).get(station_id)
        return found if isinstance(found, LiveStatus) and not found.stale else None

    async def materials(self) -> dict[str, str] | None:
        """Material number -> name; None where the list is not configured. Raises `SourceFailure`."""
        if not self.gateway.grants.has(MATERIAL_LIST):
            return None
        observed = await self.gateway.read(Question(MATERIAL_LIST, wanted=900.0), Freshness())
        return material_names(observed.value.items(), self.gateway.frame(observed.at))

    async def rows(
        self, endpoint: str, body: dict[str, Any], freshness: Freshness | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a list that is read for a command alone, afresh unless said otherwise.

        Raises `SourceFailure`.
        """
        observed = await self.gateway.read(Question(endpoint, body), freshness or self.fresh())
        if observed.failure is not None:
            raise observed.failure
        return [row for row in observed.value.items() if isinstance(row, dict)]


def not_a_nest(job: Job | None, job_id: str) -> list[UserError]:
    """What stands against adding to a job or nesting it."""
    if job is None:
        return [missing("job", job_id, "jobId")]
    if job.kind is not JobKind.NEST:
        message = f"'{job.name}' is a production task; its parents are the nesting jobs."
        return [_error(message, UserErrorCode.INVALID, "jobId")]
    return []


def being_cut(tasks: Iterable[Job]) -> list[UserError]:
    """What stands against taking away a job: that machines are at it."""
    begun = [task for task in tasks if task.status is JobStatus.RUNNING]
    if not begun:
        return []
    where = ", ".join(f"'{task.name}' at {task.station_id}" for task in begun[:5])
    message = f"Machines are cutting for it: {where}. It can be deleted when these are finished."
    return [_error(message, UserErrorCode.NOT_POSSIBLE_NOW, "jobId")]


def missing(what: str, record_id: str, field: str) -> UserError:
    """That there is no such record."""
    return _error(f"There is no {what} '{record_id[:200]}'.", UserErrorCode.NOT_FOUND, field)


def numbers(job_ids: Iterable[str]) -> list[int]:
    """The vendor's numbers of nests, ascending."""
    found = (remote(job_id) for job_id in job_ids)
    return sorted(int(one) for one in found if one.isdecimal())


def remote(record_id: str) -> str:
    """The vendor's identifier in a global id."""
    return GlobalId.parse(record_id).remote


def _error(message: str, code: UserErrorCode, field: str) -> UserError:
    return UserError(message=message, code=code, field=("input", field))
