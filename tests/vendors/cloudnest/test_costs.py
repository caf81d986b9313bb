"""What an operation costs at the gateway is never more than its price, and seldom much less."""

from collections.abc import Iterator
from typing import Any

import pytest

from floorgraph.vendors.contract import SourceTools
from tests.support.client import post
from tests.support.fakeclock import FakeClock
from tests.support.serving import serving_sources
from tests.vendors.cloudnest.conftest import Build, Hall, machines, running
from tests.vendors.cloudnest.test_unlisted import PATHS, at

DOCUMENTS = {
    "floor": """{ stations { nodes { id status state { since } currentJob { name }
        jobs(first: 5) { nodes { id } } } }
        jobs(first: 200) { nodes { id parents { nodes { id } } children { nodes { id station { id } } }
        layouts(first: 20) { nodes { id pieces { nodes { id quantity } } } } } } }""",
    "states": "{ stations(first: 1000) { nodes { status } } }",
    "details": "{ stations { nodes { status progress { percent } alarms { code } laser { gas } } } }",
    "one station": '{ station(id: "laser:station:12") { status currentJob { name } jobs { totalCount } } }',
    "history": "{ stations(first: 4) { nodes { history { startedAt } kpis { runTimeSeconds } } } }",
    "tree": "{ jobFolders { nodes { name jobs(filter: {kinds: [NEST]}) { nodes { name status } } } } }",
    "a few jobs": "{ jobs(first: 3) { nodes { name batches { nodes { name } } } } }",
    "batches": "{ batches(first: 1000) { nodes { name actions { kind } jobs { nodes { id } } } } }",
    "kin": "{ batches(first: 5) { nodes { parents { nodes { id } } children { nodes { id } } } } }",
    "placements": "{ layouts(first: 4) { nodes { placements { position piece { name } } } } }",
    "sheets": "{ layouts(first: 4) { nodes { batch { name material } } } }",
    "sheets of pieces": "{ pieces(first: 5) { nodes { name layouts { nodes { batch { name } } } } } }",
    "pieces": "{ pieces(first: 1000) { nodes { name layouts { nodes { name } } job { name } } } }",
    "alarms": "{ alarms { nodes { code station { name } } } }",
    "filtered": """{ stations(filter: {status: [IDLE]}) { totalCount }
        jobs(filter: {text: "a"}) { totalCount } }""",
    "orders": "{ orders { totalCount } programs { totalCount } }",
}


@pytest.fixture(scope="module", params=["public", "told"])
def busy(request: pytest.FixtureRequest) -> Iterator[tuple[Hall, dict[str, Any]]]:
    """A hall of 117 jobs and 60 machines, with the public paths alone or with all of them."""
    told = {} if request.param == "public" else at(*PATHS)
    with running(jobs=117, machines=60, waiting_share=0.3) as hall:
        yield hall, told


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
async def test_no_operation_costs_more_than_its_price(
    busy: tuple[Hall, dict[str, Any]], source: Build, name: str
) -> None:
    hall, told = busy
    clock = FakeClock(hall.step(0))
    tools = SourceTools(clock=clock, sleep=clock.sleep)
    laser = source(hall, tools, machines=machines(60), endpoints=told)
    # Known of it is how many jobs and machines there are, as after any first look.
    async with serving_sources([laser]) as base_url:
        await post(base_url, "{ stations { totalCount } jobFolders { totalCount } }")
        document = DOCUMENTS[name]
        priced = (await post(base_url, document, None, **{"X-Floorgraph-Dry-Run": "1"})).json()
        price = priced["extensions"]["cost"]["upstreamCalls"]
        hall.forget_calls()
        answer = (await post(base_url, document)).json()
    calls = sum(hall.calls().values())
    assert "errors" not in answer or all("calls_per_question" in str(one) for one in answer["errors"]), answer
    assert calls <= price, hall.calls()


@pytest.mark.parametrize(("name", "slack"), [("floor", 1), ("states", 0), ("tree", 0), ("placements", 0)])
async def test_a_price_is_close_where_the_calls_do_not_depend_on_what_is_found(
    busy: tuple[Hall, dict[str, Any]], source: Build, name: str, slack: int
) -> None:
    hall, _ = busy
    laser = source(hall, machines=machines(60))
    async with serving_sources([laser]) as base_url:
        await post(base_url, "{ stations { totalCount } jobFolders { totalCount } }")
        priced = (await post(base_url, DOCUMENTS[name], None, **{"X-Floorgraph-Dry-Run": "1"})).json()
        hall.forget_calls()
        await post(base_url, DOCUMENTS[name])
    # What was asked before is remembered: the lists of machines and of jobs.
    calls = sum(hall.calls().values()) + (2 if name in ("floor",) else 1)
    price = priced["extensions"]["cost"]["upstreamCalls"]
    assert calls <= price <= calls + slack, (priced["extensions"]["cost"], hall.calls())
