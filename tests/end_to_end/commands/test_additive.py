"""Commands of Authentise from GraphQL to the vendor's server and back, in every way that they can end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from floorgraph.server.app import app_over
from floorgraph.settings import Role, ServerSettings, Settings, settings_of
from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.floor import Floor
from tests.end_to_end.commands.shop import QUICK, command, eventually, every_command
from tests.support.client import data, live, query
from tests.support.deadline import DEADLINE
from tests.support.serving import serving
from tests.vendors.authentise.commands.hand import job_id, prints_of, run_in, writes
from tests.vendors.authentise.hall import OPTIONS, TOKEN, Hall

FIELDS = "outcome commandId userErrors { code message field vendorCode } operation { status documentUrl }"
STATUS = (
    f"mutation ($input: SetJobStatusInput!) {{ setJobStatus(input: $input) {{ {FIELDS} "
    "job { id status notes } } }"
)
CREATE = f"mutation ($input: CreateJobsInput!) {{ createJobs(input: $input) {{ {FIELDS} job {{ id }} }} }}"
TRANSFORM = f"mutation ($input: TransformPiecesInput!) {{ transformPieces(input: $input) {{ {FIELDS} }} }}"
REPORT = (
    "mutation ($input: RequestTraceabilityReportInput!) "
    f"{{ requestTraceabilityReport(input: $input) {{ {FIELDS} }} }}"
)
OPERATION = (
    "query ($id: ID!) { command(id: $id) { outcome "
    "operation { status documentUrl result detail records { id } } } }"
)
PUT = "PUT /run/{uuid}/"


@pytest.fixture(scope="module")
def _tenant() -> Iterator[Hall]:
    with simulator_process("authentise", {**OPTIONS, "printers": 2, "pieces": 150}) as running:
        yield Hall(running.base_url)


@pytest.fixture
def tenant(_tenant: Hall) -> Hall:
    """A tenant at its beginning."""
    return _tenant.reset()


@asynccontextmanager
async def application(hall: Hall, state_dir: Path | None = None, **table: Any) -> AsyncIterator[str]:
    """The base URL of the whole application in front of the tenant, with every command allowed."""
    given = {
        "key": "am",
        "vendor": "authentise",
        "base_url": hall.base_url,
        "token": TOKEN,
        "commands": every_command("authentise"),
        "destructive_commands": True,
        "calls_per_second": 1000.0,
        "timeouts": {"connect": 5.0, "read": 5.0, "total": 5.0},
    }
    read = settings_of({"sources": [given | table]}, "the test")
    server = ServerSettings(anonymous_role=Role.ADMIN, state_dir=state_dir)
    settings = Settings(server=server, sources=read.sources, keys=(), limits=read.limits)
    app = app_over(Floor([settings.source(one) for one in settings.sources]), settings, commands=QUICK)
    async with serving(app) as base_url:
        yield base_url


async def sent(base_url: str, document: str, **given: Any) -> dict[str, Any]:
    answer = await query(base_url, document, {"input": given})
    assert "errors" not in answer, answer
    (payload,) = answer["data"].values()
    return dict(payload)


async def ended(base_url: str, command_id: str) -> dict[str, Any]:
    """A command whose operation has ended."""

    async def ask() -> dict[str, Any]:
        found: dict[str, Any] = (await data(base_url, OPERATION, {"id": command_id}))["command"]
        return found

    return await eventually(ask, lambda found: found["operation"]["status"] != "RUNNING")


async def test_a_job_is_paused_and_the_change_carries_the_command(tenant: Hall) -> None:
    run = run_in(tenant, "in-progress")
    async with application(tenant) as base_url, live(base_url) as socket:
        await socket.subscribe(
            f'subscription {{ jobChanged(filter: {{ ids: ["{job_id(run)}"] }}) '
            "{ kind cause commandId job { status } } }"
        )
        while (await socket.next())["data"]["jobChanged"]["kind"] != "CAUGHT_UP":
            pass
        done = await sent(
            base_url, STATUS, jobId=job_id(run), status="PAUSED", notes="Cleaning", commandId="c-1"
        )
        assert (done["outcome"], done["job"]["status"], done["job"]["notes"]) == (
            "CONFIRMED",
            "PAUSED",
            "Cleaning",
        )
        change = (await socket.next())["data"]["jobChanged"]
        assert change == {
            "kind": "UPDATED",
            "cause": "COMMAND",
            "commandId": "c-1",
            "job": {"status": "PAUSED"},
        }
        known = await command(base_url, "c-1")
        assert (known["before"]["status"], known["after"]["status"]) == ("in-progress", "paused")
        again = await sent(
            base_url, STATUS, jobId=job_id(run), status="PAUSED", notes="Cleaning", commandId="c-1"
        )
        assert again["outcome"] == "CONFIRMED"
    assert writes(tenant) == [PUT]


async def test_what_is_not_possible_is_said_and_not_sent(tenant: Hall) -> None:
    run = run_in(tenant, "in-progress")
    async with application(tenant) as base_url:
        done = await sent(base_url, STATUS, jobId=job_id(run), status="RUNNING")
        assert done["outcome"] == "REJECTED"
        assert done["userErrors"] == [
            {
                "code": "NOT_POSSIBLE_NOW",
                "message": "The job is RUNNING already.",
                "field": ["input", "status"],
                "vendorCode": None,
            }
        ]
    async with application(tenant, commands=["queueJob"]) as base_url:
        done = await sent(base_url, STATUS, jobId=job_id(run), status="PAUSED")
        assert [one["code"] for one in done["userErrors"]] == ["COMMAND_DISABLED"]
    assert writes(tenant) == []


async def test_jobs_are_made_in_the_background(tenant: Hall) -> None:
    pieces = [one["uuid"] for one in tenant.state()["piece"] if one["status"] == "confirmed"][:3]
    printer = f"am:station:printer/{tenant.uuids('printer')[0]}"
    async with application(tenant) as base_url:
        ids = [f"am:piece:piece/{one}" for one in pieces]
        done = await sent(base_url, CREATE, stationId=printer, pieceIds=ids, name="Plate", commandId="c-3")
        assert (done["outcome"], done["operation"]["status"], done["job"]) == ("ACCEPTED", "RUNNING", None)
        await asyncio.to_thread(tenant.step, 10.0)
        found = await ended(base_url, "c-3")
        assert found["operation"]["status"] == "SUCCEEDED"
        jobs = found["operation"]["result"]["jobs"]
        layouts = found["operation"]["result"]["layouts"]
        assert [one["id"] for one in found["operation"]["records"]] == [*jobs, *layouts]
        shown = await data(
            base_url, f'{{ job(id: "{jobs[0]}") {{ name station {{ id }} pieces {{ totalCount }} }} }}'
        )
        assert shown["job"] == {"name": "Plate", "station": {"id": printer}, "pieces": {"totalCount": 3}}
    assert writes(tenant) == ["POST /create-runs/"]


async def test_pieces_are_transformed_in_the_background(tenant: Hall) -> None:
    run = run_in(tenant, "in-progress", operation="printing")
    given: dict[str, Any] = {
        "jobId": job_id(run),
        "pieceIds": prints_of(tenant, run)[:1],
        "transformation": "REDO",
        "reason": "Layer shift",
    }
    async with application(tenant, destructive_commands=False) as base_url:
        refused = await sent(base_url, TRANSFORM, **given)
        assert [one["code"] for one in refused["userErrors"]] == ["DESTRUCTIVE_DISABLED"]
    async with application(tenant) as base_url:
        done = await sent(base_url, TRANSFORM, **given, commandId="c-4")
        assert done["outcome"] == "ACCEPTED"
        await asyncio.to_thread(tenant.step, 10.0)
        found = await ended(base_url, "c-4")
        assert found["operation"]["status"] == "SUCCEEDED"
    assert writes(tenant) == ["POST /run-transformation/"]


async def test_a_report_can_be_fetched_when_it_is_ready(tenant: Hall) -> None:
    piece = f"am:piece:piece/{tenant.uuids('piece')[0]}"
    async with application(tenant) as base_url, httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        done = await sent(base_url, REPORT, pieceId=piece, commandId="c-5")
        assert (done["outcome"], done["operation"]["documentUrl"]) == ("ACCEPTED", None)
        await asyncio.to_thread(tenant.step, 10.0)
        found = await ended(base_url, "c-5")
        answer = await http.get(base_url + found["operation"]["documentUrl"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert writes(tenant) == ["POST /traceability-report/"]


async def test_what_goes_on_is_taken_up_after_a_restart(tenant: Hall, tmp_path: Path) -> None:
    piece = f"am:piece:piece/{tenant.uuids('piece')[0]}"
    async with application(tenant, tmp_path) as base_url:
        assert (await sent(base_url, REPORT, pieceId=piece, commandId="c-6"))["outcome"] == "ACCEPTED"
    await asyncio.to_thread(tenant.step, 10.0)
    async with application(tenant, tmp_path) as base_url:
        assert (await ended(base_url, "c-6"))["operation"]["status"] == "SUCCEEDED"
        again = await sent(base_url, REPORT, pieceId=piece, commandId="c-6")
        assert again["outcome"] == "ACCEPTED"
    assert writes(tenant) == ["POST /traceability-report/"]
