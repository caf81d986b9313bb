"""Jobs are made of pieces, and pieces transformed, followed to the end."""

from typing import Any

import pytest

from floorgraph.model.command import CommandOutcome, OperationStatus
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobStatus
from floorgraph.vendors.authentise.commands.making import CreateJobs
from floorgraph.vendors.authentise.commands.transformations import PieceTransformation, TransformPieces
from floorgraph.vendors.commands import Verdict
from floorgraph.vendors.failures import OutcomeUnknown
from tests.vendors.authentise.commands.hand import (
    SHORT,
    complaints,
    done,
    followed,
    given_up,
    job_id,
    prints_of,
    record,
    reviewed,
    run_in,
    settled,
    writes,
)
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

CREATE, TRANSFORM = "POST /create-runs/", "POST /run-transformation/"
SUCCEEDED, FAILED, RUNNING = OperationStatus.SUCCEEDED, OperationStatus.FAILED, OperationStatus.RUNNING


def unplanned(hall: Hall, many: int) -> list[str]:
    """Pieces that nobody has planned yet."""
    found = [
        one for one in hall.state()["piece"] if one["status"] == "confirmed" and not one["current_print"]
    ]
    assert len(found) >= many
    return [f"am:piece:piece/{one['uuid']}" for one in found[:many]]


def wish(hall: Hall, many: int = 3, **given: Any) -> CreateJobs:
    usual: dict[str, Any] = {
        "station_id": hall.ids(Kind.STATION, "printer")[0],
        "piece_ids": tuple(unplanned(hall, many)),
        "name": "Plate of the day",
    }
    return CreateJobs(**(usual | given))


async def test_jobs_are_made_of_pieces(busy: Hall, source: Build) -> None:
    am, command = source(busy), wish(busy, priority=90)
    result = await done(am, command)
    told = await followed(am, busy, command, result)
    assert [one.status for one in told] == [RUNNING] * (len(told) - 1) + [SUCCEEDED]
    last = told[-1]
    assert last.record_ids
    jobs, layouts = last.result["jobs"], last.result["layouts"]
    assert jobs
    assert layouts
    assert [*jobs, *layouts] == last.record_ids
    first = await record(am, Kind.JOB, last.record_ids[0])
    assert first.name == "Plate of the day"
    assert first.priority == 90
    assert first.station_id == command.station_id
    assert {(await record(am, Kind.JOB, one)).status for one in jobs} <= {
        JobStatus.QUEUED,
        JobStatus.READY,
        JobStatus.PLANNED,
    }
    for one in command.piece_ids:
        assert (await record(am, Kind.PIECE, one)).job_id in jobs
    assert writes(busy) == [CREATE]


async def test_pieces_that_cannot_be_made_are_told(busy: Hall, source: Build) -> None:
    am = source(busy)
    piece = wish(busy).piece_ids[0]
    gone = "am:piece:piece/00000000-0000-4000-8000-000000000000"
    printer = busy.ids(Kind.STATION, "printer")[0]
    cases = [
        (wish(busy, piece_ids=()), [("INVALID", "pieceIds")]),
        (wish(busy, piece_ids=(piece, piece)), [("INVALID", "pieceIds")]),
        (wish(busy, piece_ids=(piece, gone)), [("NOT_FOUND", "pieceIds.1")]),
        (wish(busy, priority=101), [("INVALID", "priority")]),
        (wish(busy, name=""), [("INVALID", "name")]),
        (wish(busy, station_id=printer.replace("printer", "shipping")), [("NOT_FOUND", "stationId")]),
    ]
    for command, expected in cases:
        assert await complaints(am, command) == expected
    busy.change(set={f"/{piece.removeprefix('am:piece:')}/": {"is_order_deleted": True}})
    (complaint,) = (await reviewed(am, wish(busy, piece_ids=(piece,)))).errors
    assert complaint.message.endswith("belongs to an order that was deleted.")
    assert writes(busy) == []


async def test_the_vendor_refuses_to_make_jobs(busy: Hall, source: Build) -> None:
    am, command = source(busy), wish(busy)
    await reviewed(am, command)
    busy.change(remove=[f"/{command.piece_ids[0].removeprefix('am:piece:')}/"])
    result = await am.carry_out(command, "c")
    assert result.outcome is CommandOutcome.REJECTED
    assert [one.code.value for one in result.errors] == ["NOT_FOUND"]


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_jobs_to_be_made(busy: Hall, source: Build, applied: bool) -> None:
    am, command = source(busy, timeouts=SHORT), wish(busy)
    review = await reviewed(am, command)
    busy.fault("hang", endpoint=CREATE, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(busy)
    found = await settled(am, command, review)
    assert found.verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert busy.state()["counts"].get("create-runs", 0) == review_count(review.before) + applied
    assert writes(busy) == [CREATE]


def review_count(before: Any) -> int:
    return len(before["known"])


async def test_a_server_that_names_nothing_never_tells(busy: Hall, source: Build) -> None:
    am, command = source(busy), wish(busy)
    busy.fault("status", endpoint=CREATE, status=204, body="", count=1)
    result = await am.carry_out(command, "c")
    assert (result.outcome, result.handle) == (CommandOutcome.ACCEPTED, None)


def change(hall: Hall, what: PieceTransformation, many: int = 2, **given: Any) -> TransformPieces:
    run = run_in(hall, "in-progress", operation="printing")
    pieces = prints_of(hall, run)
    assert len(pieces) > many
    return TransformPieces(job_id=job_id(run), piece_ids=tuple(pieces[:many]), transformation=what, **given)


@pytest.mark.parametrize(
    "what",
    [
        PieceTransformation.REMANUFACTURE,
        PieceTransformation.REDO,
        PieceTransformation.SCRAP,
        PieceTransformation.FLAG_NON_CONFORMANCE,
    ],
)
async def test_pieces_are_transformed(busy: Hall, source: Build, what: PieceTransformation) -> None:
    am, command = source(busy), change(busy, what, reason="Layer shift")
    result = await done(am, command)
    told = await followed(am, busy, command, result)
    assert told[-1].status is SUCCEEDED
    pieces = [await record(am, Kind.PIECE, one) for one in command.piece_ids]
    if what is PieceTransformation.REDO:
        assert told[-1].record_ids
        assert {piece.job_id for piece in pieces} == set(told[-1].record_ids)
    else:
        assert {piece.status.value for piece in pieces} <= {"FAILED", "REPLACED", "CANCELLED"}
    assert writes(busy) == [TRANSFORM]


async def test_steps_are_changed(busy: Hall, source: Build) -> None:
    am = source(busy)
    steps = tuple(
        f"process-step/{row['uri'].rstrip('/').rpartition('/')[2]}"
        for row in (await am.resource("process-step", {}, 2, None)).items
        if isinstance(row, dict)
    )
    command = change(busy, PieceTransformation.CHANGE_WORKFLOW, workflow_steps=steps)
    told = await followed(am, busy, command, await done(am, command))
    assert told[-1].status is SUCCEEDED


async def test_an_operation_that_fails_says_why(busy: Hall, source: Build) -> None:
    am, command = source(busy), change(busy, PieceTransformation.REDO)
    result = await done(am, command)
    run = command.job_id.removeprefix("am:job:")
    busy.change(runs={f"/{run}/": "cancelled"})
    told = await followed(am, busy, command, result)
    assert (told[-1].status, told[-1].detail) == (FAILED, "The run has ended")


async def test_transformations_that_make_no_sense_are_not_sent(busy: Hall, source: Build) -> None:
    am = source(busy)
    running = change(busy, PieceTransformation.REDO)
    queued = run_in(busy, "queued", "queued-work-ready")
    stranger = unplanned(busy, 1)[0]
    given: dict[str, Any] = {"job_id": running.job_id, "piece_ids": running.piece_ids}
    cases: list[tuple[TransformPieces, list[tuple[str, str]]]] = [
        (
            TransformPieces(**given | {"job_id": job_id(queued)}, transformation=PieceTransformation.REDO),
            [("NOT_POSSIBLE_NOW", "jobId")],
        ),
        (
            TransformPieces(**given | {"piece_ids": (stranger,)}, transformation=PieceTransformation.SCRAP),
            [("NOT_POSSIBLE_NOW", "pieceIds.0")],
        ),
        (
            TransformPieces(**given, transformation=PieceTransformation.CHANGE_WORKFLOW),
            [("INVALID", "workflowSteps")],
        ),
        (
            TransformPieces(
                **given, transformation=PieceTransformation.REDO, workflow_steps=("process-step/x",)
            ),
            [("INVALID", "workflowSteps"), ("INVALID", "workflowSteps.0")],
        ),
        (
            TransformPieces(**given, transformation=PieceTransformation.SPLIT_SHIPMENT),
            [("NOT_POSSIBLE_NOW", "transformation")],
        ),
    ]
    for command, expected in cases:
        assert await complaints(am, command) == expected
    assert writes(busy) == []


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_a_transformation(busy: Hall, source: Build, applied: bool) -> None:
    am, command = source(busy, timeouts=SHORT), change(busy, PieceTransformation.REDO)
    review = await reviewed(am, command)
    busy.fault("hang", endpoint=TRANSFORM, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(busy)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(busy) == [TRANSFORM]


def to_be_sent(hall: Hall) -> tuple[str, list[str]]:
    """A shipping job that waits, and its pieces."""
    for _ in range(4000):
        state = hall.state()
        ready = {
            one["current_print"]: one["uuid"]
            for one in state["piece"]
            if one["status"] == "queued-for-shipping"
        }
        for run in state["run"]:
            mine = [ready[link] for link in run["prints"] if link in ready]
            waits = run["status"] in ("queued", "queued-work-ready")
            if run["operation"] == "shipping" and waits and len(mine) == len(run["prints"]) > 1:
                return job_id(run), [f"am:piece:piece/{uuid}" for uuid in mine]
        hall.step(60)
    raise AssertionError("nothing is ever sent")


@pytest.mark.parametrize("applied", [None, True, False])
async def test_pieces_are_sent_apart(busy: Hall, source: Build, applied: bool | None) -> None:
    busy.change(alive=True)
    job, pieces = to_be_sent(busy)
    busy.change(alive=False)
    busy.forget_calls()
    am = source(busy, timeouts=SHORT)
    command = TransformPieces(
        job_id=job, piece_ids=tuple(pieces[:1]), transformation=PieceTransformation.SPLIT_SHIPMENT
    )
    review = await reviewed(am, command)
    assert list(review.errors) == []
    if applied is None:
        result = await am.carry_out(command, "c")
        assert result.outcome is CommandOutcome.CONFIRMED
        (made,) = result.record_ids
        assert (await record(am, Kind.PIECE, pieces[0])).job_id == made != job
    else:
        busy.fault("hang", endpoint="POST /shipment/split/", applied=applied, count=1)
        with pytest.raises(OutcomeUnknown):
            await am.carry_out(command, "c")
        await given_up(busy)
        assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(busy) == ["POST /shipment/split/"]
