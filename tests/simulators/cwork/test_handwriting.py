"""The slips of the hand-written JSON."""

import json
from typing import Any

import pytest

from floorgraph.simulators.cwork.handwriting import written
from floorgraph.simulators.cwork.options import Oddity
from tests.simulators.cwork.client import cwork


async def text(oddity: str, path: str, **options: Any) -> str:
    async with cwork(oddities=[oddity], **options) as server:
        answer = await server.ask(path)
        assert answer.status_code == 200
        return answer.text


@pytest.mark.parametrize(
    ("oddity", "path", "slip", "repaired"),
    [
        ("empty-values", "/users", '"Phone":,', '"Phone":null,'),
        ("trailing-commas", "/operations", "},]", "}]"),
        ("trailing-commas", "/operations/1", "},]", "}]"),
        ("trailing-commas", "/stations/1/alarms?dstart=2026-03-02T01:00:00Z", ",}]", "}]"),
        ("trailing-commas", "/stations/1/runningprograms?dstart=2026-03-02T01:00:00Z", ",}]", "}]"),
        ("lone-backslash", "/documents", '"Folder":"folder1\\",', '"Folder":"folder1\\\\",'),
        ("stray-text", "/station_statuses/1", " sss}", "}"),
    ],
)
async def test_a_slip_breaks_the_json_and_nothing_else(
    oddity: str, path: str, slip: str, repaired: str
) -> None:
    broken = await text(oddity, path)
    assert slip in broken
    with pytest.raises(json.JSONDecodeError):
        json.loads(broken)
    async with cwork(oddities=[]) as server:
        whole = await server.read(path)
    found = json.loads(broken.replace(slip, repaired))
    if oddity == "empty-values":
        whole = [{**one, "Phone": one["Phone"] or None} for one in whole]
    assert found == whole


async def test_empty_lists_stay_well_formed() -> None:
    assert await text("trailing-commas", "/operations?cnc=99") == "[]"


@pytest.mark.parametrize(
    ("path", "field"),
    [("/orders", "CreationDate"), ("/stations/1/runningprograms?dstart=2026-03-02T01:00:00Z", "EndDate")],
)
async def test_some_dates_are_wrong(path: str, field: str) -> None:
    async with cwork(oddities=["wrong-dates"], stations=12) as server:
        dates = [one[field] for one in await server.read(path) if one[field]]
    wrong = [date for date in dates if "T:" in date]
    assert 0 < len(wrong) < len(dates)


async def test_an_undocumented_field() -> None:
    async with cwork(oddities=["disable-parent-state"]) as server:
        assert (await server.read("/stations/1"))["DisableParentState"] is False


@pytest.mark.parametrize("oddity", ["trailing-commas", "empty-values", "lone-backslash", "stray-text"])
def test_other_endpoints_are_left_alone(oddity: Oddity) -> None:
    data = [{"Handle": 1, "Name": "a\\", "Phone": ""}]
    assert json.loads(written(data, "GET /stations", frozenset({oddity}))) == data
