"""Statuses and queues of jobs, in every way that commands can end."""

import asyncio
from urllib.parse import urlsplit

import pytest

from floorgraph.model.command import CommandOutcome
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobStatus
from floorgraph.vendors.authentise.commands.queueing import QueueJob, QueuePlace
from floorgraph.vendors.authentise.commands.statuses import SetJobStatus
from floorgraph.vendors.commands import Verdict
from floorgraph.vendors.failures import OutcomeUnknown, RateLimited, Unreachable
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.support.faultproxy import faults
from tests.vendors.authentise.commands.hand import (
    SHORT,
    complaints,
    done,
    given_up,
    job_id,
    record,
    reviewed,
    run_in,
    settled,
    under_way,
    writes,
)
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

PUT = "PUT /run/{uuid}/"
KEPT = Freshness(max_age=3600)


def waiting(hall: Hall) -> list[str]:
    """The ids of the jobs that wait at the printer with the longest queue."""
    queues = {link: runs for link, runs in hall.state()["queues"].items() if link.startswith("/printer/")}
    longest = max(queues.values(), key=len)
    assert len(longest) >= 3
    return [f"am:job:{link.strip('/')}" for link in longest]


@pytest.mark.parametrize(
    "status", [JobStatus.PAUSED, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED]
)
async def test_a_running_job_is_set_to_another_status(hall: Hall, source: Build, status: JobStatus) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    before = await record(am, Kind.JOB, job_id(run))
    assert before.status is JobStatus.RUNNING
    result = await done(am, SetJobStatus(job_id=job_id(run), status=status, notes="as told"))
    assert result.outcome is CommandOutcome.CONFIRMED
    assert result.record_ids == [job_id(run)]
    # However old an answer may be: nothing from before the command serves.
    after = await record(am, Kind.JOB, job_id(run), KEPT)
    assert after.status is status
    assert after.notes == "as told"
    assert writes(hall) == [PUT]


async def test_a_paused_job_goes_on(hall: Hall, source: Build) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    for status in (JobStatus.PAUSED, JobStatus.RUNNING):
        await done(am, SetJobStatus(job_id=job_id(run), status=status))
        assert (await record(am, Kind.JOB, job_id(run))).status is status


@pytest.mark.parametrize(
    ("status", "code", "field"),
    [
        (JobStatus.RUNNING, "NOT_POSSIBLE_NOW", "status"),
        (JobStatus.DRAFT, "INVALID", "status"),
        (JobStatus.QUEUED, "INVALID", "status"),
    ],
)
async def test_a_status_that_cannot_follow_is_not_sent(
    hall: Hall, source: Build, status: JobStatus, code: str, field: str
) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    assert await complaints(am, SetJobStatus(job_id=job_id(run), status=status)) == [(code, field)]
    assert writes(hall) == []


async def test_what_is_over_stays_so_and_what_is_possible_is_said(hall: Hall, source: Build) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    hall.change(runs={f"/run/{run['uuid']}/": "complete"})
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED, force=True)
    (complaint,) = (await reviewed(am, command)).errors
    assert complaint.message == "The job is COMPLETED; possible from there: nothing."
    queued = run_in(hall, "queued", "queued-work-ready")
    (complaint,) = (await reviewed(am, SetJobStatus(job_id=job_id(queued), status=JobStatus.PAUSED))).errors
    assert complaint.message.endswith("possible from there: RUNNING, CANCELLED.")


async def test_a_busy_printer_is_told_before_anything_is_sent(hall: Hall, source: Build) -> None:
    am = source(hall)
    active = {
        link: runs for link, runs in hall.state()["active"].items() if link.startswith("/printer/") and runs
    }
    queues = hall.state()["queues"]
    printer = next(link for link in active if queues.get(link))
    waits = f"am:job:{queues[printer][0].strip('/')}"
    (complaint,) = (await reviewed(am, SetJobStatus(job_id=waits, status=JobStatus.RUNNING))).errors
    assert "is in progress at this printer" in complaint.message
    assert writes(hall) == []


async def test_there_is_no_such_job_or_it_is_done_elsewhere(hall: Hall, source: Build) -> None:
    am = source(hall)
    for one in ("am:job:run/00000000-0000-4000-8000-000000000000", "am:job:run/nonsense"):
        assert await complaints(am, SetJobStatus(job_id=one, status=JobStatus.PAUSED)) == [
            ("NOT_FOUND", "jobId")
        ]
    outside = "am:job:service-provider-job/00000000-0000-4000-8000-000000000000"
    assert await complaints(am, SetJobStatus(job_id=outside, status=JobStatus.PAUSED)) == [
        ("INVALID", "jobId")
    ]


async def test_the_vendor_refuses_a_transition(hall: Hall, source: Build) -> None:
    """409: the status changed after the review."""
    am, run = source(hall), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    assert not (await reviewed(am, command)).errors
    hall.change(runs={f"/run/{run['uuid']}/": "complete"})
    result = await am.carry_out(command, "c")
    assert result.outcome is CommandOutcome.REJECTED
    (complaint,) = result.errors
    assert (complaint.code.value, complaint.field) == ("NOT_POSSIBLE_NOW", ("input", "status"))
    assert "status transformation is not allowed" in complaint.message
    assert writes(hall) == [PUT]


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_in_time(hall: Hall, source: Build, applied: bool) -> None:
    """Whether the vendor acted before or not: it is sent once, and reading again tells."""
    am, run = source(hall, timeouts=SHORT), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    review = await reviewed(am, command)
    hall.fault("hang", endpoint=PUT, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(hall)
    found = await settled(am, command, review)
    assert found.verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert (await record(am, Kind.JOB, job_id(run), KEPT)).status is (
        JobStatus.PAUSED if applied else JobStatus.RUNNING
    )
    assert writes(hall) == [PUT]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_that_failed_inside_may_have_done_it(hall: Hall, source: Build, status: int) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    await reviewed(am, command)
    hall.fault("status", endpoint=PUT, status=status, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    assert writes(hall) == [PUT]


async def test_a_page_in_place_of_an_answer_says_nothing(hall: Hall, source: Build) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    hall.fault("html", endpoint=PUT, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")


async def test_what_has_moved_on_meanwhile_stays_open(hall: Hall, source: Build) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    review = await reviewed(am, command)
    hall.change(runs={f"/run/{run['uuid']}/": "complete"})
    assert (await settled(am, command, review)).verdict is Verdict.OPEN


async def test_waiting_and_refused_logins_mean_that_nothing_was_done(hall: Hall, source: Build) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    await reviewed(am, command)
    hall.change(throttle={"count": 1, "cooldown": 3.0})
    with pytest.raises(RateLimited):
        await am.carry_out(command, "c")
    assert run_in(hall, "in-progress")["uuid"] == run["uuid"]


async def test_the_vendor_is_down(source: Build) -> None:
    am = source("http://127.0.0.1:9")
    command = SetJobStatus(job_id="am:job:run/00000000-0000-4000-8000-000000000000", status=JobStatus.PAUSED)
    with pytest.raises(Unreachable):
        await am.review(command)
    with pytest.raises(Unreachable):
        await am.carry_out(command, "c")


async def test_a_read_that_was_under_way_serves_no_later_question(hall: Hall, source: Build) -> None:
    am, run = source(hall), run_in(hall, "in-progress")
    await am.select(Kind.JOB, EVERYTHING, Freshness())
    hall.fault("latency", endpoint="GET /run/", ms=700, count=1)
    slow = asyncio.create_task(am.select(Kind.JOB, EVERYTHING, Freshness(max_age=0)))
    await under_way(hall)
    await am.carry_out(SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED), "c")
    assert (await record(am, Kind.JOB, job_id(run), KEPT)).status is JobStatus.PAUSED
    await slow
    for freshness in (KEPT, Freshness()):
        found = await am.select(Kind.JOB, EVERYTHING, freshness)
        assert {one.id: one.status for one in found.items}[job_id(run)] is JobStatus.PAUSED


@pytest.mark.parametrize(
    ("place", "expected"),
    [(QueuePlace.FRONT, [2, 0, 1]), (QueuePlace.BEFORE, [0, 2, 1]), (QueuePlace.AFTER, [1, 2, 0])],
)
async def test_a_job_is_put_elsewhere_in_its_queue(
    busy: Hall, source: Build, place: QueuePlace, expected: list[int]
) -> None:
    am, queue = source(busy), waiting(busy)
    stations = {(await record(am, Kind.JOB, one)).station_id for one in queue}
    assert len(stations) == 1
    job, other = (queue[2], queue[1]) if place is QueuePlace.BEFORE else (queue[2], None)
    if place is QueuePlace.AFTER:
        job, other = queue[0], queue[2]
    result = await done(am, QueueJob(job_id=job, place=place, other_job_id=other))
    assert result.outcome is CommandOutcome.CONFIRMED
    wanted = [queue[index] for index in expected]
    assert [one for one in waiting(busy) if one in queue][:3] == wanted
    positions = [(await record(am, Kind.JOB, one, KEPT)).queue_position for one in wanted]
    assert positions == sorted(positions)
    assert writes(busy) == ["POST /run-queue/"]


async def test_places_that_make_no_sense(busy: Hall, source: Build) -> None:
    am, queue = source(busy), waiting(busy)
    running = job_id(run_in(busy, "in-progress"))
    cases = [
        (QueueJob(job_id=running), ("NOT_POSSIBLE_NOW", "jobId")),
        (QueueJob(job_id=queue[0], place=QueuePlace.AFTER), ("INVALID", "otherJobId")),
        (QueueJob(job_id=queue[0], other_job_id=queue[1]), ("INVALID", "otherJobId")),
        (QueueJob(job_id=queue[0], place=QueuePlace.AFTER, other_job_id=queue[0]), ("INVALID", "otherJobId")),
        (
            QueueJob(job_id=queue[0], place=QueuePlace.AFTER, other_job_id=running),
            ("NOT_POSSIBLE_NOW", "otherJobId"),
        ),
        (
            QueueJob(job_id=queue[0], place=QueuePlace.AFTER, other_job_id="am:job:run/x"),
            ("NOT_FOUND", "otherJobId"),
        ),
    ]
    for command, complaint in cases:
        assert await complaints(am, command) == [complaint]
    assert writes(busy) == []


async def test_the_vendor_refuses_a_place(busy: Hall, source: Build) -> None:
    am, queue = source(busy), waiting(busy)
    command = QueueJob(job_id=queue[1])
    await reviewed(am, command)
    busy.change(runs={f"/{queue[1].removeprefix('am:job:')}/": "cancelled"})
    result = await am.carry_out(command, "c")
    assert result.outcome is CommandOutcome.REJECTED
    assert [(one.code.value, one.field) for one in result.errors] == [
        ("NOT_POSSIBLE_NOW", ("input", "jobId"))
    ]


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_a_place(busy: Hall, source: Build, applied: bool) -> None:
    am, queue = source(busy, timeouts=SHORT), waiting(busy)
    command = QueueJob(job_id=queue[2])
    review = await reviewed(am, command)
    busy.fault("hang", endpoint="POST /run-queue/", applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(busy)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(busy) == ["POST /run-queue/"]


async def test_a_command_that_never_left_leaves_what_is_known(hall: Hall, source: Build) -> None:
    """Nothing can have changed: to ask for everything again would be calls in vain."""
    async with faults(urlsplit(hall.base_url).port or 0) as proxy:
        am, run = source(proxy.url), run_in(hall, "in-progress")
        command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
        assert list((await reviewed(am, command)).errors) == []
        await am.select(Kind.JOB, EVERYTHING, Freshness())
        await proxy.down()
        with pytest.raises(Unreachable):
            await am.carry_out(command, "c")
        await proxy.up()
        hall.forget_calls()
        jobs = await am.select(Kind.JOB, EVERYTHING, KEPT)
        assert job_id(run) in {job.id for job in jobs.items}
        assert hall.calls() == {}
        await am.close()
