"""Every command of every vendor once, each with records of its own, so that all can be sent at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from floorgraph.commands.writing import told
from floorgraph.model.command import Command
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.downtimes import EndDowntime
from floorgraph.vendors.authentise.commands.making import CreateJobs
from tests.end_to_end.commands import deeds as milling
from tests.end_to_end.commands.floor import AM, LASER, NORTH, Shops, draft
from tests.vendors.authentise.commands import test_matrix as additive
from tests.vendors.authentise.commands.hand import job_id, run_in
from tests.vendors.authentise.hall import START
from tests.vendors.authentise.hall import Hall as Tenant
from tests.vendors.cloudnest.commands import deeds as cutting

Given = Callable[[Shops], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One command, and what is to become of it."""

    source: str
    name: str
    label: str
    """The vendor's endpoint that it goes to, as the simulator's record has it."""
    given: Given
    wrong: Mapping[str, Any]
    """What must be changed so that it is rejected here."""
    wrong_code: str
    accepted: bool = False
    """Whether the vendor goes on working on it."""
    seen_on: str | None = None
    """The subscription on which a record that it names changes."""
    brings_on: str | None = None
    """The subscription on which a record that it brings appears, once the vendor has said which it is."""
    silent: bool = False
    """Whether no record changes by it."""
    done_shows: bool = True
    """Whether reading shows that it was done."""
    not_done_shows: bool = True
    """Whether reading shows that it was not done."""
    operation: str | None = field(default=None)
    """How what the vendor works on ends."""

    def __str__(self) -> str:
        return f"{self.source}-{self.label.rpartition(' ')[2].strip('/').replace('/', '.')}"


STATION_OF = {
    "amendStationState": 3, "resumeAutomaticState": 1, "resetPartCount": 6, "createProgram": 7,
    "deleteProgramRange": 8,
}  # fmt: skip
"""A station for each of CWork's commands that can be sent to any."""
OF_STATIONS = frozenset({"amendStationState", "resumeAutomaticState", "resetPartCount"})


def _milling() -> list[Row]:
    change = {"stationId": "north:station:2", "state": "2"}
    rows = [
        Row(
            NORTH, "changeStationState", "POST /stations/{id}/status_history", lambda _: dict(change),
            {"state": "99"}, "INVALID", seen_on="stationChanged",
        )
    ]  # fmt: skip
    for deed in milling.DEEDS:
        number = STATION_OF.get(deed.name)
        own = {} if number is None else {"stationId": f"north:station:{number}"}
        if deed.name == "deleteProgram":
            own = {"programId": "north:program:10"}
        if deed.name == "deleteProgramVersion":
            own = {"versionId": "north:program-version:2"}
        row = Row(
            NORTH, deed.name, deed.label, lambda _, given=deed.given | own: dict(given),  # type: ignore[misc]
            deed.wrong, deed.wrong_code,
            seen_on="stationChanged" if deed.name in OF_STATIONS else None,
            silent=deed.name not in OF_STATIONS,
            done_shows=deed.done_shows, not_done_shows=deed.not_done_shows,
        )  # fmt: skip
        rows.append(row)
    return rows


def ended_downtime(tenant: Tenant) -> Command:
    """The downtime of a post-processor, so that it is not that of the printer of `scheduleDowntime`."""
    uuid = tenant.uuids("post-processor")[1]
    values = {
        "post_processor": f"/post-processor/{uuid}/",
        "start": START,
        "status": "in_progress",
        "finish": "2099-01-01T00:00:00+00:00",
    }
    (made,) = tenant.change(add=[{"resource": "downtime", "values": values}])["added"]
    return EndDowntime(station_id=f"am:station:post-processor/{uuid}", downtime=str(made).strip("/"))


def made_jobs(tenant: Tenant) -> Command:
    """On the other printer."""
    found = additive.of_making(tenant)
    assert isinstance(found, CreateJobs)
    return replace(found, station_id=tenant.ids(Kind.STATION, "printer")[1])


def of(make: Callable[[Tenant], Command]) -> Given:
    return lambda shops: told(make(shops.am))


def status(shops: Shops) -> dict[str, Any]:
    """A job that no other command is about."""
    return {"jobId": job_id(run_in(shops.am, "in-progress", operation="post-processing")), "status": "PAUSED"}


def counted(shops: Shops) -> dict[str, Any]:
    batch = shops.am.ids(Kind.BATCH, "material-batch")[0]
    return {"batchId": batch, "action": "EDIT_BATCH_QUANTITY", "quantity": 12.5}


NOWHERE = "00000000-0000-4000-8000-000000000000"
PRINTING = [
    Row(
        AM, "scheduleDowntime", "POST /downtime/", of(additive.of_downtime),
        {"finish": "2020-01-01T00:00:00Z"}, "INVALID", seen_on="stationChanged",
    ),
    Row(
        AM, "endDowntime", "PUT /downtime/{uuid}/", of(ended_downtime),
        {"downtime": f"downtime/{NOWHERE}"}, "NOT_FOUND", seen_on="stationChanged",
    ),
    Row(
        AM, "setJobStatus", "PUT /run/{uuid}/", status,
        {"status": "RUNNING"}, "NOT_POSSIBLE_NOW", seen_on="jobChanged",
    ),
    Row(
        AM, "queueJob", "POST /run-queue/", of(additive.of_queue),
        {"place": "BEFORE"}, "INVALID", seen_on="jobChanged",
    ),
    Row(
        AM, "createJobs", "POST /create-runs/", of(made_jobs),
        {"priority": 200}, "INVALID", accepted=True, seen_on="pieceChanged", operation="SUCCEEDED",
    ),
    Row(
        AM, "transformPieces", "POST /run-transformation/", of(additive.of_transforming),
        {"workflowSteps": [f"process-step/{NOWHERE}"]}, "INVALID",
        accepted=True, seen_on="pieceChanged", operation="SUCCEEDED",
    ),
    Row(
        AM, "recordBatchAction", "POST /material-batch-action/", counted,
        {"quantity": -1.0}, "INVALID", seen_on="batchChanged",
    ),
    Row(
        AM, "requestTraceabilityReport", "POST /traceability-report/", of(additive.of_report),
        {"pieceId": f"am:piece:piece/{NOWHERE}"}, "NOT_FOUND",
        accepted=True, silent=True, operation="SUCCEEDED",
    ),
    Row(
        AM, "updateOrder", "PUT /order/{uuid}/", of(additive.of_order),
        {"name": ""}, "INVALID", seen_on="orderChanged",
    ),
    Row(
        AM, "setLineItemStatus", "PUT /line-item/{uuid}/", lambda shops: draft(shops.am),
        {"status": "COMPLETED"}, "NOT_POSSIBLE_NOW", seen_on="orderChanged",
    ),
]  # fmt: skip

CUTTING_SEEN = {"deleteNestJob": "jobChanged", "pushLayoutToStation": "layoutChanged"}
CUTTING_BRINGS = {
    "createNestJob": "jobChanged", "addPlate": "batchChanged",
    "addParts": "pieceChanged", "pushLayoutToStation": "jobChanged",
}  # fmt: skip


def untouched(state: cutting.State) -> list[int]:
    """The jobs of which nothing was begun and whose layouts are theirs alone."""
    begun = {task["layout"] for task in state["tasks"] if task["start"] is not None}
    taken = {
        job for one in state["layouts"] if one["guid"] in begun or len(one["jobs"]) > 1 for job in one["jobs"]
    }
    return sorted({int(one["job"]) for one in state["layouts"]} - taken)


def _cutting(index: int, deed: cutting.Deed) -> Row:
    def given(shops: Shops) -> dict[str, Any]:
        state = shops.laser.state()
        found, own = deed.given(state), untouched(state)[index]
        if "jobId" in found:
            return found | {"jobId": f"laser:job:{own}"}
        if "layoutId" in found:
            layout = next(one["guid"] for one in state["layouts"] if one["job"] == own)
            return found | {"layoutId": f"laser:layout:{layout}"}
        return found | ({"stationId": "laser:station:14"} if deed.name == "uploadCutTask" else {})

    return Row(
        LASER, deed.name, deed.label, given, deed.wrong, deed.wrong_code,
        accepted=deed.accepted, seen_on=CUTTING_SEEN.get(deed.name),
        brings_on=CUTTING_BRINGS.get(deed.name), silent=deed.name == "uploadDrawing",
        done_shows=deed.done_shows, not_done_shows=deed.not_done_shows,
        operation="SUCCEEDED" if deed.accepted else None,
    )  # fmt: skip


USING_JOBS = [
    deed for deed in cutting.DEEDS if deed.name not in ("createNestJob", "addPlate", "uploadCutTask")
]
ROWS = [
    *_milling(),
    *PRINTING,
    *(_cutting(USING_JOBS.index(deed) if deed in USING_JOBS else 0, deed) for deed in cutting.DEEDS),
]


def made_ready(shops: Shops) -> None:
    """All vendors at their beginning, ready for every row."""
    shops.north.reset()
    shops.north.change(stations=[{"handle": 1, "state": 4}, {"handle": 6, "parts_since_reset": 40}])
    shops.north.step(60)
    for file in shops.north.exchange.iterdir():
        file.unlink()
    shops.am.reset()
    shops.laser.reset()
    shops.laser.change(machines=[{"gmid": number, "state": "IDLE"} for number in (13, 14)])
