"""What the reads answer."""

import zlib
from itertools import pairwise

import pytest

from tests.simulators.cwork.client import START_SECONDS, cwork


class TestStations:
    async def test_a_station_as_the_document_describes_it(self) -> None:
        async with cwork(oddities=[]) as server:
            station = await server.read("/stations/1")
            assert station == {
                "Handle": 1,
                "Name": "Lathe 1",
                "Description": "",
                "Disabled": False,
                "DNCMode": True,
                "MDCMode": True,
                "Workshop": "Hall A",
                "DNCGroup": "Lathes",
                "MDCGroups": ["Turning", "Line 1"],
            }
            assert (await server.read("/stations"))[0] == station

    async def test_the_group_is_spelled_in_two_ways_unless_told_otherwise(self) -> None:
        async with cwork() as server:
            first, second = (await server.read("/stations"))[:2]
            assert "DNCgroup" in first
            assert "DNCGroup" in second

    @pytest.mark.parametrize("count", [1, 2, 30])
    async def test_there_are_as_many_as_asked_for(self, count: int) -> None:
        async with cwork(stations=count) as server:
            assert len(await server.read("/stations")) == count

    async def test_some_are_not_monitored_and_some_disabled(self) -> None:
        async with cwork(stations=6, unmonitored=1, disabled=1) as server:
            flags = [(one["MDCMode"], one["Disabled"]) for one in await server.read("/stations")]
            assert flags == [(True, False)] * 4 + [(False, False), (True, True)]
            assert await server.code("/station_statuses/5") == 1013
            assert await server.code("/station_statuses/6") == 2007
            assert await server.code("/stations/5/kpi?dstart=2026-03-02T07:00:00Z") == 2007
            assert [one["Handle"] for one in await server.read("/station_statuses")] == [1, 2, 3, 4]

    async def test_the_first_can_be_named(self) -> None:
        async with cwork(station_names=["Honing cell"]) as server:
            assert [one["Name"] for one in await server.read("/stations")][:2] == ["Honing cell", "Mill 1"]

    async def test_pictures_are_small_pngs(self) -> None:
        async with cwork() as server:
            assert await server.read("/stations/1/hasimg") == {"Hasimage": True}
            assert await server.read("/stations/3/hasimg") == {"Hasimage": False}
            own = await server.ask("/stations/1/img?json=false")
            default = await server.ask("/stations/3/img?json=false")
            for picture in (own, default):
                assert picture.headers["content-type"] == "image/png"
                assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
                width, height = (int.from_bytes(picture.content[at : at + 4], "big") for at in (16, 20))
                assert max(width, height) <= 350
                start = picture.content.index(b"IDAT")
                length = int.from_bytes(picture.content[start - 4 : start], "big")
                pixels = zlib.decompress(picture.content[start + 4 : start + 4 + length])
                assert len(pixels) == height * (1 + 3 * width)
            assert own.content != default.content
            assert bytes((await server.read("/stations/1/img"))["Content"]) == own.content

    async def test_the_protocol(self) -> None:
        async with cwork() as server:
            assert await server.read("/stations/1/returnCNCProtocol") == {"message": "FOCAS"}


class TestStates:
    async def test_built_in_ones_are_the_documents(self) -> None:
        async with cwork() as server:
            found = {one["Handle"]: one for one in await server.read("/states")}
            assert found[0] == {
                "Handle": 0,
                "Name": "Production",
                "Color": "#008000",
                "OEECategory": 4,
                "ParentHandle": None,
                "CloseDay": False,
                "ProdPercent": True,
                "UsePercent": True,
            }
            assert [found[handle]["OEECategory"] for handle in range(5)] == [4, 2, 2, 3, 1]
            assert found[4]["CloseDay"]

    async def test_or_those_seen_on_servers(self) -> None:
        async with cwork(oee_categories="captured") as server:
            found = {one["Handle"]: one for one in await server.read("/states")}
            assert [found[handle]["OEECategory"] for handle in range(5)] == [4, 5, 9, 3, 1]
            assert found[1]["Name"] == "Failure"

    async def test_customers_have_added_theirs(self) -> None:
        async with cwork() as server:
            found = {one["Handle"]: one for one in await server.read("/states")}
            chain = [8]
            while (parent := found[chain[-1]]["ParentHandle"]) is not None:
                chain.append(parent)
            assert chain == [8, 5, 2]
            orphans = [one for one in found.values() if one["Handle"] > 4 and one["ParentHandle"] is None]
            assert sorted(one["OEECategory"] for one in orphans) == [2, 7]

    async def test_archived_ones_are_not_there(self) -> None:
        async with cwork() as server:
            assert 12 not in [one["Handle"] for one in await server.read("/states")]
            assert await server.code("/states/12") == 2006
            assert await server.code("/states/99") == 2005


class TestStatuses:
    async def test_orders_and_jobs_are_names_that_can_be_joined(self) -> None:
        async with cwork() as server:
            orders = {one["OrderId"]: one["Name"] for one in await server.read("/orders")}
            operations = await server.read("/operations")
            for status in await server.read("/station_statuses"):
                joined = [
                    one
                    for one in operations
                    if one["CNCId"] == status["Handle"]
                    and one["Name"] == status["Job"]
                    and orders[one["OrderId"]] == status["Order"]
                ]
                assert len(joined) == 1
                assert status["JobCycleTime"] == str(joined[0]["CycleTime"])
                assert status["PartCount"] == str(joined[0]["PartsToMake"])

    async def test_a_station_without_work(self) -> None:
        async with cwork(operations_per_station=0) as server:
            status = await server.read("/station_statuses/1")
            empty = {"Reference": "", "Order": "", "Job": "", "JobCycleTime": "0", "PartCount": "0"}
            assert {name: status[name] for name in empty} == empty
            assert (status["RunningProgram"], status["SelectedProgram"]) == ({}, {})

    async def test_numbers_are_numbers_when_told_so(self) -> None:
        async with cwork(oddities=[]) as server:
            assert isinstance((await server.read("/station_statuses/1"))["JobCycleTime"], int)

    async def test_the_batch_adds_the_handle_unless_told_not_to(self) -> None:
        async with cwork() as server:
            single = await server.read("/station_statuses/1")
            assert "Handle" not in single
            assert (await server.read("/station_statuses"))[0] == {"Handle": 1, **single}
        async with cwork(oddities=["no-batch-handle"]) as server:
            assert "Handle" not in (await server.read("/station_statuses"))[0]

    async def test_alarms_stand_until_they_are_cleared(self) -> None:
        async with cwork() as server:
            await server.change(raise_alarms=[{"station": 1, "code": "0015", "message": "TOO FAST"}])
            alarms = (await server.read("/station_statuses/1"))["Alarms"]
            assert {"Code": "0015", "Message": "TOO FAST", "StartDate": "2026-03-02T08:00:00.000Z"} in alarms
            await server.step(5)
            await server.change(clear_alarms=[{"station": 1, "code": "0015"}])
            assert "0015" not in str((await server.read("/station_statuses/1"))["Alarms"])
            history = await server.read("/stations/1/alarms?dstart=2026-03-02T07:59:59Z")
            mine = [one for one in history if one["Code"] == "0015"]
            assert [one["EndDate"] for one in mine] == ["2026-03-02T08:00:05.000Z"]


@pytest.mark.parametrize(
    ("offset", "written"),
    [
        ("+00:00", "2026-03-02T08:00:00.000Z"),
        ("+08:00", "2026-03-02T16:00:00.000+08:00"),
        ("-03:30", "2026-03-02T04:30:00.000-03:30"),
    ],
)
async def test_dates_have_the_offset_of_the_server(offset: str, written: str) -> None:
    async with cwork(timezone=offset) as server:
        await server.change(stations=[{"handle": 1, "state": 1}])
        assert (await server.read("/station_statuses/1"))["LastTop"] == written


class TestWork:
    async def test_single_reads_are_arrays_of_one(self) -> None:
        async with cwork() as server:
            assert await server.read("/orders/2") == [(await server.read("/orders"))[1]]
            assert await server.read("/operations/3") == [(await server.read("/operations"))[2]]
            assert await server.code("/orders/999") == 2004
            assert await server.code("/operations/999") == 2004

    async def test_an_order_filter_wins_over_a_station_filter(self) -> None:
        async with cwork() as server:
            every = await server.read("/operations")
            mine = await server.read("/operations?cnc=2")
            assert mine == [one for one in every if one["CNCId"] == 2]
            of_order = await server.read("/operations?cnc=2&order=1")
            assert of_order == [one for one in every if one["OrderId"] == 1]
            assert {one["CNCId"] for one in of_order} != {2}

    async def test_archived_and_invalid_orders_are_read_by_id_only(self) -> None:
        async with cwork() as server:
            await server.change(orders=[{"id": 1, "archived": True}, {"id": 2, "valid": False}])
            assert {1, 2}.isdisjoint({one["OrderId"] for one in await server.read("/orders")})
            assert {1, 2}.isdisjoint({one["OrderId"] for one in await server.read("/operations")})
            assert (await server.read("/orders/1"))[0]["Archived"] == 1
            assert (await server.read("/orders/2"))[0]["Valid"] == 0
            assert {one["OrderId"] for one in await server.read("/operations?order=1")} == {1}

    async def test_programs_exist(self) -> None:
        async with cwork() as server:
            linked = [one for one in await server.read("/operations") if one["DocumentId"]]
            assert linked
            for operation in linked:
                document = await server.read(f"/documents/{operation['DocumentId']}")
                assert document["StationId"] == operation["CNCId"]


class TestPeople:
    async def test_users(self) -> None:
        async with cwork() as server:
            user = await server.read("/users/3")
            assert user["Login"] == "Operator"
            assert user["Group"] == "Operators"
            assert "Login" not in (await server.read("/users"))[0]
            assert await server.code("/users/99") == 2004

    async def test_groups_are_wrapped_even_alone(self) -> None:
        async with cwork() as server:
            every = await server.read("/groups")
            assert await server.read("/groups/4") == {"Groups": [every["Groups"][2]]}
            operators = every["Groups"][2]
            assert all(isinstance(value, str) for value in operators.values())
            assert (operators["CanDelDoc"], operators["CanChangeState"]) == ("0", "1")
            assert await server.code("/groups/99") == 2004


class TestTimelines:
    async def test_the_current_top_is_open(self) -> None:
        async with cwork() as server:
            tops = (await server.read(f"/tops?station=1&startdate=0&enddate={START_SECONDS + 1}"))["Tops"]
            status = await server.read("/station_statuses/1")
            last = tops[-1]
            assert last["topstartdatefield"] == last["topenddatefield"] == status["LastTop"]
            assert (last["topdurationfield"], last["topcnchandlefield"]) == (0, 1)
            assert last["topstatehandlefield"] == status["State"]["Handle"]
            assert all(one["topdurationfield"] > 0 for one in tops[:-1])

    async def test_tops_leave_no_gap(self) -> None:
        async with cwork() as server:
            await server.step(3600)
            tops = (await server.read("/tops?station=1&startdate=0&enddate=9999999999"))["Tops"]
            assert len(tops) > 100
            pairs = pairwise(tops)
            assert all(one["topenddatefield"] == two["topstartdatefield"] for one, two in pairs)

    async def test_pages(self) -> None:
        async with cwork(history_hours=48, pace=10) as server:
            whole = "/tops?station=1&startdate=0&enddate=9999999999"
            first, second = [await server.read(f"{whole}&page={page}") for page in (1, 2)]
            assert len(first["Tops"]) == 3000
            assert first["Has_more"]
            assert second["Tops"][0]["topidentifier"] == 0
            assert second["Tops"][0]["topstartdatefield"] == first["Tops"][-1]["topenddatefield"]
            capped = await server.read(f"{whole}&limit=99999")
            assert len(capped["Tops"]) == 3000
            seven = await server.read(f"{whole}&limit=7&page=2")
            assert [one["topidentifier"] for one in seven["Tops"]] == list(range(7))
            assert seven["Tops"][0]["topstartdatefield"] == first["Tops"][7]["topstartdatefield"]
            beyond = await server.read(f"{whole}&page=99")
            assert beyond == {"Has_more": False, "Tops": []}

    async def test_the_window_includes_its_start_and_not_its_end(self) -> None:
        async with cwork() as server:
            await server.change(stations=[{"handle": 1, "state": 1}])
            await server.step(0)
            at = START_SECONDS
            inside = await server.read(f"/tops?station=1&startdate={at}&enddate={at + 1}")
            assert [one["topstatehandlefield"] for one in inside["Tops"]] == [1]
            outside = await server.read(f"/tops?station=1&startdate={at - 1}&enddate={at}")
            assert outside["Tops"] == []
            around = await server.read(f"/tops?station=1&startdate={at}&enddate={at + 1}&nbtopbefore=2")
            assert len(around["Tops"]) == 3

    async def test_parameters_of_tops(self) -> None:
        async with cwork() as server:
            assert await server.code("/tops?startdate=0&enddate=1") == 1009
            assert await server.code("/tops?station=1&startdate=x&enddate=1") == 1010
            assert await server.code("/tops?station=1&startdate=0&enddate=1&limit=0") == 1010
            assert await server.code("/tops?station=77&startdate=0&enddate=1") == 2003
            assert await server.code("/tops?station=5&startdate=0&enddate=1") == 2007

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("", 1009),
            ("?dstart=yesterday", 1011),
            ("?dstart=2026-03-02T07:00:00", 1011),
            ("?dstart=2026-03-02T07:00:00Z&dend=2026-03-02T06:00:00Z", 1010),
            ("?dstart=2026-03-02T07:00:00Z&dend=2026-03-02T08:00:00.000Z:00", 1011),
        ],
    )
    async def test_windows_are_checked(self, query: str, code: int) -> None:
        async with cwork() as server:
            for name in ("kpi", "alarms", "runningprograms", "selectedprograms"):
                assert await server.code(f"/stations/1/{name}{query}") == code

    async def test_key_figures_follow_from_the_tops(self) -> None:
        async with cwork() as server:
            kpi = await server.read("/stations/1/kpi?dstart=2026-03-02T04:00:00Z")
            times, rates = kpi["Times"], kpi["Rates"]
            assert times["AT"] == 4 * 3600
            assert (
                times["AT"] >= times["OT"] >= times["PPT"] >= times["RT"] >= times["NRT"] >= times["FPT"] > 0
            )
            assert all(0 <= rate <= 1 for rate in rates.values())
            since = START_SECONDS - 4 * 3600
            path = f"/tops?station=1&startdate={since}&enddate={START_SECONDS}&nbtopbefore=1"
            produced = 0
            for top in (await server.read(path))["Tops"]:
                if top["topstatehandlefield"] == 0:
                    produced += top["topdurationfield"]
            assert abs(times["RT"] - produced) < 1000
            assert times["RT"] <= times["AT"]

    async def test_key_figures_may_be_strings(self) -> None:
        async with cwork(oddities=["string-kpi"]) as server:
            kpi = await server.read("/stations/1/kpi?dstart=2026-03-02T07:00:00Z")
            assert kpi["Times"]["AT"] == "3600"
            assert isinstance(kpi["Rates"]["OEE"], str)

    async def test_programs_that_ran_were_selected(self) -> None:
        async with cwork() as server:
            window = "?dstart=2026-03-02T05:00:00Z"
            ran = await server.read(f"/stations/1/runningprograms{window}")
            selected = await server.read(f"/stations/1/selectedprograms{window}")
            assert set(ran[0]) == {"Name", "Context", "StartDate", "EndDate"}
            assert len(ran) > len(selected) > 0
            assert {one["Name"] for one in ran} <= {one["Name"] for one in selected}
