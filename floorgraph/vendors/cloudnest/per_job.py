"""What an endpoint tells of jobs, asked for 50 jobs at a time and kept job by job."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.pace import lifetime
from floorgraph.vendors.cloudnest.plan import chunks
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness

WANTED = 300.0


class Row(Protocol):
    """Something of a job."""

    @property
    def guid(self) -> str:
        """What it is known by."""

    @property
    def job(self) -> int | None:
        """The job that it says to be of; None when it says nothing."""


T = TypeVar("T", bound=Row)
Reader = Callable[[Iterable[Any], Frame], Iterable[T]]


@dataclass(frozen=True, slots=True)
class _Asked:
    guids: frozenset[str]
    monotonic: float


class PerJob(Generic[T]):
    """The rows of one endpoint. `rows` is another object whenever something may have changed."""

    def __init__(self, gateway: Gateway, endpoint: str, reader: Reader[T]) -> None:
        self.rows: Mapping[str, T] = {}
        self.endpoint = endpoint
        self._gateway = gateway
        self._reader = reader
        self._asked: dict[int, _Asked] = {}
        self._lock = asyncio.Lock()
        self._epoch = 0

    @property
    def available(self) -> bool:
        """Whether it can be asked, as far as is known."""
        return self._gateway.grants.has(self.endpoint)

    def knows(self, jobs: Iterable[int]) -> bool:
        """Whether all of these jobs were asked about."""
        return all(job in self._asked for job in jobs)

    def is_outdated(self, job: int) -> bool:
        """Whether a job was not asked about since a command that may have changed it."""
        known = self._asked.get(job)
        return known is None or known.monotonic == float("-inf")

    def oldest(self, jobs: Iterable[int], first: frozenset[int]) -> list[int]:
        """As many of the jobs as one call takes: `first` these, then those asked about longest ago."""

        def age(job: int) -> tuple[bool, float, int]:
            known = self._asked.get(job)
            return (job not in first, known.monotonic if known else float("-inf"), -job)

        return sorted(jobs, key=age)[: self._gateway.settings.chunk]

    def missing(self, jobs: Iterable[int], freshness: Freshness) -> list[int]:
        """Those of the jobs that are not known as fresh as asked, the newest first."""
        now, ttl = self._gateway.clock.monotonic(), self._ttl()
        return sorted(
            (
                job
                for job in jobs
                if (known := self._asked.get(job)) is None or not freshness.accepts(known.monotonic, now, ttl)
            ),
            reverse=True,
        )

    async def read(self, jobs: Iterable[int], freshness: Freshness) -> SourceFailure | None:
        """See to it that these jobs are known as fresh as asked; the failure that prevented it, if any."""
        if not self.available:
            return None
        settings = self._gateway.settings
        async with self._lock:
            wanted = self.missing(jobs, freshness)[: settings.chunk * settings.calls_per_question]
            try:
                for chunk in chunks(wanted, settings.chunk):
                    await self._ask(sorted(chunk), freshness)
            except (Unsupported, Forbidden):
                return None
            except SourceFailure as failure:
                return failure
        return None

    def outdate(self) -> None:
        """Let nothing that is known, or under way, answer for now: a command may have changed it."""
        self._epoch += 1
        self._asked = {job: replace(one, monotonic=float("-inf")) for job, one in self._asked.items()}

    def keep_only(self, jobs: Iterable[int]) -> None:
        """Forget jobs that are gone."""
        gone = self._asked.keys() - set(jobs)
        if gone:
            dropped = frozenset[str]().union(*(self._asked.pop(job).guids for job in gone))
            self.rows = {guid: row for guid, row in self.rows.items() if guid not in dropped}

    async def _ask(self, chunk: list[int], freshness: Freshness) -> None:
        question, epoch = Question(self.endpoint, {"job_id": chunk}, WANTED), self._epoch
        observed = await self._gateway.read(question, Freshness(max_age=0.0, since=freshness.since))
        # The answer is kept here, per job; the gate need not remember it.
        self._gateway.gate.forget(question.key)
        if observed.failure is not None:
            raise observed.failure
        found = list(self._reader(observed.value.items(), self._gateway.frame(observed.at)))
        before = frozenset[str]().union(*(self._asked[job].guids for job in chunk if job in self._asked))
        kept = {guid: row for guid, row in self.rows.items() if guid not in before}
        self.rows = {**kept, **{row.guid: row for row in found}}
        alone = chunk[0] if len(chunk) == 1 else None
        for job in chunk:
            own = frozenset(row.guid for row in found if (alone if row.job is None else row.job) == job)
            self._asked[job] = _Asked(own, observed.monotonic if epoch == self._epoch else float("-inf"))

    def _ttl(self) -> float:
        calls = max(1, -(-len(self._asked) // self._gateway.settings.chunk))
        return lifetime(self._gateway.settings, self.endpoint, WANTED, calls)
