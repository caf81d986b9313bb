"""Production tasks and what becomes of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model.job import JobStatus
from floorgraph.model.layout import ProductionStatus
from floorgraph.model.progress import ProgressUnit
from floorgraph.vendors.cloudnest.mapping.frame import canonical
from floorgraph.vendors.cloudnest.mapping.job import nest, task_job
from floorgraph.vendors.cloudnest.mapping.layout import found_layout, layout, placements
from floorgraph.vendors.cloudnest.mapping.piece import PartSize, piece
from floorgraph.vendors.cloudnest.mapping.task import PlannedTask, planned_tasks, together
from floorgraph.vendors.cloudnest.mapping.tree import tree
from tests.vendors.cloudnest.mapping.frames import drift, frame
from tests.vendors.cloudnest.mapping.test_tree import row

TASK = "0d6b3c2a-11aa-4bbb-8ccc-000000000001"
LAYOUT = "AB12CD34-0000-4111-8222-0000000000FF"
PART = "99999999-aaaa-4bbb-8ccc-dddddddddddd"


def payload(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "guid": TASK,
        "result_guid": LAYOUT,
        "plate_name": "panel-1",
        "gmid": 12,
        "width": 1500,
        "height": 6000,
        "material": "304",
        "thickness": 0.8,
        "part_amount": 195,
        "total_plate_amount": 4,
        "finish_plate_amount": 0,
        "comments": "",
        "start_time": None,
        "finish_time": None,
        "status": "uncompleted",
        "parts": [part()],
    }
    return {**usual, **changes}


def part(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "guid": PART,
        "material": "304",
        "thickness": 0.8,
        "amount": 3,
        "part_name": "Bracket",
        "props": [{"prop_name": "customer", "prop_value": "C45"}],
        "drawing_name": "bracket.dxf",
        "drawing_guid": "1" * 8 + "-1111-4111-8111-" + "1" * 12,
        "job_id": 34034,
    }
    return {**usual, **changes}


def one(**changes: Any) -> PlannedTask:
    (task,) = planned_tasks([payload(**changes)], frame())
    return task


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, JobStatus.QUEUED),
        ({"finish_plate_amount": 1}, JobStatus.RUNNING),
        ({"start_time": "2026-03-02 15:00:00"}, JobStatus.RUNNING),
        ({"finish_plate_amount": 4}, JobStatus.COMPLETED),
        ({"finish_plate_amount": 5}, JobStatus.COMPLETED),
        ({"total_plate_amount": 0, "finish_time": "2026-03-02 15:00:00"}, JobStatus.COMPLETED),
        ({"finish_plate_amount": 2, "finish_time": "2026-03-02 15:00:00"}, JobStatus.RUNNING),
        ({"total_plate_amount": 0}, JobStatus.QUEUED),
        ({"status": "completed"}, JobStatus.QUEUED),
    ],
)
def test_the_status_follows_from_counts_and_times_not_from_the_word(
    changes: dict[str, Any], status: JobStatus
) -> None:
    assert one(**changes).status is status


def test_the_status_of_several_tasks() -> None:
    waiting, running, done = one(), one(finish_plate_amount=1), one(finish_plate_amount=4)
    assert together([]) is JobStatus.DRAFT
    assert together([waiting, waiting]) is JobStatus.QUEUED
    assert together([waiting, running]) is JobStatus.RUNNING
    assert together([done, waiting]) is JobStatus.RUNNING
    assert together([done, done]) is JobStatus.COMPLETED


def test_times_are_beijings_without_saying_so() -> None:
    assert one(start_time="2026-03-02 15:00:00").started_at == datetime(2026, 3, 2, 7, tzinfo=UTC)


def test_a_word_never_seen_is_listed_and_stops_nothing() -> None:
    used = frame()
    planned_tasks([payload(status="hibernating")], used)
    (word,) = used.diagnostics.unmapped_words()
    assert (word.vocabulary, word.word) == ("production task status", "hibernating")


def test_guids_are_one_whatever_their_case_and_braces() -> None:
    assert canonical(LAYOUT) == canonical("{" + LAYOUT.lower() + "}") == LAYOUT.lower()
    assert canonical("not a guid") == "not a guid"
    tasks = planned_tasks([payload(), payload(guid=TASK.upper())], frame())
    assert [task.guid for task in tasks] == [TASK]


def test_numbers_may_come_as_texts_and_fields_may_be_missing() -> None:
    task = one(gmid="12", thickness="0.8", finish_plate_amount=None)
    assert (task.gmid, task.thickness, task.finished) == (12, 0.8, 0)
    bare = payload()
    for name in ("comments", "start_time", "finish_time", "width", "parts"):
        del bare[name]
    used = frame()
    (found,) = planned_tasks([bare], used)
    assert found.parts == ()
    assert drift(used) == set()


@pytest.mark.parametrize(
    "props",
    [
        {"props": [{"prop_name": "customer", "prop_value": "C45"}, {"prop_name": "n", "prop_value": 7}]},
        {"props": {"customer": "C45", "n": 7}},
        {"props": None, "prop": None} | {"props": {"customer": "C45", "n": "7"}},
    ],
)
def test_properties_come_as_a_list_or_as_an_object(props: dict[str, Any]) -> None:
    (found,) = one(parts=[part(**props)]).parts
    assert [(entry.name, entry.value) for entry in found.properties] == [("customer", "C45"), ("n", "7")]


def test_an_unreadable_task_or_part_is_noted_and_left_out() -> None:
    used = frame()
    lost: list[Any] = []
    tasks = planned_tasks([payload(), {"guid": None}, 5], used, lost)
    assert lost == [{"guid": None}, 5]
    assert [task.guid for task in tasks] == [TASK]
    (task,) = planned_tasks([payload(parts=[part(), {"amount": 1}])], used)
    assert [one.guid for one in task.parts] == [PART]
    assert {note[2] for note in drift(used)} >= {"unreadable"}


def test_a_task_is_the_child_of_every_job_whose_parts_it_cuts() -> None:
    other = part(guid=PART.replace("9", "8"), job_id=35242)
    task = one(parts=[part(), other, part(job_id="35242")])
    assert task.jobs == (34034, 35242)
    made = task_job(task, task.jobs, frame())
    assert made.parent_ids == ("laser:job:34034", "laser:job:35242")
    assert made.station_id == "laser:station:12"
    assert made.layout_ids == (f"laser:layout:{LAYOUT.lower()}",)
    assert made.progress is not None
    assert (made.progress.total, made.progress.unit) == (4, ProgressUnit.SHEETS)


def test_a_nest_sums_up_its_tasks() -> None:
    node = tree([row(34034, -1, "job", 1)], frame()).nodes[34034]
    first = one(finish_plate_amount=4, start_time="2026-03-02 10:00:00", finish_time="2026-03-02 11:00:00")
    second = one(guid=TASK[:-1] + "2", finish_plate_amount=1, start_time="2026-03-02 12:00:00")
    made = nest(node, [first, second], frame())
    assert made.status is JobStatus.RUNNING
    assert made.progress is not None
    assert (made.progress.done, made.progress.total) == (5, 8)
    assert made.started_at == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert made.ended_at is None, "something is left to do"
    assert nest(node, [first], frame()).ended_at == datetime(2026, 3, 2, 3, tzinfo=UTC)
    assert nest(node, None, frame()).status is JobStatus.UNKNOWN, "nothing is known is not a draft"
    assert nest(node, [], frame()).status is JobStatus.DRAFT


def test_a_layout_is_where_it_is_begun() -> None:
    waiting, begun = one(gmid=12), one(gmid=13, start_time="2026-03-02 10:00:00", finish_plate_amount=1)
    made = layout(LAYOUT.lower(), [waiting, begun], [34034], None, frame())
    assert made.station_id == "laser:station:13"
    assert made.production_status is ProductionStatus.RUNNING
    assert (made.planned_copies, made.finished_copies, made.piece_count) == (8, 1, 195)
    assert (made.width_mm, made.depth_mm, made.height_mm) == (1500, 6000, None)
    assert made.job_ids[0] == "laser:job:34034"


def test_a_piece_counts_copies_times_sheets() -> None:
    task, again = one(finish_plate_amount=1), one(gmid=13, total_plate_amount=2)
    made = piece(task.parts[0], [(task, 3), (again, 5)], PartSize(100.0, 50.0, 7.19), frame())
    assert made.quantity == 3 * 4 + 5 * 2
    assert made.progress is not None
    assert (made.progress.done, made.progress.estimated) == (3, True)
    assert (made.size_x_mm, made.size_y_mm, made.mass_kg) == (100.0, 50.0, 7.19)
    assert not made.serialised
    assert made.station_id is None, "two machines cut it"
    assert made.drawing == "bracket.dxf"


def test_placements_come_in_the_physical_order_once_per_copy() -> None:
    value = {
        "guid": TASK,
        "task_name": "nesting",
        "nest_result": [
            {"guid": "other", "part_list": ["x"], "library_plate_guid": "y"},
            {"guid": LAYOUT, "library_plate_guid": PART.upper(), "part_list": ["B", "A", "B"]},
        ],
    }
    parts, plate = found_layout(value, LAYOUT.lower(), frame())
    assert (parts, plate) == (["b", "a", "b"], PART)
    found = placements(parts, {"b": "Bracket"}, frame())
    assert [(one.position, one.name, one.piece_id) for one in found] == [
        (0, "Bracket", "laser:piece:b"),
        (1, None, "laser:piece:a"),
        (2, "Bracket", "laser:piece:b"),
    ]
    assert found_layout(None, LAYOUT, frame()) == ([], None)
