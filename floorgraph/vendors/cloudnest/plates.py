"""Batches: the plates that jobs use, and those in stock.

`plate_used` does not say which of several jobs uses which plate (section 7):
whose they are takes one call per job, a plain list takes one per 50 jobs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from floorgraph.model.batch import Batch, BatchAction
from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.cloudnest.answers import answer, number, remotes, stale, too_many
from floorgraph.vendors.cloudnest.endpoints import MATERIAL_LIST, PLATE_LIST, PLATE_USED, SCRAP_HIERARCHY
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.jobs import Jobs
from floorgraph.vendors.cloudnest.mapping.plate import (
    Plate,
    batch,
    material_names,
    plates_in_stock,
    plates_used,
    scrap_hierarchy,
)
from floorgraph.vendors.cloudnest.plan import chunks
from floorgraph.vendors.continuity import carry_over
from floorgraph.vendors.failures import SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import By, Where

USED_LASTS, STOCK_LASTS = 3600.0, 900.0


@dataclass(slots=True)
class _Gathered:
    """What the calls of one question brought. A plate may be told of several times, stock first."""

    told: dict[str, list[Plate]] = field(default_factory=dict)
    moments: list[datetime] = field(default_factory=list)
    failure: SourceFailure | None = None

    def add(self, plates: Iterable[Plate], at: datetime) -> None:
        self.moments.append(at)
        for plate in plates:
            self.told.setdefault(plate.guid, []).append(plate)


class Plates:
    """The plates of one account."""

    def __init__(self, gateway: Gateway, jobs: Jobs) -> None:
        self._gateway = gateway
        self._jobs = jobs
        self._known: dict[str, Batch] = {}
        self._used: dict[int, Mapping[str, int]] = {}
        """Job -> plate guid -> sheets used, as far as jobs were asked one by one."""

    async def select(self, where: Where, freshness: Freshness) -> Answer[Batch]:
        """Plates by job, by layout, by kinship, by id, or all. The vendor knows no plates at machines."""
        if where.by is By.JOB:
            return await self._of_jobs(where, freshness)
        if where.by is By.LAYOUT:
            return await self._of_layouts(where, freshness)
        if where.by in (By.PARENT, By.CHILD):
            return await self._kin(where, freshness)
        if where.by is By.ID and where.values <= self._known.keys():
            return answer(self._known, where, None)
        if where.by not in (By.ALL, By.ID):
            return Answer((), None)
        return await self._all(where, freshness, freshness)

    async def poll(self, freshness: Freshness) -> Listing:
        """All plates as stock is now; what jobs use of them as it was last told. Raises `SourceFailure`."""
        found = await self._all(Where(), self._gateway.spared(PLATE_LIST, 1, freshness), Freshness())
        if found.failure is not None:
            raise found.failure
        at = found.observed_at or self._gateway.clock.now()
        return Listing(found.items, found.complete, at)

    async def _all(self, where: Where, stock: Freshness, freshness: Freshness) -> Answer[Batch]:
        gathered = _Gathered()
        await self._stock(gathered, stock)
        numbers = await self._jobs.leaves(freshness)
        most = self._gateway.settings.chunk * self._gateway.settings.calls_per_question
        for chunk in chunks(sorted(numbers[-most:]), self._gateway.settings.chunk):
            await self._ask(chunk, gathered, freshness)
        complete = gathered.failure is None and len(numbers) <= most
        return self._answer(gathered, where, complete=complete)

    def jobs_using(self, batch_ids: Iterable[str]) -> dict[str, list[int]]:
        """Batch id -> the jobs that are known to use it; makes no call."""
        wanted = dict(zip(remotes(batch_ids), sorted(batch_ids), strict=True))
        return {
            batch_id: [job for job, used in self._used.items() if guid in used]
            for guid, batch_id in wanted.items()
        }

    def actions(self, batch_ids: Iterable[str]) -> Mapping[str, Sequence[BatchAction]]:
        """The known uses of plates by jobs; makes no call."""
        found: dict[str, Sequence[BatchAction]] = {}
        for batch_id in batch_ids:
            (guid,) = remotes((batch_id,))
            found[batch_id] = [
                BatchAction(kind="used", quantity=float(used[guid]), unit="pieces", notes=f"job {job}")
                for job, used in self._used.items()
                if guid in used
            ]
        return found

    async def _of_jobs(self, where: Where, freshness: Freshness) -> Answer[Batch]:
        """The plates of each job, one call for each nest that is not known yet."""
        gathered, owners = _Gathered(), dict[str, list[str]]()
        await self._jobs.leaves(freshness)
        settings, most = self._gateway.settings, self._gateway.settings.calls_per_question
        asked = 0
        for job_id in sorted(where.values):
            guids: list[str] = []
            (remote,) = remotes((job_id,))
            job = number(remote)
            if job is None:
                guids = self._jobs.sheets_of_task(job_id)
            elif job in self._jobs.tree.nodes and not self._jobs.tree.nodes[job].folder:
                if asked >= most and not self._is_kept(job, freshness):
                    gathered.failure = too_many(
                        settings.key, PLATE_USED, "plates are asked for job by job", most
                    )
                    continue
                asked += not self._is_kept(job, freshness)
                guids = await self._ask((job,), gathered, freshness)
            owners[job_id] = guids
        found = self._answer(gathered, Where(), complete=gathered.failure is None)
        known = self._known
        groups = {
            job_id: [known[self._id(guid)] for guid in guids if self._id(guid) in known]
            for job_id, guids in owners.items()
        }
        return Answer(found.items, found.observed_at, found.complete, found.failure, groups)

    async def _of_layouts(self, where: Where, freshness: Freshness) -> Answer[Batch]:
        """The plate that each layout lies on, a call for each that is not known yet, and one for its job."""
        work, failure = await self._jobs.with_sheets(where.values, freshness)
        layouts = [work.layouts[one] for one in sorted(where.values) if one in work.layouts]
        unknown = [one for one in layouts if one.batch_id is not None and one.batch_id not in self._known]
        owners = frozenset(job for one in unknown for job in one.job_ids if number(job.rpartition(":")[2]))
        at = max((one.observed_at for one in layouts), default=None)
        if owners:
            found = await self._of_jobs(Where(By.JOB, owners), freshness)
            failure, at = failure or found.failure, found.observed_at
        groups = {
            one.id: [self._known[one.batch_id]]
            for one in layouts
            if one.batch_id is not None and one.batch_id in self._known
        }
        items = list({plate.id: plate for plates in groups.values() for plate in plates}.values())
        return Answer(items, at, failure is None, failure, groups)

    async def _kin(self, where: Where, freshness: Freshness) -> Answer[Batch]:
        """Scrap and the plates it was cut from, in one call where that path is configured."""
        if not self._gateway.grants.has(SCRAP_HIERARCHY):
            return Answer((), None)
        observed = await self._gateway.read(Question(SCRAP_HIERARCHY, wanted=STOCK_LASTS), freshness)
        frame = self._gateway.frame(observed.at)
        plates, parents = scrap_hierarchy(observed.value.items(), frame)
        gathered = _Gathered(failure=observed.failure)
        gathered.add(plates, observed.at)
        self._answer(gathered, Where(), complete=True)
        wanted = {guid: batch_id for batch_id in where.values for guid in remotes((batch_id,))}
        groups: dict[str, list[Batch]] = {batch_id: [] for batch_id in where.values}
        for child, parent in parents.items():
            asked, kin = (parent, child) if where.by is By.PARENT else (child, parent)
            if asked in wanted:
                groups[wanted[asked]].append(self._known[self._id(kin)])
        items = list({plate.id: plate for some in groups.values() for plate in some}.values())
        return Answer(items, observed.at, observed.failure is None, observed.failure, groups)

    async def _ask(self, jobs: Sequence[int], gathered: _Gathered, freshness: Freshness) -> list[str]:
        """The plates of some jobs together; their guids. A failure is kept beside the others' answers."""
        try:
            observed = await self._gateway.read(_used(jobs), freshness)
        except Unsupported:
            return []
        except SourceFailure as failure:
            gathered.failure = failure
            return []
        gathered.failure = gathered.failure or observed.failure
        plates = plates_used(observed.value.items(), self._gateway.frame(observed.at))
        gathered.add(plates, observed.at)
        if len(jobs) == 1:
            self._used[jobs[0]] = {plate.guid: plate.used or 0 for plate in plates}
            await self._jobs.know_plates(jobs[0], plates)
        return [plate.guid for plate in plates]

    async def _stock(self, gathered: _Gathered, freshness: Freshness) -> None:
        if not self._gateway.grants.has(PLATE_LIST):
            return
        try:
            observed = await self._gateway.read(Question(PLATE_LIST, wanted=STOCK_LASTS), freshness)
        except SourceFailure as failure:
            gathered.failure = failure
            return
        gathered.failure = observed.failure
        frame = self._gateway.frame(observed.at)
        names: Mapping[str, str] = {}
        if self._gateway.grants.has(MATERIAL_LIST):
            try:
                materials = await self._gateway.read(Question(MATERIAL_LIST, wanted=STOCK_LASTS), freshness)
                names = material_names(materials.value.items(), frame)
            except SourceFailure as failure:
                gathered.failure = failure
        gathered.add(plates_in_stock(observed.value.items(), names, frame), observed.at)

    def _answer(self, gathered: _Gathered, where: Where, *, complete: bool) -> Answer[Batch]:
        at = min(gathered.moments, default=None)
        if at is None:
            if gathered.failure is not None:
                raise gathered.failure
            return Answer((), None)
        frame = self._gateway.frame(at)
        fresh = carry_over(self._known, [batch(told, frame) for told in gathered.told.values()])
        if gathered.failure is not None:
            fresh = [stale(record) for record in fresh]
        records = {record.id: record for record in fresh}
        self._known = {**self._known, **records}
        return answer(records, where, at, complete=complete, failure=gathered.failure)

    def _is_kept(self, job: int, freshness: Freshness) -> bool:
        kept = self._gateway.gate.kept(_used((job,)).key)
        now = self._gateway.clock.monotonic()
        return kept is not None and freshness.accepts(kept.monotonic, now, USED_LASTS)

    def _id(self, guid: str) -> str:
        return self._gateway.frame(self._gateway.clock.now()).id(Kind.BATCH, guid)


def _used(jobs: Sequence[int]) -> Question:
    return Question(PLATE_USED, {"job_id": list(jobs)}, wanted=USED_LASTS)
