"""Orders: one list of the valid ones, one read for each of the archived and invalid ones asked for."""

from collections.abc import Iterable, Mapping, Sequence

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.job import Job
from floorgraph.model.order import Order
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cwork.collection import Collection, Reading, answer
from floorgraph.vendors.cwork.gathering import gathered
from floorgraph.vendors.cwork.mapping.job import STOPPED
from floorgraph.vendors.cwork.mapping.order import ORDER, order
from floorgraph.vendors.cwork.operations import Operations
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import ORDERS
from floorgraph.vendors.cwork.question import order as order_question
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.turns import Steps

Jobs = Mapping[str, Sequence[Job]]
"""Jobs by the id of their order."""


def by_order(jobs: Iterable[Job]) -> Jobs:
    """The jobs of each order."""
    found: dict[str, list[Job]] = {}
    for job in jobs:
        if job.order_id is not None:
            found.setdefault(job.order_id, []).append(job)
    return found


def of_a_moment_ago(freshness: Freshness) -> Freshness:
    """For what accompanies the records asked for: not worth a call of its own while it is a minute old."""
    return Freshness(max_age=60.0, since=freshness.since)


class Orders:
    """The orders of one server."""

    def __init__(self, server: Server, operations: Operations) -> None:
        self._server = server
        self._operations = operations
        self._seen: Mapping[str, Order] = {}

    async def all(
        self, freshness: Freshness, job_freshness: Freshness | None = None
    ) -> tuple[Observed[Payload], Collection[Order]]:
        """Every order that is valid and not archived.

        `job_freshness` is for the jobs by which a stopped order is known to be complete.
        """
        observed = await self._server.read(ORDERS, freshness)
        jobs = await self._jobs(observed.value.elements(), job_freshness or freshness)
        derived = self._server.derived
        orders = await derived.of_many(
            "orders", (observed.value, jobs), lambda: self._map_all(observed, jobs)
        )
        if observed.stale:
            orders = await derived.of_many("orders, stale", (orders,), orders.turning_stale)
        return observed, orders

    async def select(self, where: Where, freshness: Freshness) -> Answer[Order]:
        """The orders asked for. Raises `SourceFailure`."""
        single = where.by is By.ID
        observed, orders = await self.all(freshness, of_a_moment_ago(freshness) if single else None)
        listed = answer(observed, orders, where)
        if not single:
            return listed
        missing = where.values - orders.by_id.keys()

        async def read(handle: str) -> Answer[Order]:
            observed = await self._server.read(order_question(handle), freshness)
            found = observed.value.single("OrderId", handle)
            payloads = [] if found is None else [found]
            jobs = await self._jobs_of(handle, payloads, freshness)
            return answer(observed, self._map_part(observed, payloads, jobs), where)

        return await gathered([listed], missing, self._server.settings.concurrency, read)

    async def _jobs(self, payloads: Iterable[object], freshness: Freshness) -> Jobs | None:
        """The jobs, which are needed only to tell whether a stopped order is complete."""
        if not any(map(_is_stopped, payloads)):
            return None
        try:
            _, jobs = await self._operations.all(freshness)
        except SourceFailure:
            return None
        return self._server.derived.of("jobs by order", (jobs,), lambda: by_order(jobs.items))

    async def _jobs_of(self, handle: str, payloads: Iterable[object], freshness: Freshness) -> Jobs | None:
        if not any(map(_is_stopped, payloads)):
            return None
        order_id = str(GlobalId(self._server.settings.key, Kind.ORDER, handle))
        try:
            found = await self._operations.select(Where(By.ORDER, frozenset({order_id})), freshness)
        except SourceFailure:
            return None
        return by_order(found.items)

    def _map_all(self, observed: Observed[Payload], jobs: Jobs | None) -> Steps[Collection[Order]]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.ORDER,
            ORDER,
            frame,
            lambda fields: order(fields, frame, jobs or {}),
            previous=self._seen,
            # What a stopped order is depends on its jobs as well.
            repeats=lambda before: before.vendor_status != str(STOPPED),
        )
        orders = yield from reading.steps(observed.value.elements(), observed.value.lost)
        self._seen = orders.by_id
        return orders

    def _map_part(
        self, observed: Observed[Payload], payloads: list[object], jobs: Jobs | None
    ) -> Collection[Order]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.ORDER,
            ORDER,
            frame,
            lambda fields: order(fields, frame, jobs or {}),
            previous=self._seen,
            ward=None,
        )
        orders = reading.collection(payloads, observed.value.lost)
        self._seen = {**self._seen, **orders.by_id}
        return orders.stale() if observed.stale else orders


def _is_stopped(payload: object) -> bool:
    return isinstance(payload, dict) and str(payload.get("CurrentState")) == str(STOPPED)
