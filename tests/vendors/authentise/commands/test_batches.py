"""What is told of batches, and the reports about batches and pieces."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from floorgraph.model.batch import BatchStatus
from floorgraph.model.command import CommandOutcome, OperationStatus
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.material import BatchActionKind, RecordBatchAction
from floorgraph.vendors.authentise.commands.reports import RequestTraceabilityReport, TraceabilityTopic
from floorgraph.vendors.commands import Verdict
from floorgraph.vendors.failures import BudgetExhausted, NotFound, OutcomeUnknown, Unsupported
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.ledger import Ledger
from tests.support.fakeclock import FakeClock
from tests.support.upstream import Answer, serving
from tests.vendors.authentise.commands.hand import (
    SHORT,
    complaints,
    done,
    followed,
    given_up,
    record,
    reviewed,
    settled,
    writes,
)
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

POST = "POST /material-batch-action/"
KEPT = Freshness(max_age=3600)


def batch_of(hall: Hall, *statuses: str) -> Mapping[str, Any]:
    for one in hall.state()["material-batch"]:
        if one["status"] in statuses and one["quantity"] > 2 and not one["at_machine"]:
            return one  # type: ignore[no-any-return]
    raise AssertionError(f"no batch is {statuses}")


def batch_id(one: Mapping[str, Any]) -> str:
    return f"am:batch:material-batch/{one['uuid']}"


def act(hall: Hall, action: BatchActionKind, **given: Any) -> RecordBatchAction:
    if "batch_id" not in given:
        given["batch_id"] = batch_id(batch_of(hall, "idle", "new", "in_use"))
    return RecordBatchAction(action=action, **given)


async def test_material_is_set_apart_as_a_batch_of_its_own(hall: Hall, source: Build) -> None:
    am, command = source(hall), act(hall, BatchActionKind.SPLIT_BATCH, quantity=1.5, notes="For the lab")
    before = await record(am, Kind.BATCH, str(command.batch_id))
    result = await done(am, command)
    assert result.outcome is CommandOutcome.CONFIRMED
    first, made = result.record_ids
    assert first == command.batch_id
    assert (await record(am, Kind.BATCH, made, KEPT)).quantity == 1.5
    assert (await record(am, Kind.BATCH, first, KEPT)).quantity == pytest.approx(before.quantity - 1.5)
    assert writes(hall) == [POST]


async def test_metadata_are_passed_on_with_links_for_ids(hall: Hall, source: Build) -> None:
    am, printer = source(hall), hall.ids(Kind.STATION, "printer")[0]
    command = act(hall, BatchActionKind.MACHINE_LOAD, quantity=1.0, metadata={"machine": printer})
    result = await done(am, command)
    assert result.record_ids == [command.batch_id]
    loaded = await record(am, Kind.BATCH, str(command.batch_id), KEPT)
    assert (loaded.station_id, loaded.status) == (printer, BatchStatus.IN_USE)


@pytest.mark.parametrize(
    "kind", [one for one in BatchActionKind if one.value not in ("CREATE_INITIAL_BATCH", "MACHINE_LOAD")]
)
async def test_every_action_is_told_in_the_vendors_words(
    hall: Hall, source: Build, kind: BatchActionKind
) -> None:
    am, command = source(hall, destructive_commands=True), act(hall, kind, quantity=1.0)
    assert (await done(am, command)).outcome is CommandOutcome.CONFIRMED
    rows: Any = (await am.resource("material-batch-action", {"sort": "-created"}, 1, None)).items
    assert rows[0]["action_type"] == kind.value.lower()


async def test_a_first_batch_is_made_of_lots(hall: Hall, source: Build) -> None:
    am = source(hall)
    lots: Any = (await am.resource("material-lot", {}, 1, None)).items
    metadata = {"material_lots": [lots[0]["uri"]]}
    command = RecordBatchAction(
        action=BatchActionKind.CREATE_INITIAL_BATCH, source="am", quantity=5.0, metadata=metadata
    )
    (made,) = (await done(am, command)).record_ids
    assert (await record(am, Kind.BATCH, made)).quantity == 5.0


async def test_what_makes_no_sense_is_not_sent(hall: Hall, source: Build) -> None:
    am = source(hall)
    one = batch_of(hall, "idle", "new", "in_use")
    split, test = BatchActionKind.SPLIT_BATCH, BatchActionKind.TEST
    cases = [
        (act(hall, split), [("INVALID", "quantity")]),
        (act(hall, split, quantity=-1.0), [("INVALID", "quantity")]),
        (act(hall, split, quantity=float("nan")), [("INVALID", "quantity")]),
        (act(hall, test, quantity=one["quantity"] + 1), [("NOT_POSSIBLE_NOW", "quantity")]),
        (act(hall, BatchActionKind.SCRAP_BATCH), [("DESTRUCTIVE_DISABLED", "action")]),
        (act(hall, BatchActionKind.SIEVE, batch_id=None), [("INVALID", "batchId")]),
        (act(hall, BatchActionKind.CREATE_INITIAL_BATCH), [("INVALID", "batchId")]),
        (act(hall, BatchActionKind.SIEVE, notes="x" * 10_001), [("INVALID", "notes")]),
        (act(hall, BatchActionKind.SIEVE, batch_id="am:batch:material-batch/x"), [("NOT_FOUND", "batchId")]),
    ]
    for command, expected in cases:
        assert await complaints(am, command) == expected, command
    hall.change(set={f"/material-batch/{one['uuid']}/": {"status": "done"}})
    used = {"batch_id": batch_id(one)}
    assert await complaints(am, act(hall, BatchActionKind.SIEVE, **used)) == [("NOT_POSSIBLE_NOW", "batchId")]
    assert await complaints(am, act(hall, BatchActionKind.EDIT_BATCH_DETAILS, **used)) == []
    assert writes(hall) == []


async def test_the_vendor_refuses_an_action(hall: Hall, source: Build) -> None:
    am, command = source(hall), act(hall, BatchActionKind.MACHINE_LOAD, quantity=1.0)
    result = await done(am, command)
    assert result.outcome is CommandOutcome.REJECTED
    assert [one.code.value for one in result.errors] == ["NOT_POSSIBLE_NOW"]
    assert "metadata.machine is required" in result.errors[0].message


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_an_action(hall: Hall, source: Build, applied: bool) -> None:
    am, command = source(hall, timeouts=SHORT), act(hall, BatchActionKind.SPLIT_BATCH, quantity=1.0)
    review = await reviewed(am, command)
    hall.fault("hang", endpoint=POST, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(hall)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(hall) == [POST]


async def test_a_server_that_does_not_sort_leaves_it_open(hall: Hall, source: Build) -> None:
    am, command = source(hall), act(hall, BatchActionKind.SIEVE)
    review = await reviewed(am, command)
    am._server.customs.unsortable.add("material-batch-action")
    values = {"source_batch": f"/{str(command.batch_id).removeprefix('am:batch:')}/", "action_type": "test"}
    hall.change(add=[{"resource": "material-batch-action", "values": values}] * 120)
    assert (await settled(am, command, review)).verdict is Verdict.OPEN


def about(hall: Hall, kind: str, **given: Any) -> RequestTraceabilityReport:
    if kind == "piece":
        return RequestTraceabilityReport(piece_id=hall.ids(Kind.PIECE, "piece")[0], **given)
    return RequestTraceabilityReport(batch_id=batch_id(hall.state()["material-batch"][0]), **given)


@pytest.mark.parametrize("kind", ["piece", "batch"])
async def test_a_report_is_written_and_read(hall: Hall, source: Build, kind: str) -> None:
    am, command = source(hall), about(hall, kind)
    result = await done(am, command)
    told = await followed(am, hall, command, result)
    assert [one.document for one in told[:-1]] == [None] * (len(told) - 1)
    assert told[-1].status is OperationStatus.SUCCEEDED
    assert told[-1].document == result.handle
    document = await am.document(str(told[-1].document))
    assert document.media_type == "application/pdf"
    assert document.content.startswith(b"%PDF")
    assert len(writes(hall)) == 1


async def test_topics_narrow_a_report(hall: Hall, source: Build) -> None:
    am = source(hall)
    command = about(hall, "piece", topics=(TraceabilityTopic.PRINT_EVENTS,))
    result = await done(am, command)
    row: Any = (await am.resource(str(result.handle), {}, 1, None)).items[0]
    assert row["filters"] == ["print_events"]


async def test_a_report_that_is_not_ready_or_none(hall: Hall, source: Build) -> None:
    am, command = source(hall), about(hall, "piece")
    result = await done(am, command)
    with pytest.raises(NotFound):
        await am.document(str(result.handle))
    with pytest.raises(Unsupported):
        await am.document("run/00000000-0000-4000-8000-000000000000")


async def test_reports_about_nothing_or_too_much(hall: Hall, source: Build) -> None:
    am, piece, batch = source(hall), about(hall, "piece"), about(hall, "batch")
    cases = [
        (RequestTraceabilityReport(), [("INVALID", "")]),
        (RequestTraceabilityReport(piece_id=piece.piece_id, batch_id=batch.batch_id), [("INVALID", "")]),
        (about(hall, "batch", topics=(TraceabilityTopic.OTHER,)), [("INVALID", "topics")]),
        (RequestTraceabilityReport(piece_id="am:piece:piece/x"), [("NOT_FOUND", "pieceId")]),
        (RequestTraceabilityReport(batch_id="am:batch:material-batch/x"), [("NOT_FOUND", "batchId")]),
    ]
    for command, expected in cases:
        assert await complaints(am, command) == expected


@pytest.mark.parametrize("kind", ["piece", "batch"])
@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_a_request(hall: Hall, source: Build, kind: str, applied: bool) -> None:
    am, command = source(hall, timeouts=SHORT), about(hall, kind)
    review = await reviewed(am, command)
    sent = "POST /traceability-report/" if kind == "piece" else "POST /material-batch-traceability-report/"
    hall.fault("hang", endpoint=sent, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(hall)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(hall) == [sent]


async def test_a_document_elsewhere_is_fetched_without_credentials(source: Build) -> None:
    uuid = "0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47"
    async with serving() as vendor, serving() as elsewhere:
        link = f"{elsewhere.url}/store/a%20b.pdf?signature=x%2Fy"
        vendor.default = Answer(200, f'{{"status": "complete", "content": "{link}"}}'.encode())
        elsewhere.default = Answer(200, b"%PDF-1.4", {"Content-Type": "application/pdf"})
        am = source(vendor.url)
        with pytest.raises(Exception, match="cannot be followed") as raised:
            await am.document(f"traceability-report/{uuid}")
        assert "signature" not in str(raised.value)
        # Without TLS only the vendor's own host is asked.
        assert elsewhere.requests == []
        own = f"{vendor.url}/store/a%20b.pdf?signature=x%2Fy"
        vendor.script(
            Answer(200, f'{{"status": "complete", "content": "{own}"}}'.encode()),
            Answer(200, b"%PDF-1.4", {"Content-Type": "application/pdf; v=1"}),
        )
        found = await am.document(f"traceability-report/{uuid}")
        assert (found.content, found.media_type) == (b"%PDF-1.4", "application/pdf")
        last = vendor.requests[-1]
        assert "authorization" not in {name.lower() for name in last.headers}
        assert last.target == "/store/a%20b.pdf?signature=x%2Fy"


async def test_a_document_at_the_vendors_own_host_counts_as_a_call(source: Build, tmp_path: Path) -> None:
    clock, report = FakeClock(), "traceability-report/0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47"
    Ledger(tmp_path, "am").save({"api": {"day": f"{clock.now():%Y-%m-%d}", "used": 97}})
    async with serving() as vendor:
        ready = Answer(200, f'{{"status": "complete", "content": "{vendor.url}/a.pdf"}}'.encode())
        vendor.script(ready, Answer(200, b"%PDF-1.4"), ready)
        am = source(vendor.url, clock, tmp_path, calls_per_day=100)
        assert (await am.document(report)).content == b"%PDF-1.4"
        assert [budget.used for budget in am.budgets()] == [99]
        clock.advance(60)
        with pytest.raises(BudgetExhausted, match="used up until"):
            await am.document(report)
        assert [one.target for one in vendor.requests] == [f"/{report}/", "/a.pdf", f"/{report}/"]
        assert [budget.used for budget in am.budgets()] == [100]
