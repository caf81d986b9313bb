"""The state of a station is changed, in every way that this can end."""

from tests.end_to_end.commands.shop import Vendor, application, change, command


async def test_confirmed(vendor: Vendor) -> None:
    async with application(vendor) as base_url:
        done = await change(base_url, state="2", comment="New clamps", commandId="c1")
        assert (done["outcome"], done["commandId"], done["userErrors"]) == ("CONFIRMED", "c1", [])
        assert done["station"]["state"]["remoteId"] == "2"
        assert done["station"]["state"]["comment"] == "New clamps"
        assert vendor.station(1)["state"] == 2
        known = await command(base_url, "c1")
        assert known["outcome"] == "CONFIRMED"
        assert known["after"]["state"] == "2"
        assert known["before"]["state"] != "2"
    assert len(vendor.writes()) == 1
