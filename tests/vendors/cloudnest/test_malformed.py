"""Answers that are not what the vendor describes: one bad record never costs the others."""

import json
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.source import SourceStatus
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.failures import Malformed, RateLimited, VendorFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.support.fakeclock import FakeClock
from tests.support.upstream import Answer, Upstream
from tests.vendors.cloudnest.conftest import settings_of
from tests.vendors.cloudnest.mapping.test_task import payload
from tests.vendors.cloudnest.mapping.test_tree import ROWS

NOW = Freshness(max_age=0)


def enveloped(data: object, status: object = 0, msg: str = "Ok") -> Answer:
    return Answer(body=json.dumps({"status": status, "msg": msg, "data": data}).encode())


def source_of(upstream: Upstream, **settings: object) -> CloudNestSource:
    clock = FakeClock()
    return CloudNestSource(settings_of(upstream.url, **settings), SourceTools(clock=clock, sleep=clock.sleep))


async def test_a_row_and_a_task_that_cannot_be_read_leave_the_rest(upstream: Upstream) -> None:
    laser = source_of(upstream)
    upstream.script(enveloped([*ROWS, {"id": 1}]), enveloped([payload(), {"plate_name": "no guid"}]))
    found = await laser.select(Kind.JOB, EVERYTHING, NOW)
    assert {job.remote_id for job in found.items} == {
        "34034",
        "35242",
        "45456",
        "45457",
        payload()["guid"],
    }
    assert not found.complete, "absence says nothing now"
    (record,) = laser.diagnostics.quarantined()
    assert (record.payload, record.remote_id) == ("job tree", "1")
    assert laser.condition().status is SourceStatus.DEGRADED
    await laser.close()


@pytest.mark.parametrize("status", ["0", 0, 0.0])
@pytest.mark.parametrize("msg", ["ok", "OK", "Ok", ""])
async def test_success_is_told_by_the_number_alone(upstream: Upstream, status: object, msg: str) -> None:
    laser = source_of(upstream)
    upstream.script(enveloped(ROWS, status, msg))
    assert len((await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)).items) == 5
    await laser.close()


@pytest.mark.parametrize(
    "body", [b"[]", b'{"msg": "ok", "data": []}', b'{"status": null, "data": []}', b"<html>", b'{"stat']
)
async def test_a_success_without_an_envelope_is_malformed(upstream: Upstream, body: bytes) -> None:
    laser = source_of(upstream)
    upstream.script(Answer(body=body))
    with pytest.raises(Malformed):
        await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    await laser.close()


async def test_an_error_is_one_although_http_says_200(upstream: Upstream) -> None:
    laser = source_of(upstream)
    upstream.default = enveloped(None, 9, "System busy")
    with pytest.raises(VendorFailure) as raised:
        await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    assert raised.value.vendor_code == "9"
    assert "System busy" in str(raised.value)
    await laser.close()


async def test_http_429_stops_the_endpoint(upstream: Upstream) -> None:
    laser = source_of(upstream)
    upstream.default = Answer(429, headers={"Retry-After": "120"})
    for _ in range(3):
        with pytest.raises(Exception) as raised:  # noqa: PT011  the first is the refusal, the others ours
            await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    assert len(upstream.requests) == 1
    assert isinstance(raised.value, RateLimited) or getattr(raised.value, "retry_after", 0) > 100
    await laser.close()


@pytest.mark.parametrize("data", [None, [], {}, "text", {"list": ROWS}])
async def test_data_of_other_shapes_is_borne(upstream: Upstream, data: Any) -> None:
    laser = source_of(upstream)
    upstream.script(enveloped(data))
    found = await laser.select(Kind.JOB_FOLDER, EVERYTHING, NOW)
    assert len(found.items) == (5 if isinstance(data, dict) and data else 0)
    assert found.complete == (data == [] or data == {"list": ROWS}), "no list says nothing about absence"
    await laser.close()


async def test_the_secret_is_in_no_request(upstream: Upstream) -> None:
    laser = source_of(upstream, app_secret="very-secret-indeed")
    upstream.default = enveloped([])
    await laser.probe()
    for request in upstream.requests:
        assert "very-secret-indeed" not in str(request)
        assert request.headers["app-id"] == "simulator-app"
        assert len(request.headers["time-stamp"]) == 13
    organisations = [request.headers.get("x-fs-orgcode") for request in upstream.requests]
    assert organisations == [None, "TEAM001"], "machines are not of a team"
    await laser.close()


async def test_another_zone_is_asked_for_where_it_is_heeded(upstream: Upstream) -> None:
    laser = source_of(upstream, zone="America/New_York")
    upstream.default = enveloped([])
    await laser.probe()
    zones = [request.headers.get("zoneid") for request in upstream.requests]
    assert zones == ["America/New_York", None]
    await laser.close()
