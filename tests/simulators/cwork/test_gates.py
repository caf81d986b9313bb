"""Which version has which endpoint and field, and who gets in."""

import pytest

from tests.simulators.cwork.client import cwork

READS = {
    "/stations": 0,
    "/stations/1": 0,
    "/states": 0,
    "/states/1": 0,
    "/station_statuses/1": 0,
    "/stations/1/kpi?dstart=2026-03-02T07:00:00Z": 3,
    "/documents": 3,
    "/documents/1": 3,
    "/documents/1/versions": 3,
    "/documents/1/versions/1": 3,
    "/versions/1": 3,
    "/stations/1/hasimg": 4,
    "/stations/1/img?json=false": 4,
    "/stations/1/alarms?dstart=2026-03-02T07:00:00Z": 6,
    "/stations/1/returnCNCProtocol": 6,
    "/users": 10,
    "/users/1": 10,
    "/groups": 10,
    "/groups/1": 10,
    "/tops?station=1&startdate=0&enddate=9999999999": 10,
    "/stations/1/runningprograms?dstart=2026-03-02T07:00:00Z": 11,
    "/stations/1/selectedprograms?dstart=2026-03-02T07:00:00Z": 11,
    "/station_statuses": 12,
    "/orders": 13,
    "/orders/1": 13,
    "/operations": 13,
    "/operations/1": 13,
    "/documents/1/versions/1/download?json=false": 14,
    "/versions/1/download": 14,
    "/documents/customFields": 16,
}
"""Every read endpoint of the document and the minor version it came with."""

BEFORE = {"/station_statuses": 1007, "/documents/customFields": 1005}
"""What is answered before, where the wording of a code suggests another than an unknown function."""

WRITES = {
    "/documents": (3, 1008),
    "/documents/1/versions": (3, 1008),
    "/macros/DeleteRemoteRange/1": (7, 1008),
    "/stations/1/status_history": (9, 1008),
    "/ResetStationPartCount/1": (13, 1008),
    "/stations/1/send/": (14, 1008),
    "/stations/1/multisend/": (14, 1008),
    "/stations/1/replace_curent_state": (14, 1008),
    "/stations/1/force_auto_state": (14, 1008),
    "/stations/1/delete_version": (14, 1008),
    "/stations/1/delete_document": (14, 1008),
    "/versions/1/certify": (16, 1008),
    "/documents/1/versions/1/certify": (16, 1008),
}


@pytest.mark.parametrize("minor", range(17))
async def test_reads_exist_from_their_version_on(minor: int) -> None:
    async with cwork(version=f"1.{minor}") as server:
        for path, since in READS.items():
            if minor >= since:
                assert (await server.ask(path)).status_code == 200, path
            else:
                assert await server.code(path) == BEFORE.get(path, 1006), path


@pytest.mark.parametrize("minor", range(17))
async def test_writes_exist_from_their_version_on(minor: int) -> None:
    async with cwork(version=f"1.{minor}") as server:
        for path, (since, before) in WRITES.items():
            # A body that no endpoint takes: only the error says whether the endpoint is there.
            code = await server.post_code(path, [])
            assert code == (1004 if minor >= since else before), path


@pytest.mark.parametrize(("choice", "expected"), [(404, 404), (1004, 1004), (1008, 1008), (2004, 2004)])
async def test_missing_functions_answer_as_configured(choice: int, expected: int) -> None:
    async with cwork(version="1.12", missing_function=choice) as server:
        assert await server.code("/orders") == expected
        assert await server.code("/nonsense") == expected


@pytest.mark.parametrize(
    ("minor", "fields"),
    [
        (0, set()),
        (1, {"Comment"}),
        (5, {"Comment"}),
        (6, {"Comment", "Alarms", "ActiveProgram"}),
        (10, {"Comment", "Alarms", "ActiveProgram"}),
        (11, {"Comment", "Alarms", "RunningProgram", "SelectedProgram"}),
        (12, {"Comment", "Alarms", "RunningProgram", "SelectedProgram", "TotalParts", "PartsSinceReset"}),
    ],
)
async def test_the_status_has_the_fields_of_its_version(minor: int, fields: set[str]) -> None:
    always = {"Reference", "Order", "Job", "JobCycleTime", "PartCount", "State", "LastTop"}
    async with cwork(version=f"1.{minor}") as server:
        assert set(await server.read("/station_statuses/1")) == always | fields


async def test_the_api_lies_below_its_base_path_only() -> None:
    async with cwork() as server:
        assert (await server.http.get("/stations")).status_code == 404
        assert await server.code("") == 1006
        assert await server.code("/stations", method="DELETE") == 1008
        assert await server.code("/stations/seven") == 1005
        assert await server.code("/stations/7777") == 2003


class TestAccept:
    async def test_the_header_is_compulsory(self) -> None:
        async with cwork() as server:
            for accept in (None, "*/*", "application/json"):
                assert await server.code("/stations", accept=accept) == 1003

    @pytest.mark.parametrize(("mode", "code"), [("newest", None), ("full", 1003), ("exact", 1002)])
    async def test_the_short_form(self, mode: str, code: int | None) -> None:
        async with cwork(accept=mode, version="1.12") as server:
            if code is None:
                assert (await server.ask("/stations")).status_code == 200
            else:
                assert await server.code("/stations") == code
            assert (await server.ask("/stations", accept="application/json+v1.12")).status_code == 200
            assert await server.code("/stations", accept="application/json+v1.13") == 1002
            assert await server.code("/stations", accept="application/json+v2") == 1002

    async def test_an_older_version_is_older_in_all_respects(self) -> None:
        async with cwork() as server:
            old = "application/json+v1.5"
            assert "Alarms" not in await server.read("/station_statuses/1", accept=old)
            assert await server.code("/station_statuses", accept=old) == 1007

    async def test_the_refused_version_is_named(self) -> None:
        async with cwork(version="1.3") as server:
            answer = await server.ask("/stations", accept="application/json+v1.9")
            assert answer.json()["Message"] == "Version 1.9 is not available"


class TestKeys:
    @pytest.mark.parametrize("minor", [0, 1])
    async def test_nobody_is_asked_before_they_exist(self, minor: int) -> None:
        async with cwork(version=f"1.{minor}") as server:
            assert (await server.ask("/stations", key=None)).status_code == 200

    async def test_a_key_is_needed_from_1_2_on(self) -> None:
        async with cwork(version="1.2") as server:
            for key in (None, "wrong", ""):
                answer = await server.ask("/stations", key=key)
                assert answer.status_code == 401
                assert answer.headers["www-authenticate"].startswith("Basic")

    async def test_the_password_is_ignored(self) -> None:
        async with cwork() as server:
            answer = await server.http.get(
                "/CAPI/REST/stations",
                auth=("simulator-key", "whatever"),
                headers={"Accept": "application/json+v1"},
            )
            assert answer.status_code == 200

    async def test_what_is_not_base64_is_no_key(self) -> None:
        async with cwork() as server:
            answer = await server.http.get("/CAPI/REST/stations", headers={"Authorization": "Basic %%%"})
            assert answer.status_code == 401

    async def test_the_shorthand_is_the_api_users_key(self) -> None:
        async with cwork(api_key="mine") as server:
            assert (await server.ask("/stations", key="mine")).status_code == 200


class TestRights:
    async def test_a_group_lacks_what_it_is_denied(self) -> None:
        async with cwork() as server:
            assert (
                await server.post_code("/stations/1/delete_document", {"DocumentId": 1}, key="operator-key")
                == 1001
            )
            assert (
                await server.post_code("/stations/1/status_history", {"State": 1}, key="method-key") == 1001
            )

    async def test_a_group_sees_its_stations_only(self) -> None:
        groups = [{"id": 1, "name": "Cell", "stations": [2, 3]}]
        users = [{"handle": 1, "name": "APIUser", "group": 1, "api_key": "simulator-key"}]
        async with cwork(groups=groups, users=users) as server:
            assert [one["Handle"] for one in await server.read("/stations")] == [2, 3]
            assert [one["Handle"] for one in await server.read("/station_statuses")] == [2, 3]
            assert {one["CNCId"] for one in await server.read("/operations")} <= {2, 3}
            assert {one["StationId"] for one in (await server.read("/documents"))["Documents"]} == {2, 3}
            assert await server.code("/stations/1") == 2003
            group = (await server.read("/groups/1"))["Groups"][0]
            assert group["StationAllow"] == "2;3"


class TestLicences:
    @pytest.mark.parametrize(
        ("missing", "path"),
        [
            ("monitor", "/station_statuses"),
            ("monitor", "/tops?station=1&startdate=0&enddate=1"),
            ("dnc", "/documents"),
            ("prod", "/orders"),
            ("prod", "/operations"),
        ],
    )
    async def test_a_module_that_is_not_licensed(self, missing: str, path: str) -> None:
        licences = [one for one in ("monitor", "dnc", "prod") if one != missing]
        async with cwork(licences=licences) as server:
            assert await server.code(path) == 1001
            assert (await server.ask("/stations")).status_code == 200
        async with cwork(licences=licences, missing_licence=3001) as server:
            assert await server.code(path) == 3001

    async def test_without_any_module_nothing_works(self) -> None:
        async with cwork(licences=[]) as server:
            assert await server.code("/stations") == 3001

    async def test_they_can_change_while_the_server_runs(self) -> None:
        async with cwork() as server:
            await server.change(licences=["monitor"], version="1.12")
            assert await server.code("/documents") == 1001
            assert await server.code("/orders") == 1006


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("object", '{"ErrorCode":2003,"Message":"This station is not available or does not exist"}'),
        ("code-field", '{"code":"2003","message":"This station is not available or does not exist"}'),
        ("text", "2003: This station is not available or does not exist"),
        ("message-only", "This station is not available or does not exist"),
        ("http-only", ""),
    ],
)
async def test_error_bodies_have_the_configured_shape(shape: str, text: str) -> None:
    async with cwork(error_body=shape) as server:
        answer = await server.ask("/stations/99")
        assert (answer.status_code, answer.text) == (404, text)


@pytest.mark.parametrize(
    ("statuses", "expected"), [("by-code", 404), ("always-400", 400), ("always-500", 500)]
)
async def test_error_statuses_are_as_configured(statuses: str, expected: int) -> None:
    async with cwork(error_status=statuses) as server:
        assert (await server.ask("/stations/99")).status_code == expected


async def test_without_its_engine_the_server_cannot_reach_the_machines() -> None:
    async with cwork() as server:
        await server.change(engine_up=False)
        assert await server.code("/station_statuses") == 1012
        assert await server.post_code("/stations/1/status_history", {"State": 1}) == 1012
        assert (await server.ask("/stations")).status_code == 200
