"""What a gateway asks for by keys costs a real adapter what a list costs, however many keys there are."""

import pytest

from tests.end_to_end.test_cwork_floor import allowed_calls, shop
from tests.support.client import data

IDS = "{ stations(first: 1000) { nodes { id } } }"
# The list beside it says how fresh the whole operation must be; it needs no call of its own.
ENTITIES = """
query ($representations: [_Any!]!) {
  stations(first: 1, maxAge: 0) { totalCount }
  _entities(representations: $representations) { ... on Station {
    id name status alarms { code } currentJob { id name order { name } } jobs(first: 1000) { nodes { id } }
  } }
}
"""


@pytest.mark.parametrize("stations", [5, 40])
@pytest.mark.parametrize("version", ["1.12", "1.16"])
async def test_entities_cost_what_the_list_costs(version: str, stations: int) -> None:
    async with shop(version, stations) as (simulator, base_url):
        ids = [node["id"] for node in (await data(base_url, IDS))["stations"]["nodes"]]
        simulator.reset()
        representations = [{"__typename": "Station", "id": one} for one in ids]
        found = await data(base_url, ENTITIES, {"representations": representations})
        calls = simulator.calls()
    assert [one["id"] for one in found["_entities"]] == ids
    assert len(ids) == stations
    assert 0 < calls["total"] <= allowed_calls(version, stations), calls["labels"]
