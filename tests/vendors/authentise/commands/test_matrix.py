"""Every command against every answer that none of them may take for success, and what became of it then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from floorgraph.model.command import Command, CommandOutcome
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobStatus
from floorgraph.model.order import OrderStatus
from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.authentise.commands.desk import HANDLERS
from floorgraph.vendors.authentise.commands.downtimes import EndDowntime, ScheduleDowntime
from floorgraph.vendors.authentise.commands.making import CreateJobs
from floorgraph.vendors.authentise.commands.material import BatchActionKind, RecordBatchAction
from floorgraph.vendors.authentise.commands.orders import UpdateOrder
from floorgraph.vendors.authentise.commands.positions import SetLineItemStatus
from floorgraph.vendors.authentise.commands.queueing import QueueJob
from floorgraph.vendors.authentise.commands.reports import RequestTraceabilityReport
from floorgraph.vendors.authentise.commands.statuses import SetJobStatus
from floorgraph.vendors.authentise.commands.transformations import PieceTransformation, TransformPieces
from floorgraph.vendors.failures import OutcomeUnknown, RateLimited, SourceFailure, Unreachable
from tests.vendors.authentise.commands.hand import job_id, prints_of, reviewed, run_in, writes
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import OPTIONS, START, Hall

NOW, HOUR = datetime.fromisoformat(START), timedelta(hours=1)
ERRORS = '{"errors": [{"code": "Refused", "title": "Not like this"}]}'


def of_downtime(hall: Hall) -> Command:
    station = hall.ids(Kind.STATION, "printer")[0]
    return ScheduleDowntime(station_id=station, start=NOW, finish=datetime(2099, 1, 1), reason="Filter")  # noqa: DTZ001


def of_end(hall: Hall) -> Command:
    printer = hall.uuids("printer")[0]
    values = {
        "printer": f"/printer/{printer}/",
        "start": START,
        "status": "in_progress",
        "finish": "2099-01-01T00:00:00+00:00",
    }
    (made,) = hall.change(add=[{"resource": "downtime", "values": values}])["added"]
    return EndDowntime(station_id=f"am:station:printer/{printer}", downtime=str(made).strip("/"))


def of_status(hall: Hall) -> Command:
    return SetJobStatus(job_id=job_id(run_in(hall, "in-progress")), status=JobStatus.PAUSED)


def of_queue(hall: Hall) -> Command:
    longest = max(hall.state()["queues"].values(), key=len)
    return QueueJob(job_id=f"am:job:{longest[-1].strip('/')}")


def of_making(hall: Hall) -> Command:
    pieces = [one["uuid"] for one in hall.state()["piece"] if one["status"] == "confirmed"][:2]
    ids = tuple(f"am:piece:piece/{one}" for one in pieces)
    return CreateJobs(station_id=hall.ids(Kind.STATION, "printer")[0], piece_ids=ids)


def of_transforming(hall: Hall) -> Command:
    run = run_in(hall, "in-progress", operation="printing")
    pieces = tuple(prints_of(hall, run)[:1])
    return TransformPieces(job_id=job_id(run), piece_ids=pieces, transformation=PieceTransformation.REDO)


def of_batch(hall: Hall) -> Command:
    return RecordBatchAction(batch_id=hall.ids(Kind.BATCH, "material-batch")[0], action=BatchActionKind.SIEVE)


def of_report(hall: Hall) -> Command:
    return RequestTraceabilityReport(piece_id=hall.ids(Kind.PIECE, "piece")[0])


def of_order(hall: Hall) -> Command:
    return UpdateOrder(order_id=hall.ids(Kind.ORDER, "order")[0], name="Rush")


def of_position(hall: Hall) -> Command:
    order = hall.uuids("order")[0]
    values = {"order": f"/order/{order}/", "quantity": 1, "status": "pending", "type": "product"}
    (made,) = hall.change(add=[{"resource": "line-item", "values": values}])["added"]
    return SetLineItemStatus(
        order_id=f"am:order:order/{order}", line_item=str(made).strip("/"), status=OrderStatus.RELEASED
    )


MADE: dict[type[Command], Callable[[Hall], Command]] = {
    ScheduleDowntime: of_downtime,
    EndDowntime: of_end,
    SetJobStatus: of_status,
    QueueJob: of_queue,
    CreateJobs: of_making,
    TransformPieces: of_transforming,
    RecordBatchAction: of_batch,
    RequestTraceabilityReport: of_report,
    UpdateOrder: of_order,
    SetLineItemStatus: of_position,
}
EVERY = pytest.mark.parametrize("make", list(MADE.values()), ids=[one.word() for one in MADE])
ELSEWHERE: dict[str, Any] = {"location": "http://127.0.0.1:9/"}
REFUSED = {
    400: "NOT_POSSIBLE_NOW",
    403: "REFUSED_BY_VENDOR",
    404: "NOT_FOUND",
    405: "UNSUPPORTED",
    409: "NOT_POSSIBLE_NOW",
}


def test_every_command_is_here() -> None:
    assert set(MADE) == set(HANDLERS)


def told(hall: Hall) -> Any:
    """What commands could have changed."""
    state = hall.state()
    return {
        name: state[name]
        for name in ("run", "piece", "material-batch", "order", "downtime", "queues", "counts")
    }


async def answered(hall: Hall, source: Build, command: Command, kind: str, **fault: Any) -> Any:
    """What a source makes of a command that is answered like this."""
    am = source(hall)
    assert list((await reviewed(am, command)).errors) == []
    before = told(hall)
    hall.forget_calls()
    writing = [f"{method} *" for method in ("POST", "PUT", "DELETE")]
    for endpoint in writing:
        hall.fault(kind, endpoint=endpoint, **fault)
    try:
        return await am.carry_out(command, "c")
    except SourceFailure as failure:
        return failure
    finally:
        hall.heal()
        assert len(writes(hall)) == 1
        assert told(hall) == before


@EVERY
async def test_refusals_are_told_apart(busy: Hall, source: Build, make: Callable[[Hall], Command]) -> None:
    command = make(busy)
    for status, code in REFUSED.items():
        result = await answered(busy, source, command, "status", status=status, body=ERRORS)
        assert result.outcome is CommandOutcome.REJECTED, result
        assert [(one.code.value, one.vendor_code) for one in result.errors] == [(code, "Refused")], status
        assert "Not like this" in result.errors[0].message


@EVERY
async def test_what_may_have_been_done_is_unknown(
    busy: Hall, source: Build, make: Callable[[Hall], Command]
) -> None:
    command = make(busy)
    for kind, fault in (
        ("status", {"status": 500}),
        ("status", {"status": 503}),
        ("status", {"status": 408}),
        ("html", {}),
        # As much "it was done, look there" as "first go there".
        ("redirect", ELSEWHERE),
    ):
        found = await answered(busy, source, command, kind, **fault)
        assert isinstance(found, OutcomeUnknown), (kind, fault, found)


@EVERY
async def test_what_was_certainly_not_done_is_no_unknown_outcome(
    busy: Hall, source: Build, make: Callable[[Hall], Command]
) -> None:
    command = make(busy)
    found = await answered(busy, source, command, "rate_limit", retry_after=1)
    assert isinstance(found, RateLimited)
    for kind, fault in (("unauthorized", {}), ("redirect", ELSEWHERE | {"status": 307})):
        found = await answered(busy, source, command, kind, **fault)
        assert isinstance(found, SourceFailure), (kind, found)
        assert not isinstance(found, OutcomeUnknown), (kind, found)


@EVERY
async def test_with_the_vendor_down_nothing_is_done(
    busy: Hall, source: Build, make: Callable[[Hall], Command]
) -> None:
    command = make(busy)
    with simulator_process("authentise", OPTIONS) as running:
        gone = running.base_url
    with pytest.raises(Unreachable):
        await source(gone).review(command)
    with pytest.raises(Unreachable):
        await source(gone).carry_out(command, "c")
