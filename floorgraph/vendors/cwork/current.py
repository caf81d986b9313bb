"""Which job a station works on: a live status names order and job, the lists know which ones these are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from floorgraph.model.job import Job
from floorgraph.model.order import Order
from floorgraph.vendors.cwork.mapping.live import Work
from floorgraph.vendors.turns import Steps, at_once

SORTED_PER_UNIT = 64
"""Jobs that are sorted to their stations in the time of one unit of work."""
_RANKS = {"0": 0, "1": 0, "3": 1}
"""Started or resumed before paused, both before all else."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The jobs of each station, and the orders by id."""

    jobs: Mapping[str, list[Job]]
    orders: Mapping[str, Order]

    @classmethod
    def of(cls, jobs: Iterable[Job], orders: Mapping[str, Order]) -> "Candidates":
        """The candidates among some jobs."""
        return at_once(cls.steps(jobs, orders))

    @classmethod
    def steps(cls, jobs: Iterable[Job], orders: Mapping[str, Order]) -> "Steps[Candidates]":
        """As `of`, in steps."""
        found: dict[str, list[Job]] = {}
        for number, job in enumerate(jobs):
            if job.station_id is not None:
                found.setdefault(job.station_id, []).append(job)
            if number % SORTED_PER_UNIT == 0:
                yield 1
        return cls(found, orders)

    def match(self, station_id: str, work: Work) -> Job | None:
        """The job that a station means by the names it reports; None when no listed job has them.

        Of several, one that is being worked on, then a paused one, then the newest.
        """
        named = [job for job in self.jobs.get(station_id, ()) if job.name == work.job]
        if work.order is not None:
            exact = [job for job in named if self._order_name(job) == work.order]
            # The order may have been archived meanwhile, so that its name is not in the list.
            named = exact or [job for job in named if self._order_name(job) is None]
        return min(named, key=_preference, default=None)

    def _order_name(self, job: Job) -> str | None:
        order = self.orders.get(job.order_id or "")
        return order.name if order else None


def _preference(job: Job) -> tuple[int, float, int]:
    created = job.created_at.timestamp() if job.created_at else 0.0
    number = int(job.remote_id) if job.remote_id.isdecimal() else 0
    return _RANKS.get(job.vendor_status or "", 2), -created, -number
