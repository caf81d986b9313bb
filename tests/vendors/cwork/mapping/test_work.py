"""Jobs, orders and pieces: the words of their states, and which job a station means."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model import Job, JobStatus, Kind, Order, OrderStatus, Piece, PieceStatus
from floorgraph.model.time import SystemClock
from floorgraph.vendors.coerce import BadRecord, Fields
from floorgraph.vendors.cwork.current import Candidates
from floorgraph.vendors.cwork.mapping.frame import Frame
from floorgraph.vendors.cwork.mapping.job import (
    OPERATION,
    job,
    reported_remote_id,
    reported_station,
)
from floorgraph.vendors.cwork.mapping.live import Work
from floorgraph.vendors.cwork.mapping.order import ORDER, order
from floorgraph.vendors.cwork.mapping.piece import piece
from floorgraph.vendors.diagnostics import Diagnostics

FRAME = Frame("north", datetime(2026, 3, 2, 8, tzinfo=UTC), Diagnostics(clock=SystemClock()))


def made_job(**fields: Any) -> Job:
    payload = {
        "OperationId": 3,
        "OrderId": 2,
        "Name": "30",
        "CreationDate": "2026-03-01T08:00:00.000+01:00",
        "Description": "",
        "CNCId": 7,
        "DocumentId": 0,
        "CurrentState": -1,
        "PartsToMake": 10,
        "PartsMade": 4,
        "PartsPerCycle": 2,
        "CycleTime": 30,
        **fields,
    }
    return job(Fields(payload, OPERATION, diagnostics=FRAME.diagnostics), FRAME)


def made_order(*jobs: Job, **fields: Any) -> Order:
    payload = {
        "OrderId": 2,
        "Name": "588558",
        "CreationDate": "2026-03-01T08:00:00Z",
        "Description": "",
        "PartReference": "C138",
        "Client": "Client1234",
        "CurrentState": -1,
        "Valid": 1,
        "Archived": 0,
        **fields,
    }
    return order(Fields(payload, ORDER, diagnostics=FRAME.diagnostics), FRAME, {"north:order:2": jobs})


def made_piece(of: Job, *orders: Order) -> Piece:
    return piece(of, {one.id: one for one in orders}, FRAME)


@pytest.mark.parametrize(
    ("state", "made", "asked", "status"),
    [
        (-1, 0, 10, JobStatus.PLANNED),
        (0, 4, 10, JobStatus.RUNNING),
        (1, 4, 10, JobStatus.RUNNING),
        ("1", "4", "10", JobStatus.RUNNING),
        (3, 4, 10, JobStatus.PAUSED),
        (2, 10, 10, JobStatus.COMPLETED),
        (2, 11, 10, JobStatus.COMPLETED),
        (2, 9, 10, JobStatus.STOPPED),
        (2, 0, 0, JobStatus.STOPPED),
        (2, None, 10, JobStatus.STOPPED),
        (7, 4, 10, JobStatus.UNKNOWN),
        (None, 4, 10, JobStatus.UNKNOWN),
    ],
)
def test_the_state_of_an_operation(state: object, made: object, asked: object, status: JobStatus) -> None:
    found = made_job(CurrentState=state, PartsMade=made, PartsToMake=asked)
    assert found.status is status
    assert found.vendor_status == (None if state is None else str(state))


def test_an_operation_refers_to_station_order_and_document() -> None:
    found = made_job(DocumentId=12, CNCId=0)
    assert found.program_id == "north:program:12"
    assert found.order_id == "north:order:2"
    assert found.station_id == "north:station:0", "a station's handle may be 0"
    assert made_job(DocumentId=0, OrderId=0).program_id is None
    assert made_job(DocumentId=0, OrderId=0).order_id is None
    assert found.created_at == datetime(2026, 3, 1, 7, tzinfo=UTC)


def test_an_operation_without_a_number_is_no_record() -> None:
    with pytest.raises(BadRecord, match="OperationId"):
        made_job(OperationId=None)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (-1, OrderStatus.RELEASED),
        (0, OrderStatus.IN_PROGRESS),
        (1, OrderStatus.IN_PROGRESS),
        (3, OrderStatus.PAUSED),
        (8, OrderStatus.UNKNOWN),
    ],
)
def test_the_state_of_an_order(state: int, status: OrderStatus) -> None:
    assert made_order(CurrentState=state).status is status


def test_a_stopped_order_is_complete_when_all_its_jobs_are() -> None:
    done = made_job(CurrentState=2, PartsMade=10)
    open_ = made_job(OperationId=4)
    assert made_order(done, CurrentState=2).status is OrderStatus.COMPLETED
    assert made_order(done, open_, CurrentState=2).status is OrderStatus.STOPPED
    assert made_order(CurrentState=2).status is OrderStatus.STOPPED, "without jobs nothing says so"


@pytest.mark.parametrize("yes", [1, "1", True])
@pytest.mark.parametrize("no", [0, "0", False])
def test_valid_and_archived_are_flags_in_many_forms(yes: object, no: object) -> None:
    found = made_order(Valid=no, Archived=yes)
    assert (found.valid, found.archived) == (False, True)
    found = made_order(Valid=yes, Archived=no)
    assert (found.valid, found.archived) == (True, False)


@pytest.mark.parametrize(
    ("state", "made", "status"),
    [
        (-1, 0, PieceStatus.PLANNED),
        (0, 1, PieceStatus.IN_PROGRESS),
        (3, 1, PieceStatus.IN_PROGRESS),
        (2, 10, PieceStatus.COMPLETED),
        (2, 1, PieceStatus.INCOMPLETE),
        (9, 1, PieceStatus.UNKNOWN),
    ],
)
def test_the_parts_of_an_operation_are_one_piece(state: int, made: int, status: PieceStatus) -> None:
    found = made_piece(made_job(CurrentState=state, PartsMade=made), made_order())
    assert found.status is status
    assert (found.serialised, found.quantity, found.reference, found.name) == (False, 10, "C138", "C138")
    assert found.progress is not None
    assert (found.progress.done, found.progress.total) == (made, 10)
    assert (found.job_id, found.order_id, found.station_id) == (
        "north:job:3",
        "north:order:2",
        "north:station:7",
    )


def test_a_piece_without_its_order_has_the_jobs_name() -> None:
    found = made_piece(made_job())
    assert (found.name, found.reference) == ("30", None)


STATION = "north:station:7"


def match(work: Work, *jobs: Job, orders: tuple[Order, ...] = ()) -> str | None:
    found = Candidates.of(jobs, {one.id: one for one in orders}).match(STATION, work)
    return found.remote_id if found else None


def test_the_current_job_has_the_names_that_the_station_reports() -> None:
    right, other = made_order(), made_order(OrderId=5, Name="588559")
    jobs = (
        made_job(OperationId=1, OrderId=5),
        made_job(OperationId=2),
        made_job(OperationId=3, Name="40"),
        made_job(OperationId=4, CNCId=8),
    )
    assert match(Work("588558", "30"), *jobs, orders=(right, other)) == "2"
    assert match(Work("588559", "30"), *jobs, orders=(right, other)) == "1"
    assert match(Work("588559", "40"), *jobs, orders=(right, other)) is None
    assert match(Work(None, "40"), *jobs, orders=(right, other)) == "3"
    assert match(Work("588558", None), *jobs, orders=(right, other)) is None


def test_of_several_current_jobs_the_running_then_the_paused_then_the_newest_counts() -> None:
    old = made_job(OperationId=1, CreationDate="2026-01-01T00:00:00Z")
    new = made_job(OperationId=2, CreationDate="2026-02-01T00:00:00Z")
    paused = made_job(OperationId=3, CurrentState=3, CreationDate="2025-01-01T00:00:00Z")
    running = made_job(OperationId=4, CurrentState=1, CreationDate="2024-01-01T00:00:00Z")
    orders = (made_order(),)
    work = Work("588558", "30")
    assert match(work, old, paused, running, new, orders=orders) == "4"
    assert match(work, old, paused, new, orders=orders) == "3"
    assert match(work, old, new, orders=orders) == "2"


def test_a_job_whose_order_was_archived_meanwhile_still_matches() -> None:
    other = made_order(OrderId=5, Name="588559")
    assert match(Work("588558", "30"), made_job(), orders=(other,)) == "3"
    assert match(Work("588558", "30"), made_job(OrderId=5), orders=(other,)) is None


@pytest.mark.parametrize("name", ["30", "a/b", "100 %", "Größe/2#", "", "x:y"])
def test_the_id_of_a_reported_job_is_unambiguous(name: str) -> None:
    remote = reported_remote_id("7", Work(name or None, "job/1"))
    assert reported_station(remote) == "7"
    assert remote != reported_remote_id("7", Work(f"{name}/job", "1"))
    assert reported_station("17") is None
    assert FRAME.id(Kind.JOB, remote).startswith("north:job:7/")
