"""Operations as jobs: one list for all, one filter for one station or order, one read for what is missing."""

from collections.abc import Mapping

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.job import Job
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cwork.collection import Collection, Reading, answer
from floorgraph.vendors.cwork.gathering import gathered
from floorgraph.vendors.cwork.mapping.job import OPERATION, job
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import OPERATIONS, Question, operation, operations_of
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.turns import Steps

FILTERS: Mapping[By, str] = {By.STATION: "cnc", By.ORDER: "order"}
MOST_REMEMBERED = 10_000


class Operations:
    """The operations of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._seen: Mapping[str, Job] = {}
        self._filtered: dict[str, Question] = {}
        """Job id -> the filtered question that last brought it, which may still be fresh."""

    async def all(self, freshness: Freshness) -> tuple[Observed[Payload], Collection[Job]]:
        """Every operation that the server lists."""
        observed = await self._server.read(OPERATIONS, freshness)
        derived = self._server.derived
        jobs = await derived.of_many("jobs", (observed.value,), lambda: self._map_all(observed))
        if observed.stale:
            jobs = await derived.of_many("jobs, stale", (jobs,), jobs.turning_stale)
        return observed, jobs

    async def select(self, where: Where, freshness: Freshness) -> Answer[Job]:
        """The operations asked for; a single station or order is asked for with the vendor's filter.

        Raises `SourceFailure`.
        """
        if where.by is By.ID:
            return await self._by_id(where.values, freshness)
        alone = where.by in FILTERS and len(where.values) == 1
        if alone and not self._server.is_fresh(OPERATIONS, freshness):
            return await self._by_filter(where, freshness)
        observed, jobs = await self.all(freshness)
        return answer(observed, jobs, where)

    async def _by_filter(self, where: Where, freshness: Freshness) -> Answer[Job]:
        (value,) = where.values
        question = operations_of(FILTERS[where.by], GlobalId.parse(value).remote)
        observed = await self._server.read(question, freshness)
        jobs = self._map_part(observed, observed.value.elements())
        if len(self._filtered) > MOST_REMEMBERED:
            self._filtered.clear()
        self._filtered.update(dict.fromkeys(jobs.by_id, question))
        # The vendor's filter decides what is sent; that all of it was asked for is not taken on trust.
        return answer(observed, jobs, where)

    async def _by_id(self, ids: frozenset[str], freshness: Freshness) -> Answer[Job]:
        """From filtered answers of a moment ago, then from the list, then one by one.

        What the list does not have may still be there, such as the operations of archived orders.
        """
        where = Where(By.ID, ids)
        known: list[Answer[Job]] = []
        missing = set(ids)
        filtered = (self._filtered[one] for one in sorted(ids) if one in self._filtered)
        for question in {question.key: question for question in filtered}.values():
            if self._server.is_fresh(question, freshness):
                observed = await self._server.read(question, freshness)
                known.append(answer(observed, self._map_part(observed, observed.value.elements()), where))
                missing -= {job.id for job in known[-1].items}
        if missing:
            observed, jobs = await self.all(freshness)
            known.append(answer(observed, jobs, where))
            missing -= jobs.by_id.keys()

        async def read(handle: str) -> Answer[Job]:
            observed = await self._server.read(operation(handle), freshness)
            single = observed.value.single("OperationId", handle)
            return answer(observed, self._map_part(observed, [] if single is None else [single]), where)

        return await gathered(known, missing, self._server.settings.concurrency, read)

    def _map_all(self, observed: Observed[Payload]) -> Steps[Collection[Job]]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.JOB,
            OPERATION,
            frame,
            lambda fields: job(fields, frame),
            previous=self._seen,
            repeats=lambda _: True,
        )
        jobs = yield from reading.steps(observed.value.elements(), observed.value.lost)
        self._seen = jobs.by_id
        return jobs

    def _map_part(self, observed: Observed[Payload], payloads: list[object]) -> Collection[Job]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.JOB, OPERATION, frame, lambda fields: job(fields, frame), previous=self._seen, ward=None
        )
        jobs = reading.collection(payloads, observed.value.lost)
        self._seen = {**self._seen, **jobs.by_id}
        return jobs.stale() if observed.stale else jobs
