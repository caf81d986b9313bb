"""Long plans are put together in steps, of what was known when that began (pure)."""

from collections.abc import Sequence

from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.floor import Assembly, FloorWork
from floorgraph.vendors.cloudnest.mapping.tree import LEAF, growing, tree
from floorgraph.vendors.cloudnest.plan import Known
from floorgraph.vendors.turns import Steps, at_once
from tests.vendors.cloudnest.mapping.frames import NOW, frame
from tests.vendors.cloudnest.test_plan import task

JOBS = range(1, 301)


def rows(numbers: Sequence[int]) -> list[dict[str, object]]:
    return [
        {
            "id": number,
            "parent_id": 0,
            "title": f"Job {number}",
            "type": LEAF,
            "status": "1",
            "position": number,
        }
        for number in numbers
    ]


def known() -> Known:
    found = Known()
    found.take(JOBS, [task(number, number) for number in JOBS], NOW, 0.0)
    return found


def assembly(plan: Known, previous: FloorWork | None = None) -> Assembly:
    return Assembly(tree(rows(JOBS), frame()), plan, frame(), {}, {}, previous or FloorWork())


def units(steps: Steps[object]) -> list[int]:
    return list(steps)


def test_every_record_is_a_step_of_its_own_at_least() -> None:
    done = units(assembly(known()).work(stale_tree=False))
    records = len(JOBS) * 4  # a nest, a task, a layout and a piece each
    assert sum(done) >= records
    assert max(done) <= 10
    assert len(units(growing(rows(JOBS), frame()))) == len(JOBS)


def test_what_becomes_known_meanwhile_is_left_for_the_next_time() -> None:
    plan = known()
    steps = assembly(plan.copy()).work(stale_tree=False)
    next(steps)
    plan.take([1], [task(900, 1)], NOW, 0.0)
    work = at_once(steps)
    assert frame().id(Kind.JOB, "task-1") in work.jobs
    assert frame().id(Kind.JOB, "task-900") not in work.jobs
    after = at_once(assembly(plan.copy(), work).work(stale_tree=False))
    assert frame().id(Kind.JOB, "task-1") not in after.jobs
    assert frame().id(Kind.JOB, "task-900") in after.jobs


def test_a_copy_goes_its_own_way() -> None:
    plan = known()
    copy = plan.copy()
    plan.take([1, 2], [task(7)], NOW, 0.0)
    assert [one.guid for one in copy.of(1)] == ["task-1"]
    assert copy.suspects == {}
    assert set(plan.suspects) == {"task-7"}
