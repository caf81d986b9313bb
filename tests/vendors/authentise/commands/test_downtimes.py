"""Downtimes are planned and ended, in every way that these commands can end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from floorgraph.model.command import CommandOutcome
from floorgraph.model.downtime import DowntimeStatus
from floorgraph.model.ids import Kind
from floorgraph.model.station import StationStatus
from floorgraph.vendors.authentise.commands.downtimes import EndDowntime, ScheduleDowntime
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.commands import Verdict
from floorgraph.vendors.failures import OutcomeUnknown
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import Part
from tests.vendors.authentise.commands.hand import (
    SHORT,
    complaints,
    done,
    given_up,
    reviewed,
    settled,
    writes,
)
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import START, Hall

NOW = datetime.fromisoformat(START)
HOUR = timedelta(hours=1)
POST = "POST /downtime/"
KEPT = Freshness(max_age=3600)


async def tenant(hall: Hall, source: Build, **settings: object) -> AuthentiseSource:
    """A source that knows the vendor's time."""
    am = source(hall, **settings)
    await am.probe()
    hall.forget_calls()
    return am


def plan(
    station: str, start: datetime = NOW - HOUR, finish: datetime = NOW + HOUR, reason: str = "Filter"
) -> ScheduleDowntime:
    return ScheduleDowntime(station_id=station, start=start, finish=finish, reason=reason)


async def downtimes(am: AuthentiseSource, station: str) -> list[Any]:
    found: Any = await am.parts(Part.DOWNTIMES, [station], KEPT)
    return list(found[station])


@pytest.mark.parametrize("resource", ["printer", "post-processor"])
async def test_a_station_is_down_at_once_and_works_again(hall: Hall, source: Build, resource: str) -> None:
    am, station = await tenant(hall, source), hall.ids(Kind.STATION, resource)[0]
    before: Any = await am.live([station], KEPT)
    assert before[station].state.status is not StationStatus.MAINTENANCE
    result = await done(am, plan(station))
    assert (result.outcome, result.record_ids) == (CommandOutcome.CONFIRMED, [station])
    live: Any = await am.live([station], KEPT)
    assert live[station].state.status is StationStatus.MAINTENANCE
    assert live[station].state.comment == "Filter"
    (made,) = await downtimes(am, station)
    assert result.after == {"downtime": made.remote_id}
    assert (made.started_at, made.ended_at, made.reason) == (NOW - HOUR, NOW + HOUR, "Filter")
    ended = await done(am, EndDowntime(station_id=station, downtime=made.remote_id))
    assert ended.outcome is CommandOutcome.CONFIRMED
    live = await am.live([station], KEPT)
    assert live[station].state.status is not StationStatus.MAINTENANCE
    (over,) = await downtimes(am, station)
    assert over.status is DowntimeStatus.ENDED
    assert over.ended_at < NOW + HOUR
    assert writes(hall) == [POST, "PUT /downtime/{uuid}/"]


async def test_one_that_has_not_begun_is_called_off(hall: Hall, source: Build) -> None:
    am, station = await tenant(hall, source), hall.ids(Kind.STATION, "printer")[0]
    await done(am, plan(station, NOW + HOUR, NOW + 2 * HOUR))
    (made,) = await downtimes(am, station)
    result = await done(am, EndDowntime(station_id=station, downtime=made.remote_id.split("/")[1]))
    assert result.after["status"] == "deleted"
    assert await downtimes(am, station) == []
    assert writes(hall) == [POST, "DELETE /downtime/{uuid}/"]


async def test_times_without_an_offset_are_utc(hall: Hall, source: Build) -> None:
    am, station = await tenant(hall, source), hall.ids(Kind.STATION, "printer")[0]
    naive = (NOW + HOUR).astimezone(UTC).replace(tzinfo=None)
    await done(am, plan(station, naive, naive + HOUR))
    (made,) = await downtimes(am, station)
    assert made.started_at == NOW + HOUR


async def test_what_makes_no_sense_is_not_sent(hall: Hall, source: Build) -> None:
    am, station = await tenant(hall, source), hall.ids(Kind.STATION, "printer")[0]
    cases = [
        (plan(station, NOW, NOW), [("INVALID", "finish")]),
        (plan(station, NOW - 2 * HOUR, NOW - HOUR), [("INVALID", "finish")]),
        (plan(station, reason=" "), [("INVALID", "reason")]),
        (plan(station, reason="x" * 2001), [("INVALID", "reason")]),
        (plan("am:station:jeni-cluster/00000000-0000-4000-8000-000000000000"), [("NOT_FOUND", "stationId")]),
        (plan("am:station:printer/00000000-0000-4000-8000-000000000000"), [("NOT_FOUND", "stationId")]),
    ]
    for command, expected in cases:
        assert await complaints(am, command) == expected
    hall.change(set={f"/{station.removeprefix('am:station:')}/": {"archived": START}})
    assert await complaints(am, plan(station)) == [("NOT_POSSIBLE_NOW", "stationId")]
    assert writes(hall) == []


async def test_only_downtimes_of_the_station_that_are_not_over_can_be_ended(
    hall: Hall, source: Build
) -> None:
    am = await tenant(hall, source)
    first, second = hall.ids(Kind.STATION, "printer")[:2]
    await done(am, plan(first))
    (made,) = await downtimes(am, first)
    review = await reviewed(am, EndDowntime(station_id=second, downtime=made.remote_id))
    assert [one.code.value for one in review.errors] == ["NOT_FOUND"]
    review = await reviewed(am, EndDowntime(station_id=first, downtime="nonsense"))
    assert made.remote_id in review.errors[0].message
    await done(am, EndDowntime(station_id=first, downtime=made.remote_id))
    assert await complaints(am, EndDowntime(station_id=first, downtime=made.remote_id)) == [
        ("NOT_POSSIBLE_NOW", "downtime")
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "NOT_POSSIBLE_NOW"), (403, "REFUSED_BY_VENDOR"), (404, "NOT_FOUND"), (405, "UNSUPPORTED")],
)
async def test_the_vendor_refuses(hall: Hall, source: Build, status: int, code: str) -> None:
    am, station = await tenant(hall, source), hall.ids(Kind.STATION, "printer")[0]
    await reviewed(am, plan(station))
    hall.fault(
        "status", endpoint=POST, status=status, count=1, body='{"errors": [{"code": "X", "title": "No"}]}'
    )
    result = await am.carry_out(plan(station), "c")
    assert result.outcome is CommandOutcome.REJECTED
    assert [(one.code.value, one.vendor_code) for one in result.errors] == [(code, "X")]
    assert await downtimes(am, station) == []


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_a_plan(hall: Hall, source: Build, applied: bool) -> None:
    am, station = await tenant(hall, source, timeouts=SHORT), hall.ids(Kind.STATION, "printer")[0]
    # One of the same times and reason is there already: only another one proves anything.
    await done(am, plan(station))
    hall.forget_calls()
    review = await reviewed(am, plan(station))
    hall.fault("hang", endpoint=POST, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(plan(station), "c")
    await given_up(hall)
    found = await settled(am, plan(station), review)
    assert found.verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert len(await downtimes(am, station)) == 1 + applied
    assert writes(hall) == [POST]


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("begun", [True, False])
async def test_no_answer_to_an_end(hall: Hall, source: Build, applied: bool, begun: bool) -> None:
    am, station = await tenant(hall, source, timeouts=SHORT), hall.ids(Kind.STATION, "printer")[0]
    await done(am, plan(station, NOW - HOUR if begun else NOW + HOUR, NOW + 3 * HOUR))
    (made,) = await downtimes(am, station)
    command = EndDowntime(station_id=station, downtime=made.remote_id)
    review = await reviewed(am, command)
    hall.forget_calls()
    sent = "PUT /downtime/{uuid}/" if begun else "DELETE /downtime/{uuid}/"
    hall.fault("hang", endpoint=sent, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(hall)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(hall) == [sent]


async def test_where_downtimes_are_switched_off_the_command_is_lacking(source: Build, hall: Hall) -> None:
    am = source(hall)
    hall.fault("status", endpoint="GET /downtime/", status=405)
    await am.parts(Part.DOWNTIMES, hall.ids(Kind.STATION, "printer")[:1], Freshness(max_age=0))
    assert "does not offer" in str(am.lacking(ScheduleDowntime))
