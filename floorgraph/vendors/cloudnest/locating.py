"""Locating: whose a layout or task is, told by a call or a few instead of by reading all jobs."""

from collections.abc import Iterable, Sequence

from floorgraph.vendors.cloudnest.endpoints import LAYOUT_JOB, TASK_DETAILS
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.task import planned_tasks
from floorgraph.vendors.coerce import BadRecord
from floorgraph.vendors.failures import NotApplicable, NotFound, SourceFailure
from floorgraph.vendors.gate import Freshness

LASTS = 3600.0


class Locating:
    """Finds the jobs behind GUIDs where the configuration has the paths for it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def layouts(self, guids: Sequence[str], most: int, freshness: Freshness) -> set[int] | None:
        """The jobs of layouts, a call for each; None when that cannot be told with so few calls."""
        if len(guids) > most or not self._gateway.grants.has(LAYOUT_JOB):
            return None
        found: set[int] = set()
        for guid in guids:
            try:
                observed = await self._gateway.read(Question(LAYOUT_JOB, {"guid": guid}, LASTS), freshness)
                fields = self._gateway.frame(observed.at).fields(observed.value.value, "job of a layout")
            except (NotFound, NotApplicable):
                continue
            except (SourceFailure, BadRecord):
                return None
            job = fields.integer("job_id", "jobId")
            if job is None:
                return None
            found.add(job)
        return found

    async def tasks(self, guids: Sequence[str], freshness: Freshness) -> set[int] | None:
        """The jobs of tasks, all in one call; None when that cannot be told."""
        if len(guids) > self._gateway.settings.chunk or not self._gateway.grants.has(TASK_DETAILS):
            return None
        try:
            question = Question(TASK_DETAILS, {"guid": sorted(guids)}, LASTS)
            observed = await self._gateway.read(question, freshness)
        except (NotFound, NotApplicable):
            return set()
        except SourceFailure:
            return None
        tasks = planned_tasks(observed.value.items(), self._gateway.frame(observed.at))
        if any(not task.jobs for task in tasks):
            return None
        return _all(task.jobs for task in tasks)


def _all(groups: Iterable[Iterable[int]]) -> set[int]:
    return {one for group in groups for one in group}
