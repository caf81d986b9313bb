"""The plan: production tasks by job, read in batches and dealt out again (section 7).

`plan_detail` takes many jobs at once, and its tasks say whose they are only
by the job ids of their parts: a task belongs to every job that has a part in
it. A task without parts says nothing; it is given to a job when its layout is
known from another task, when only one job was asked for, or when what was
asked and answered so far leaves only one. Pure but for the one call.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import PLAN_DETAIL, SCHEDULE
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.task import PlannedTask, planning
from floorgraph.vendors.cloudnest.pace import lifetime
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness, Observed

T = TypeVar("T")

WANTED = 60.0
"""Seconds between polls of the tasks, quota permitting (section 9)."""


@dataclass(slots=True)
class JobPlan:
    """What is known of one job's tasks."""

    tasks: frozenset[str]
    at: datetime
    monotonic: float
    failure: SourceFailure | None = None
    """Why it is not fresher."""
    whole: bool = True
    """Whether every task of the answer could be read, so that absence means something."""


@dataclass(slots=True)
class Known:
    """All tasks and whose they are. Pure."""

    jobs: dict[int, JobPlan] = field(default_factory=dict)
    tasks: dict[str, PlannedTask] = field(default_factory=dict)
    suspects: dict[str, frozenset[int]] = field(default_factory=dict)
    """Task without parts -> the jobs that it may belong to."""
    given: dict[int, set[str]] = field(default_factory=dict)
    """Job -> the tasks without parts that are its own."""
    made_of: dict[str, set[int]] = field(default_factory=dict)
    """Layout -> the jobs of which tasks with parts make it."""

    def take(
        self,
        asked: Sequence[int],
        found: Iterable[PlannedTask],
        at: datetime,
        monotonic: float,
        *,
        whole: bool = True,
    ) -> None:
        """Take up the answer for some jobs."""
        tasks = {task.guid: task for task in found}
        self._narrow(frozenset(asked), tasks)
        self.tasks.update(tasks)
        own: dict[int, set[str]] = {job: set() for job in asked}
        for guid, task in tasks.items():
            for job in task.jobs:
                own.get(job, set()).add(guid)
        for job, guids in own.items():
            self.jobs[job] = JobPlan(frozenset(guids), at, monotonic, whole=whole)
        self._clear()
        self._give()

    def copy(self) -> "Known":
        """What is known now, as it stays when more becomes known."""
        return Known(
            self.jobs.copy(), self.tasks.copy(), self.suspects.copy(), self.given.copy(), self.made_of.copy()
        )

    def owners(self, task: PlannedTask) -> frozenset[int]:
        """The jobs that a task belongs to; several when it cuts parts of several, none when unknown."""
        if task.jobs:
            return frozenset(task.jobs)
        by_layout = frozenset(self.made_of.get(task.layout or "", ()))
        suspects = self.suspects.get(task.guid, frozenset())
        return by_layout or (suspects if len(suspects) == 1 else frozenset())

    def of(self, job: int) -> list[PlannedTask]:
        """The tasks of a job as last read, in a stable order."""
        known = self.jobs.get(job)
        guids = set() if known is None else set(known.tasks)
        guids |= self.given.get(job, set())
        return [self.tasks[guid] for guid in sorted(guids)]

    def unowned(self) -> list[PlannedTask]:
        """Tasks without parts whose jobs are not known."""
        return [self.tasks[guid] for guid in self.suspects if not self.owners(self.tasks[guid])]

    def _narrow(self, asked: frozenset[int], tasks: Mapping[str, PlannedTask]) -> None:
        for guid, task in tasks.items():
            if not task.jobs:
                self.suspects[guid] = self.suspects.get(guid, asked) & asked or asked
        for guid in self.suspects.keys() - tasks.keys():
            self.suspects[guid] -= asked

    def _give(self) -> None:
        self.given = {}
        for guid in self.suspects:
            for job in self.owners(self.tasks[guid]):
                self.given.setdefault(job, set()).add(guid)

    def _clear(self) -> None:
        """Forget tasks that no job has any more."""
        self.suspects = {guid: jobs for guid, jobs in self.suspects.items() if jobs}
        named = self.suspects.keys() | {guid for plan in self.jobs.values() for guid in plan.tasks}
        self.tasks = {guid: task for guid, task in self.tasks.items() if guid in named}
        self.made_of = {}
        for task in self.tasks.values():
            if task.layout is not None and task.jobs:
                self.made_of.setdefault(task.layout, set()).update(task.jobs)


class Plan:
    """The plan of one account. `version` is another object whenever something may have changed."""

    def __init__(self, gateway: Gateway) -> None:
        self.known = Known()
        self.version = object()
        self._gateway = gateway
        self._lock = asyncio.Lock()
        self._failed_at: dict[int, float] = {}
        self._epoch = 0

    async def read(self, jobs: Iterable[int], freshness: Freshness) -> bool:
        """See to it that these jobs are known as fresh as asked; whether all of them are known now.

        Raises `SourceFailure` when one is not known at all and cannot be had. One that is known and
        cannot be had afresh carries the failure.
        """
        wanted = list(jobs)
        async with self._lock:
            missing = [job for job in wanted if not self._is_fresh(job, freshness)]
            # What is not known at all comes first, the newest jobs before older ones.
            missing.sort(key=lambda job: (job in self.known.jobs, -job))
            settings = self._gateway.settings
            now = missing[: settings.chunk * settings.calls_per_question]
            try:
                for chunk in chunks(now, settings.chunk):
                    await self._ask(sorted(chunk), Freshness(max_age=0.0, since=freshness.since))
            except SourceFailure as failure:
                self._failed(missing, freshness, failure)
        return all(job in self.known.jobs for job in wanted)

    def is_doubtful(self, job: int) -> bool:
        """Whether a task without parts may or may not belong to this job."""
        return any(job in jobs and len(jobs) > 1 for jobs in self.known.suspects.values())

    async def fetch(self, jobs: Sequence[int]) -> None:
        """Ask for these jobs now. Raises `SourceFailure` at the first call that is not answered afresh."""
        async with self._lock:
            for chunk in chunks(sorted(jobs), self._gateway.settings.chunk):
                await self._ask(chunk, Freshness(max_age=0.0))

    def outdate(self) -> None:
        """Let nothing that is known, or under way, answer for now: a command may have changed it."""
        self._epoch += 1
        for plan in self.known.jobs.values():
            plan.monotonic = float("-inf")
        self._failed_at.clear()

    def is_outdated(self, job: int) -> bool:
        """Whether a job was not read since a command that may have changed it."""
        known = self.known.jobs.get(job)
        return known is None or known.monotonic == float("-inf")

    def keep_only(self, jobs: Iterable[int]) -> None:
        """Forget jobs that are gone."""
        gone = self.known.jobs.keys() - set(jobs)
        for job in gone:
            del self.known.jobs[job]
        if gone:
            self.version = object()

    def active(self, jobs: Iterable[int]) -> list[int]:
        """Those of the jobs with something left to do, and those not read yet."""
        known = self.known
        done = self._gateway.derived.of("done", (self.version,), self._done)
        return [job for job in jobs if job not in known.jobs or job not in done]

    def _done(self) -> frozenset[int]:
        """The jobs with nothing left to do."""
        return frozenset(job for job in self.known.jobs if not any(task.open for task in self.known.of(job)))

    def ttl(self, jobs: int) -> float:
        """Seconds that what is known of so many jobs serves those who do not ask for fresher."""
        calls = max(1, -(-jobs // self._gateway.settings.chunk))
        return lifetime(self._gateway.settings, PLAN_DETAIL, WANTED, calls)

    def _is_fresh(self, job: int, freshness: Freshness) -> bool:
        now, ttl = self._gateway.clock.monotonic(), self.ttl(len(self.known.jobs))
        known = self.known.jobs.get(job)
        if known is None:
            return False
        if freshness.accepts(known.monotonic, now, ttl) and known.failure is None:
            return True
        failed = self._failed_at.get(job)
        return failed is not None and freshness.spares(failed, now, ttl, pause=60.0)

    def _failed(self, missing: Iterable[int], freshness: Freshness, failure: SourceFailure) -> None:
        """Those that are still not fresh are the last known ones; raises when one is not known at all."""
        now = self._gateway.clock.monotonic()
        for job in missing:
            if self._is_fresh(job, freshness):
                continue
            known = self.known.jobs.get(job)
            if known is None:
                raise failure
            known.failure, self._failed_at[job] = failure, now
        self.version = object()

    async def _ask(self, chunk: Sequence[int], freshness: Freshness) -> None:
        question, epoch = Question(PLAN_DETAIL, {"job_id": list(chunk)}, WANTED), self._epoch
        try:
            observed: Observed[Payload] = await self._gateway.read(question, freshness)
        except (Unsupported, Forbidden):
            if not self._gateway.grants.has(SCHEDULE):
                raise
            # The schedule stands in for the plan: the same tasks, without their parts.
            question = Question(SCHEDULE, question.body, WANTED)
            observed = await self._gateway.read(question, freshness)
        # The chunk's own answer is kept here, per job; the gate need not remember it.
        self._gateway.gate.forget(question.key)
        if observed.failure is not None:
            raise observed.failure
        frame = self._gateway.frame(observed.at)
        lost: list[Any] = []
        found = await self._gateway.derived.turns.through(planning(observed.value.items(), frame, lost))
        known_since = observed.monotonic if epoch == self._epoch else float("-inf")
        self.known.take(chunk, found, observed.at, known_since, whole=not lost)
        for job in chunk:
            self._failed_at.pop(job, None)
        self.version = object()


def chunks(ids: Sequence[T], size: int) -> list[Sequence[T]]:
    """The ids in pieces of at most `size`."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]
