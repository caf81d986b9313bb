"""What writes do to stations and machines."""

from typing import Any

import pytest

from tests.simulators.cwork.client import START_SECONDS, CWorkClient, cwork


async def tops(server: CWorkClient, station: int = 1) -> list[dict[str, Any]]:
    """Every top of a station."""
    answer = await server.read(f"/tops?station={station}&startdate=0&enddate={START_SECONDS * 2}")
    found: list[dict[str, Any]] = answer["Tops"]
    return found


class TestChangingState:
    async def test_a_new_state_begins_now(self) -> None:
        async with cwork() as server:
            before = len(await tops(server))
            await server.step(0)
            done = (await server.write("/stations/1/status_history", {"State": 1, "Comment": "stuck"})).json()
            assert done["State"]["Name"] == "Breakdown"
            assert (done["LastTop"], done["Comment"]) == ("2026-03-02T08:00:00.000Z", "stuck")
            status = await server.read("/station_statuses/1")
            assert {name: status[name] for name in done} == done
            after = await tops(server)
            assert len(after) == before + 1
            assert after[-2]["topenddatefield"] == after[-1]["topstartdatefield"] == done["LastTop"]

    @pytest.mark.parametrize("path", ["status_history", "replace_curent_state"])
    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({}, 2010),
            ({"State": "1"}, 1010),
            ({"State": 1, "Comment": 5}, 1010),
            ({"State": 99}, 2005),
            ({"State": 12}, 2006),
            ({"State": 13}, 2021),
            ({"State": 3}, 2020),
            ([], 1004),
        ],
    )
    async def test_what_is_wrong_with_it(self, path: str, body: object, code: int) -> None:
        async with cwork() as server:
            await server.change(stations=[{"handle": 1, "state": 3}])
            assert await server.post_code(f"/stations/1/{path}", body) == code
            assert await server.post_code(f"/stations/5/{path}", body) == 2007
            assert await server.post_code(f"/stations/99/{path}", body) == 2003

    @pytest.mark.parametrize(("code", "applied"), [(2022, False), (2023, True), (2023, False)])
    async def test_a_change_that_fails_may_have_happened(self, code: int, applied: bool) -> None:
        async with cwork() as server:
            await server.change(
                stations=[{"handle": 1, "state": 3}],
                next_state_change={"code": code, "applied": applied},
            )
            assert await server.post_code("/stations/1/status_history", {"State": 1}) == code
            state = (await server.read("/station_statuses/1"))["State"]["Handle"]
            assert state == (1 if applied else 3)
            assert (await server.write("/stations/1/status_history", {"State": 2})).status_code == 200


class TestReplacingState:
    async def start(self, server: CWorkClient) -> None:
        """Waiting (first), then breakdown (second) a minute later."""
        await server.change(stations=[{"handle": 1, "state": 3, "comment": "first"}])
        await server.change(stations=[{"handle": 1, "state": 1, "comment": "second"}])

    async def test_the_current_state_was_another_all_along(self) -> None:
        async with cwork() as server:
            await self.start(server)
            before = await tops(server)
            done = (await server.write("/stations/1/replace_curent_state", {"State": 2})).json()
            assert (done["State"]["Handle"], done["Comment"]) == (2, "second")
            after = await tops(server)
            assert len(after) == len(before)
            assert after[-1]["topstartdatefield"] == before[-1]["topstartdatefield"]

    @pytest.mark.parametrize(
        ("body", "comment"),
        [({"State": 3}, "first + second"), ({"State": 3, "Comment": "both"}, "both")],
    )
    async def test_equal_neighbours_become_one(self, body: dict[str, object], comment: str) -> None:
        async with cwork() as server:
            await self.start(server)
            before = await tops(server)
            done = (await server.write("/stations/1/replace_curent_state", body)).json()
            after = await tops(server)
            assert done["Comment"] == after[-1]["topcommentfield"] == comment
            assert len(after) == len(before) - 1
            assert done["LastTop"] == after[-1]["topstartdatefield"] == before[-2]["topstartdatefield"]

    async def test_a_comment_alone_can_be_replaced(self) -> None:
        async with cwork() as server:
            await self.start(server)
            body = {"State": 1, "Comment": "better"}
            assert (await server.write("/stations/1/replace_curent_state", body)).json()[
                "Comment"
            ] == "better"


class TestForcingAutomaticState:
    async def test_the_machines_own_state_returns(self) -> None:
        async with cwork() as server:
            own = (await server.shop())["stations"][0]["auto_state"]
            other = 1 if own != 1 else 3
            await server.write("/stations/1/status_history", {"State": other})
            done = (await server.write("/stations/1/force_auto_state", {})).json()
            assert done["State"]["Handle"] == own
            assert (await server.read("/station_statuses/1"))["State"]["Handle"] == own

    async def test_the_body_must_be_empty_but_there(self) -> None:
        async with cwork() as server:
            assert await server.post_code("/stations/1/force_auto_state", {"State": 1}) == 1010
            assert await server.code("/stations/1/force_auto_state", method="POST") == 1004


class TestPartCount:
    async def test_it_starts_from_the_number_given(self) -> None:
        async with cwork() as server:
            before = await server.read("/station_statuses/1")
            answer = await server.write("/ResetStationPartCount/1", {"PartCount": 12})
            assert answer.json() == []
            after = await server.read("/station_statuses/1")
            assert (after["PartsSinceReset"], after["TotalParts"]) == (12, before["TotalParts"])

    @pytest.mark.parametrize(
        ("body", "code"), [({}, 2010), ({"PartCount": -1}, 1010), ({"PartCount": "3"}, 1010)]
    )
    async def test_what_is_wrong_with_it(self, body: object, code: int) -> None:
        async with cwork() as server:
            assert await server.post_code("/ResetStationPartCount/1", body) == code


async def program(server: CWorkClient, station: int) -> dict[str, Any]:
    """What names one document of a station in the root folder."""
    listed = await server.read(f"/documents?station={station}")
    document = next(one for one in listed["Documents"] if not one["Folder"])
    return {"DocumentName": document["Reference"], "DocExtension": document["Extension"]}


class TestSending:
    async def test_a_program_arrives_once(self) -> None:
        async with cwork() as server:
            body = await program(server, 1)
            assert (await server.write("/stations/1/send/", body)).json() == []
            name = f"/{body['DocumentName']}.{body['DocExtension']}"
            assert (await server.shop())["stations"][0]["files"] == [name]
            assert await server.post_code("/stations/1/send/", body) == 2024
            assert (await server.write("/stations/1/send/", {**body, "Override": True})).json() == []

    async def test_asynchronously_it_gets_a_ticket(self) -> None:
        async with cwork(timezone="+01:00") as server:
            body = await program(server, 1)
            body |= {"AsynchronousMode": True, "WaitBeforQuerySendStatus": 5000}
            ticket = (await server.write("/stations/1/send/", body)).json()
            assert ticket["TimeTag"] == "02/03/2026 09:00:00"
            assert ticket["Status"] == "0: File Sent "
            assert len(ticket["GUID"]) == 38

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"DocumentName": "NOTHING"}, 2018),
            ({"DocExtension": "DOC"}, 2019),
            ({"SourceFolder": "elsewhere"}, 2018),
            ({"Override": "yes"}, 1010),
            ({"DestinationFolderMode": "sideways"}, 1010),
        ],
    )
    async def test_what_is_wrong_with_it(self, changed: dict[str, object], code: int) -> None:
        async with cwork() as server:
            body = await program(server, 1)
            assert await server.post_code("/stations/1/send/", {**body, **changed}) == code

    async def test_the_slash_at_the_end_belongs_to_it(self) -> None:
        async with cwork() as server:
            assert await server.post_code("/stations/1/send", {}) == 1006
            assert await server.post_code("/stations/1/send/", {}) == 2010

    async def test_stations_that_take_no_programs(self) -> None:
        async with cwork() as server:
            body = await program(server, 1)
            await server.change(stations=[{"handle": 1, "dnc_mode": False}])
            assert await server.post_code("/stations/1/send/", body) == 2024
            assert await server.post_code("/stations/6/send/", body) == 2003

    async def test_several_at_once_go_over_serial_lines_only(self) -> None:
        async with cwork(stations=8) as server:
            one = await program(server, 5)
            assert (await server.write("/stations/5/multisend/", {"Documents": [one]})).json() == []
            assert len((await server.shop())["stations"][4]["files"]) == 1
            assert await server.post_code("/stations/1/multisend/", {"Documents": []}) == 2024
            assert await server.post_code("/stations/5/multisend/", {}) == 2010
            assert await server.post_code("/stations/5/multisend/", {"Documents": "all"}) == 1010
            missing = {"Documents": [one, {"DocumentName": "X", "DocExtension": "NC"}]}
            assert await server.post_code("/stations/5/multisend/", missing) == 2018


class TestDeletingRemotely:
    async def send_numbered(self, server: CWorkClient, station: int, *names: str) -> None:
        """Create numbered programs and send them to the machine."""
        for name in names:
            body = {"Reference": name, "StationId": station, "Extension": "NC"}
            assert (await server.write("/documents", body)).status_code == 201
            sent = {"DocumentName": name, "DocExtension": "NC", "DestinationFolder": "sub"}
            assert (await server.write(f"/stations/{station}/send/", sent)).status_code == 200

    async def test_the_range_goes(self) -> None:
        async with cwork() as server:
            await self.send_numbered(server, 1, "O0999", "O1000", "O1500", "O4000", "O4001", "P1600")
            body = {"MinRange": 1000, "MaxRange": "4000", "TargetFolder": "sub", "Prefix": "O"}
            answer = await server.write("/macros/DeleteRemoteRange/1", body)
            assert answer.json()["MacroStatus"]["StatusCode"] == 0
            files = (await server.shop())["stations"][0]["files"]
            assert files == ["sub/O0999.NC", "sub/O4001.NC", "sub/P1600.NC"]

    async def test_the_program_at_hand_stays_and_stops_it(self) -> None:
        async with cwork(documents=0) as server:
            operation = (await server.shop())["stations"][0]["operation"]
            current = f"O{operation:04d}"
            await self.send_numbered(server, 1, "O0000", current, "O9999")
            body = {"MinRange": 0, "MaxRange": 9999, "TargetFolder": "sub", "Prefix": "O"}
            answer = await server.write("/macros/DeleteRemoteRange/1", body)
            assert answer.status_code == 500
            assert answer.json()["FileDeleteStatusDetail"]["FileName"] == current
            files = (await server.shop())["stations"][0]["files"]
            assert files == [f"sub/{current}.NC", "sub/O9999.NC"]

    async def test_other_controls_say_nothing_and_some_cannot(self) -> None:
        async with cwork(stations=8) as server:
            body = {"MinRange": 1, "MaxRange": 2}
            assert (await server.write("/macros/DeleteRemoteRange/2", body)).json() == []
            assert await server.post_code("/macros/DeleteRemoteRange/5", body) == 2025
            assert await server.post_code("/macros/DeleteRemoteRange/1", {"MinRange": 1}) == 2010
            assert (
                await server.post_code("/macros/DeleteRemoteRange/1", {"MinRange": 3, "MaxRange": 1}) == 1010
            )
            assert (
                await server.post_code("/macros/DeleteRemoteRange/1", {"MinRange": "O1", "MaxRange": 1})
                == 1010
            )

    async def test_prefixes_came_with_1_8(self) -> None:
        async with cwork() as server:
            await self.send_numbered(server, 1, "O1000")
            await server.change(version="1.7")
            body = {"MinRange": 1000, "MaxRange": 1000, "TargetFolder": "sub", "Prefix": "O"}
            assert (await server.write("/macros/DeleteRemoteRange/1", body)).status_code == 200
            assert (await server.shop())["stations"][0]["files"] == ["sub/O1000.NC"]
