"""Current work: which production task a machine is at. Pure.

No call joins a machine's file with a task. A task that was begun and is not
finished is at its machine; of several, the one that is named like the file.
"""

from collections.abc import Iterable, Mapping, Sequence

from floorgraph.model.job import Job, JobKind, JobStatus


def current_task(begun: Sequence[Job], file: str | None) -> str | None:
    """Id of the task that a machine works on, of those begun at it; None when none is."""
    stem = (file or "").rpartition(".")[0] or file
    named = [job for job in begun if job.name == stem]
    latest = max(named or begun, key=lambda job: (str(job.started_at or ""), job.id), default=None)
    return latest.id if latest else None


def current_tasks(jobs: Iterable[Job], files: Mapping[str, str | None]) -> dict[str, str]:
    """Station id -> the task it works on; `files` has the stations asked for and the files they name."""
    begun: dict[str, list[Job]] = {}
    for job in jobs:
        at = job.station_id
        if at is not None and at in files and job.kind is JobKind.TASK and job.status is JobStatus.RUNNING:
            begun.setdefault(at, []).append(job)
    found = {key: current_task(begun.get(key, ()), file) for key, file in files.items()}
    return {key: job_id for key, job_id in found.items() if job_id is not None}
