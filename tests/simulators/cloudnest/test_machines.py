"""The machines' part: states, work, alarms, periods, figures."""

from typing import Any

import pytest

from tests.simulators.cloudnest.client import DEVICES, STATES, CloudNestClient, cloudnest

FIRST = {"cardId": "210000000001"}
DAY = {"startDate": 20260302, "endDate": 20260302}
WINDOW = {"startTime": "2026-03-02 00:00:00", "endTime": "2026-03-02 16:00:00"}
PARAMETER, MACHINE_NOT_GRANTED = 2001, 1010


async def put(client: CloudNestClient, state: str) -> None:
    """The first machine enters a state and stays in it."""
    await client.change(machines=[{"gmid": 12, "state": state}])


@pytest.mark.parametrize(
    "state", ["OFFLINE", "WORKING", "ALARMING", "IDLE", "UNKNOWN", "CLOSE", "PAUSE", "STOP"]
)
async def test_every_state_is_shown_and_stays(state: str) -> None:
    async with cloudnest() as client:
        await put(client, state)
        await client.step(3600)
        [found] = await client.read(STATES, {"cardIds": [FIRST["cardId"]]})
        assert found == {"cardId": FIRST["cardId"], "deviceState": state}


async def test_machines_are_known_by_card() -> None:
    async with cloudnest(machines=3, machine_names=["North"], welders=1) as client:
        listed = await client.read(DEVICES)
        assert [one["nickname"] for one in listed] == ["North", "Laser 2", "Laser 3", "Welder 4"]
        assert all(list(one) == ["nickname", "appName", "appVer", "cardId"] for one in listed)
        assert listed[-1]["appName"] == "HypWeld"
        detail = await client.read(f"{DEVICES}/detail", {"cardId": listed[0]["cardId"]})
        assert detail["laserPower"] == 3000
        assert await client.code(f"{DEVICES}/detail", {"cardId": "1"}) == MACHINE_NOT_GRANTED


async def test_alarms_stand_while_the_machine_alarms() -> None:
    async with cloudnest() as client:
        await put(client, "ALARMING")
        found = await client.read(f"{DEVICES}/current_alarms", FIRST)
        assert found[0]["alarmTime"] == "2026-03-02 16:00:00"
        assert list(found[0]) == ["alarmCode", "alarmTime", "alarmDesc"]
        await client.step(60)
        await put(client, "IDLE")
        assert await client.read(f"{DEVICES}/current_alarms", FIRST) == []


async def test_progress_follows_the_sheet() -> None:
    async with cloudnest() as client:
        await put(client, "WORKING")
        await client.change(machines=[{"gmid": 12, "percent": 40}])
        first = await client.read(f"{DEVICES}/cut_system_state", FIRST)
        await client.step(20)
        second = await client.read(f"{DEVICES}/cut_system_state", FIRST)
        work = await client.read(f"{DEVICES}/current_work", FIRST)
    assert first["cutPercent"] == 40
    assert 40 < second["cutPercent"] <= 100
    assert second["taskName"] == work["filename"]
    assert second["taskName"].endswith(".lxds")
    assert second["workSpeed"] > 0
    assert second["workTime"] == pytest.approx(first["workTime"] + 20 / 86_400, abs=1e-6)
    hours, minutes, seconds = second["workTimeStr"].split(":")
    assert int(hours) * 3600 + int(minutes) * 60 + float(seconds) == pytest.approx(
        second["workTime"] * 86_400, abs=0.1
    )


async def test_a_pause_costs_no_progress_and_makes_none() -> None:
    async with cloudnest() as client:
        await put(client, "WORKING")
        await client.change(machines=[{"gmid": 12, "percent": 40}])
        await client.step(60)
        reached = (await client.read(f"{DEVICES}/cut_system_state", FIRST))["cutPercent"]
        assert reached > 40
        for state in ("PAUSE", "ALARMING", "WORKING"):
            await put(client, state)
            assert (await client.read(f"{DEVICES}/cut_system_state", FIRST))["cutPercent"] == reached
            await client.step(10)
        assert (await client.read(f"{DEVICES}/cut_system_state", FIRST))["cutPercent"] > reached


async def test_the_beam_is_off_in_a_pause_and_nothing_is_known_of_a_machine_that_is_off() -> None:
    async with cloudnest() as client:
        await put(client, "WORKING")
        await put(client, "PAUSE")
        paused = await client.read(f"{DEVICES}/cut_system_state", FIRST)
        assert (paused["workSpeed"], paused["laserPower"]) == (0, 0)
        assert paused["taskName"]
        await put(client, "OFFLINE")
        assert await client.read(f"{DEVICES}/cut_system_state", FIRST) is None
        assert await client.read(f"{DEVICES}/current_work", FIRST) is None


async def test_periods_have_other_words_and_leave_no_gap() -> None:
    async with cloudnest() as client:
        for state in ("CLOSE", "STOP", "PAUSE", "ALARMING", "WORKING"):
            await put(client, state)
            await client.step(600)
        found = await client.read(
            f"{DEVICES}/time_periods",
            {**FIRST, "startTime": "2026-03-02 16:00:00", "endTime": "2026-03-03 00:00:00"},
        )
    assert [one["status"] for one in found] == ["OFFLINE", "IDLE", "PAUSE", "ALARM", "WORK"]
    assert [one["time"] for one in found] == [600] * 5
    assert [one["timeEnd"] for one in found[:-1]] == [one["timeStart"] for one in found[1:]]


async def test_the_past_goes_back_as_far_as_wanted() -> None:
    async with cloudnest(history_hours=4) as client:
        found = await client.read(f"{DEVICES}/time_periods", {**FIRST, **WINDOW})
    assert sum(one["time"] for one in found) == 4 * 3600
    assert {"WORK", "IDLE"} <= {one["status"] for one in found}


async def test_some_periods_are_plc_and_some_states_unknown() -> None:
    async with cloudnest(oddities=["plc-periods", "unknown-states"]) as client:
        await put(client, "STOP")
        await client.step(60)
        assert (await client.read(STATES, {"cardIds": [FIRST["cardId"]]}))[0]["deviceState"] == "MAINTAIN"
        window = {"startTime": "2026-03-02 16:00:00", "endTime": "2026-03-02 17:00:00"}
        [found] = await client.read(f"{DEVICES}/time_periods", {**FIRST, **window})
    assert found["status"] == "PLC"


@pytest.mark.parametrize(
    ("zone_id", "expected"), [("machine-data", "2026-03-02 08:00:00"), ("ignored", "2026-03-02 16:00:00")]
)
async def test_the_zone_header_sets_the_times_of_machines(zone_id: str, expected: str) -> None:
    async with cloudnest(zone_id=zone_id) as client:
        await put(client, "ALARMING")
        found = await client.read(f"{DEVICES}/current_alarms", FIRST, headers={"zoneId": "UTC"})
        assert found[0]["alarmTime"] == expected


async def test_the_zone_header_sets_the_meaning_of_the_window_too() -> None:
    async with cloudnest() as client:
        await client.step(600)
        body = {**FIRST, "startTime": "2026-03-02 03:00:00", "endTime": "2026-03-02 03:10:00"}
        found = await client.read(f"{DEVICES}/time_periods", body, headers={"zoneId": "America/New_York"})
        assert sum(one["time"] for one in found) == 600
        assert await client.code(f"{DEVICES}/time_periods", body, headers={"zoneId": "Mars"}) == PARAMETER


DAILY = {
    "/api/statistics/daily/pierce_count": "pierceCount",
    "/api/statistics/daily/laser_on": "laserOn",
    "/api/statistics/daily/gas_on": "gasOn",
    "/api/statistics/daily/cut_length": "cutLength",
    "/api/statistics/daily/move_length": "moveLength",
    "/api/statistics/daily/cut_time": "cutTime",
}


async def test_daily_figures_add_up_to_the_sum() -> None:
    days = {"startDate": 20260302, "endDate": 20260303}
    async with cloudnest() as client:
        await client.step(12 * 3600)
        total = await client.read("/api/statistics/sum", {**FIRST, **days})
        for path, key in DAILY.items():
            rows = (await client.read(path, {**FIRST, **days}))["list"]
            assert [row["statDate"] for row in rows] == [20260302, 20260303]
            assert sum(row[key] for row in rows) == pytest.approx(total[key], abs=1)
        alarms = await client.read("/statistics/daily/alarm_time", {**FIRST, **days})
        assert [list(row) for row in alarms["list"]] == [["statDate", "alarmTime"]] * 2
    assert total["cutTime"] > 0


async def test_figures_follow_the_periods() -> None:
    async with cloudnest() as client:
        found = await client.read(f"{DEVICES}/time_periods", {**FIRST, **WINDOW})
        total = await client.read("/api/statistics/sum", {**FIRST, **DAY})
    assert total["cutTime"] == sum(one["time"] for one in found if one["status"] == "WORK")


async def test_work_logs_come_in_pages_latest_first() -> None:
    path, body = "/api/statistics/work_logs/v2", {**FIRST, **WINDOW, "pageSize": 5}
    async with cloudnest() as client:
        first = await client.read(path, body)
        seen: list[dict[str, Any]] = []
        while len(seen) < first["total"]:
            seen += (await client.read(path, {**body, "pageNumber": len(seen) // 5}))["list"]
    assert len(seen) == first["total"] > 5
    starts = [one["startTime"] for one in seen]
    assert starts == sorted(starts, reverse=True)


async def test_fifty_machines_a_call() -> None:
    async with cloudnest(machines=60) as client:
        cards = [one["cardId"] for one in await client.read(DEVICES)]
        assert len(await client.read(STATES, {"cardIds": cards[:50]})) == 50
        assert await client.code(STATES, {"cardIds": cards}) == 2003


async def test_welding_machines_answer_elsewhere() -> None:
    async with cloudnest(machines=1, welders=1) as client:
        welder = {"cardId": "210000000002"}
        await client.change(machines=[{"gmid": 13, "state": "IDLE"}])
        assert await client.read(f"{DEVICES}/cut_system_state", welder) is None
        assert (await client.read(f"{DEVICES}/weld_system_state", welder))["gasType"] == "Ar"
        assert await client.read(f"{DEVICES}/weld_system_state", FIRST) is None
        assert set(await client.read("/api/statistics/sum/weld", {**welder, **DAY})) == {
            "laserOn", "weldTime", "gasOn",
        }  # fmt: skip
