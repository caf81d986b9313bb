"""Current work: which production task a machine is at. Pure.

No call joins a machine's file with a task. A task that was begun and is not
finished is at its machine; of several, the one that is named like the file.
"""

from collections.abc import Iterable, Mapping

from floorgraph.model.job import Job, JobKind, JobStatus


def current_task(jobs: Iterable[Job], station_id: str, file: str | None) -> str | None:
    """Id of the task that a machine works on; None when none is begun."""
    begun = [
        job
        for job in jobs
        if job.station_id == station_id and job.kind is JobKind.TASK and job.status is JobStatus.RUNNING
    ]
    stem = (file or "").rpartition(".")[0] or file
    named = [job for job in begun if job.name == stem]
    latest = max(named or begun, key=lambda job: (str(job.started_at or ""), job.id), default=None)
    return latest.id if latest else None


def current_tasks(jobs: Iterable[Job], files: Mapping[str, str | None]) -> dict[str, str]:
    """Station id -> the task it works on; `files` has the stations asked for and the files they name."""
    known = list(jobs)
    found = {key: current_task(known, key, file) for key, file in files.items()}
    return {key: job_id for key, job_id in found.items() if job_id is not None}
