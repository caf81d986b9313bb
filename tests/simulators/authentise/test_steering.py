"""The control endpoint."""

from typing import Any

import pytest

from tests.simulators.authentise.client import BASE, authentise


async def test_any_value_can_be_set_also_unknown_words() -> None:
    async with authentise(alive=False) as am:
        piece = (await am.rows("piece"))[0]
        await am.change(set={piece["uri"]: {"status": "levitating", "owner": None}})
        now = await am.get(piece["uri"])
        assert (now["status"], now["owner"]) == ("levitating", None)
        assert now["updated"] > piece["updated"]


async def test_links_are_given_as_paths() -> None:
    async with authentise(alive=False) as am:
        batch, printer = (await am.rows("material-batch"))[0], (await am.rows("printer"))[3]
        path = printer["uri"].removeprefix(BASE)
        await am.change(set={batch["uri"].removeprefix(BASE): {"at_machine": path}})
        assert (await am.get(batch["uri"]))["at_machine"] == printer["uri"]


async def test_runs_are_brought_into_any_state() -> None:
    async with authentise(alive=False) as am:
        run = (await am.rows("run", filter_status="queued-work-ready"))[0]
        await am.change(runs={run["uri"]: "complete"})
        assert (await am.get(run["uri"]))["status"] == "complete"
        step = await am.get(run["prints"][0])
        assert step["status"] == "complete"


async def test_records_come_and_go() -> None:
    async with authentise(alive=False) as am:
        printer = (await am.rows("printer"))[0]["uri"]
        given = {"printer": printer, "status": "in_progress", "start": "2026-03-02T07:00:00+00:00"}
        done = await am.change(add=[{"resource": "downtime", "values": given}])
        link = done["added"][0]
        assert (await am.rows("downtime"))[0]["printer"] == printer
        await am.change(remove=[link])
        assert await am.rows("downtime") == []


async def test_so_many_pieces_are_touched() -> None:
    async with authentise(alive=False) as am:
        before = {row["uri"]: row["priority"] for row in await am.rows("piece")}
        done = await am.change(touch=12)
        after = {row["uri"]: row["priority"] for row in await am.rows("piece")}
        changed = {uri.split("/")[-2] for uri in after if after[uri] != before[uri]}
        assert changed == set(done["touched"])


async def test_changes_are_stamped_earlier_when_asked_to() -> None:
    async with authentise(alive=False) as am:
        piece = (await am.rows("piece"))[0]["uri"]
        await am.step(60)
        await am.change(set={piece: {"notes": "late"}}, lag=12.5)
        assert (await am.get(piece))["updated"] == "2026-03-02T08:00:47.500000+00:00"
        event = (await am.rows("event", filter_reference=piece))[0]
        assert event["created"] == "2026-03-02T08:00:47.500000+00:00"
        await am.change(set={piece: {"notes": "in time"}})
        assert (await am.get(piece))["updated"] == "2026-03-02T08:01:00+00:00"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nothing": 1}, "nothing"),
        ({"set": {"/run/00000000-0000-4000-8000-000000000000/": {}}}, "set"),
        ({"hide": ["here"]}, "hide"),
        ({"add": [{"resource": "nothing"}]}, "add.resource"),
        ({"churn": -1}, "churn"),
        ({"throttle": {"count": -1}}, "throttle.count"),
    ],
)
async def test_what_makes_no_sense_is_refused(body: dict[str, Any], field: str) -> None:
    async with authentise() as am:
        answer = await am.http.post("/_control/state", json=body)
        assert answer.status_code == 400
        assert answer.json()["field"] == field


async def test_the_state_tells_the_shop_and_the_counters_the_calls() -> None:
    async with authentise() as am:
        await am.rows("run")
        run = (await am.rows("run"))[0]["uri"]
        await am.get(run)
        await am.ask("GET", "/nothing/")
        calls = (await am.http.get("/_control/calls")).json()
        assert calls["labels"] == {"GET /run/": 2, "GET /run/{uuid}/": 1, "GET (unknown)": 1}
        shop = await am.shop()
        assert shop["counts"]["printer"] == 11
        assert sum(shop["piece_statuses"].values()) == shop["counts"]["piece"]


async def test_faults_hit_the_endpoints_they_name() -> None:
    async with authentise() as am:
        fault = {"kind": "status", "status": 503, "endpoint": "GET /run/", "count": 1}
        await am.http.post("/_control/faults", json=fault)
        assert (await am.ask("GET", "/piece/")).status_code == 200
        assert (await am.ask("GET", "/run/")).status_code == 503
        assert (await am.ask("GET", "/run/")).status_code == 200
