"""What `POST /_control/state` changes."""

from typing import Any

import pytest

from tests.simulators.cwork.client import cwork


async def test_the_overview_agrees_with_the_api() -> None:
    async with cwork() as server:
        shop = await server.shop()
        assert shop["version"] == "1.16"
        assert shop["licences"] == ["dnc", "monitor", "prod"]
        assert [one["handle"] for one in shop["stations"]] == [1, 2, 3, 4, 5, 6]
        for station in shop["stations"][:4]:
            status = await server.read(f"/station_statuses/{station['handle']}")
            assert status["State"]["Handle"] == station["state"]
            assert status["TotalParts"] == station["total_parts"]
        operations = {one["OperationId"]: one for one in await server.read("/operations")}
        for operation in shop["operations"]:
            assert operations[operation["id"]]["PartsMade"] == operation["parts_made"]


async def test_stations_change_come_and_go() -> None:
    async with cwork() as server:
        await server.change(
            stations=[
                {"handle": 1, "state": 11, "comment": "why", "name": "New name", "total_parts": 5},
                {"handle": 2, "disabled": True},
                {"handle": 3, "operation": 0, "parts_since_reset": 7},
            ],
        )
        first = await server.read("/station_statuses/1")
        assert (first["State"]["Name"], first["Comment"], first["TotalParts"]) == ("Special trial", "why", 5)
        assert (await server.read("/stations/1"))["Name"] == "New name"
        assert await server.code("/station_statuses/2") == 2007
        third = await server.read("/station_statuses/3")
        assert (third["Job"], third["PartsSinceReset"]) == ("", 7)
        added = (await server.change(add_stations=[{"name": "Brand new"}]))["added_stations"]
        assert (await server.read(f"/stations/{added[0]}"))["Name"] == "Brand new"
        await server.change(remove_stations=[1])
        assert await server.code("/stations/1") == 2003
        assert 1 not in [one["Handle"] for one in await server.read("/station_statuses")]


async def test_orders_and_operations_change_come_and_go() -> None:
    async with cwork() as server:
        added = await server.change(add_orders=[{"name": "RUSH", "stations": [1, 2]}])
        order, operations = added["added_orders"][0], added["added_operations"]
        found = await server.read(f"/operations?order={order}")
        assert [(one["OperationId"], one["CNCId"]) for one in found] == [
            (operations[0], 1),
            (operations[1], 2),
        ]
        assert (await server.read(f"/orders/{order}"))[0]["Name"] == "RUSH"
        await server.change(
            operations=[{"id": operations[0], "state": 3, "parts_made": 4, "parts_to_make": 9}],
            orders=[{"id": order, "state": 2}],
        )
        changed = (await server.read(f"/operations/{operations[0]}"))[0]
        assert (changed["CurrentState"], changed["PartsMade"], changed["PartsToMake"]) == (3, 4, 9)
        assert (await server.read(f"/orders/{order}"))[0]["CurrentState"] == 2
        more = await server.change(add_operations=[{"order": order, "station": 3}])
        assert (await server.read(f"/operations/{more['added_operations'][0]}"))[0]["Name"] == "30"
        await server.change(remove_operations=[operations[0]])
        assert await server.code(f"/operations/{operations[0]}") == 2004
        await server.change(remove_orders=[order])
        assert await server.code(f"/orders/{order}") == 2004
        assert await server.code(f"/operations/{operations[1]}") == 2004
        # The shop goes on without them.
        await server.step(3600)
        assert await server.read("/station_statuses")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"bogus": 1}, "bogus"),
        ({"version": "2.0"}, "version"),
        ({"version": "1.17"}, "version"),
        ({"licences": ["everything"]}, "licences.0"),
        ({"stations": [{"handle": 99}]}, "stations.0.handle"),
        ({"stations": [{"handle": 1}, {"handle": 2, "state": 77}]}, "stations.1.state"),
        ({"stations": [{"handle": 1, "operation": 999}]}, "stations.0.operation"),
        ({"stations": [{"handle": 1, "colour": "red"}]}, "stations.0.colour"),
        ({"remove_stations": [99]}, "remove_stations.0"),
        ({"add_orders": [{"stations": [1, 99]}]}, "add_orders.0.stations"),
        ({"operations": [{"id": 999}]}, "operations.0.id"),
        ({"operations": [{"id": 1, "state": 9}]}, "operations.0.state"),
        ({"raise_alarms": [{"station": 1}]}, "raise_alarms.0.code"),
        ({"next_state_change": {"code": 1}}, "next_state_change.code"),
    ],
)
async def test_what_makes_no_sense_is_named_and_changes_nothing(changes: dict[str, Any], field: str) -> None:
    async with cwork() as server:
        before = await server.shop()
        answer = await server.control("POST", "/state", {"engine_up": False, **changes})
        assert answer.status_code == 400
        assert answer.json()["field"] == field
        assert await server.shop() == before


async def test_starting_over_forgets_all_changes() -> None:
    async with cwork() as server:
        before = await server.shop()
        await server.change(version="1.3", licences=[], remove_stations=[1])
        await server.control("POST", "/reset", {"what": ["shop"]})
        assert await server.shop() == before
