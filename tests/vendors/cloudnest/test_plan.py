"""Whose a production task is: dealing the answer of one call out to the jobs it was asked for (pure)."""

from collections.abc import Sequence
from typing import Any

from floorgraph.vendors.cloudnest.mapping.task import PlannedTask, planned_tasks
from floorgraph.vendors.cloudnest.plan import Known, chunks
from tests.vendors.cloudnest.mapping.frames import NOW, frame
from tests.vendors.cloudnest.mapping.test_task import part, payload


def task(number: int, *jobs: int, layout: int | None = None) -> PlannedTask:
    parts: list[dict[str, Any]] = [part(guid=f"part-{job}", job_id=job) for job in jobs]
    (made,) = planned_tasks(
        [payload(guid=f"task-{number}", result_guid=f"layout-{layout or number}", parts=parts)], frame()
    )
    return made


def take(known: Known, asked: Sequence[int], *tasks: PlannedTask) -> None:
    known.take(asked, tasks, NOW, 0.0)


def names(known: Known, job: int) -> list[str]:
    return [one.guid for one in known.of(job)]


def test_one_call_for_many_jobs_is_dealt_out_by_the_job_ids_of_the_parts() -> None:
    known = Known()
    take(known, [1, 2, 3], task(1, 1), task(2, 2), task(3, 1, 2))
    assert names(known, 1) == ["task-1", "task-3"]
    assert names(known, 2) == ["task-2", "task-3"]
    assert names(known, 3) == []
    assert 3 in known.jobs, "a job without tasks is known to have none"


def test_a_mixed_task_does_not_make_a_job_known_that_was_not_asked_for() -> None:
    known = Known()
    take(known, [1], task(1, 1, 9))
    assert names(known, 1) == ["task-1"]
    assert 9 not in known.jobs


def test_a_task_that_comes_once_per_job_is_one_task() -> None:
    known = Known()
    take(known, [1, 2], task(3, 1, 2), task(3, 1, 2))
    assert len(known.tasks) == 1


def test_a_task_without_parts_is_nobodys_in_a_call_for_many() -> None:
    known = Known()
    take(known, [1, 2, 3], task(1, 1), task(7))
    assert [one.guid for one in known.unowned()] == ["task-7"]
    assert [names(known, job) for job in (1, 2, 3)] == [["task-1"], [], []]


def test_a_task_without_parts_belongs_to_the_only_job_that_was_asked_for() -> None:
    known = Known()
    take(known, [2], task(7))
    assert names(known, 2) == ["task-7"]
    take(known, [1, 2, 3], task(7))
    assert names(known, 2) == ["task-7"], "what is known once stays known"
    assert known.unowned() == []


def test_asking_for_others_narrows_down_whose_it_is() -> None:
    known = Known()
    take(known, [1, 2, 3], task(7))
    take(known, [1, 4])
    assert known.unowned() != []
    take(known, [2, 4])
    assert names(known, 3) == ["task-7"]


def test_a_task_without_parts_goes_with_another_of_its_layout() -> None:
    known = Known()
    take(known, [1, 2], task(1, 2, layout=5), task(7, layout=5))
    assert names(known, 2) == ["task-1", "task-7"]


def test_a_task_that_is_gone_is_forgotten() -> None:
    known = Known()
    take(known, [1, 2], task(1, 1), task(7))
    take(known, [1, 2])
    assert known.tasks == {}
    assert known.suspects == {}


def test_a_job_that_loses_its_part_in_a_mixed_task_loses_the_task() -> None:
    known = Known()
    take(known, [1, 2], task(3, 1, 2))
    take(known, [1, 2], task(3, 2))
    assert names(known, 1) == []
    assert names(known, 2) == ["task-3"]


def test_ids_go_in_pieces_of_at_most_the_limit() -> None:
    sizes = [len(piece) for piece in chunks(list(range(101)), 50)]
    assert sizes == [50, 50, 1]
    assert chunks([], 50) == []
