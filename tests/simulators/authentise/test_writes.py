"""Machines, material, orders and pieces from outside."""

import pytest

from tests.simulators.authentise.client import BASE, authentise

TIMES = {"start": "2026-03-02T09:00:00Z", "finish": "2026-03-02T10:00:00Z"}


async def test_downtimes_are_made_changed_and_taken_back() -> None:
    async with authentise(alive=False) as am:
        printer = (await am.rows("printer"))[0]["uri"]
        link = await am.post("downtime", {**TIMES, "printer": printer, "description": "New filter"})
        made = await am.get(link)
        assert (made["status"], made["start"]) == ("scheduled", "2026-03-02T09:00:00+00:00")
        await am.put(link, {"status": "in_progress"})
        assert [row["uri"] for row in await am.rows("downtime", filter_printer=printer)] == [link]
        events = await am.rows("event", filter_reference=link)
        assert [row["key"] for row in events] == ["created", "status"]
        assert (await am.ask("DELETE", link)).status_code == 204
        assert await am.rows("downtime") == []
        assert (await am.ask("POST", "/downtime/", json=TIMES)).status_code == 400


async def test_a_printer_that_is_down_takes_no_runs() -> None:
    async with authentise(pieces=200, printers=4) as am:
        busy = {row["printer"] for row in await am.rows("run", filter_status="in-progress")}
        printer = next(row for row in await am.rows("printer") if row["uri"] not in busy)
        await am.post("downtime", {**TIMES, "printer": printer["uri"], "status": "in_progress"})
        await am.step(300)
        assert (await am.get(printer["uri"]))["in_progress"] == []


async def test_stations_are_made_and_deleted_when_nothing_waits() -> None:
    async with authentise(alive=False, pieces=200, printers=4) as am:
        kind = (await am.rows("printer-type"))[0]
        link = await am.post("printer", {"name": "Fresh", "printer_type": kind["uri"]})
        assert (await am.get(link))["printer_type"] == kind["uri"]
        again = await am.ask("POST", "/printer/", json={"name": "Fresh", "printer_type": kind["uri"]})
        assert again.status_code == 400
        assert (await am.ask("DELETE", link)).status_code == 204
        busy = next(row for row in await am.rows("printer") if row["queue"])
        assert (await am.ask("DELETE", busy["uri"])).status_code == 400
        assert (await am.ask("DELETE", kind["uri"])).status_code == 400


async def test_a_twin_that_is_not_connected_is_offline() -> None:
    async with authentise(alive=False) as am:
        modeler = (await am.rows("modeler", filter_status="printing"))[0]["uri"]
        await am.put(modeler, {"connected": False})
        assert (await am.get(modeler))["status"] == "offline"
        assert await am.codes("PUT", modeler, json={"status": "idle"}) == (400, ["cannot-set-property"])


async def test_machine_commands_are_carried_out_after_a_while() -> None:
    async with authentise(alive=False) as am:
        run = (await am.rows("run", filter_operation="printing", filter_status="in-progress"))[0]
        modeler = (await am.get(run["printer"]))["modeler"]
        command = await am.post(
            "modeler-command", {"modeler": modeler, "type": "pause_job", "run": run["uri"]}
        )
        assert (await am.get(command))["status"] == "new"
        await am.step(5)
        assert (await am.get(command))["status"] == "complete"
        assert (await am.get(run["uri"]))["status"] == "paused"


async def test_batches_change_by_actions_only() -> None:
    async with authentise(alive=False) as am:
        batch = (await am.rows("material-batch"))[1]
        refused = (403, ["Unauthorized"])
        assert await am.codes("PUT", batch["uri"], json={"notes": "x"}) == refused
        assert await am.codes("POST", "/material-batch/", json={"notes": "x"}) == refused
        body = {"action_type": "split_batch", "source_batch": batch["uri"], "quantity": 1.5}
        child = await am.post("material-batch-action", body)
        assert child.startswith(f"{BASE}/material-batch/")
        made = await am.get(child)
        assert (made["quantity"], made["source_material_batches"]) == (1.5, [batch["uri"]])
        assert (await am.get(batch["uri"]))["quantity"] == pytest.approx(batch["quantity"] - 1.5)
        sieved = await am.post("material-batch-action", {"action_type": "sieve", "source_batch": child})
        assert sieved.startswith(f"{BASE}/material-batch-action/")
        assert (await am.get(child))["powder_quality"] == "sieved"
        too_much = {**body, "quantity": 1_000}
        assert (await am.ask("POST", "/material-batch-action/", json=too_much)).status_code == 400


async def test_batches_are_blended_loaded_moved_and_scrapped() -> None:
    async with authentise(alive=False) as am:
        first, second = (await am.rows("material-batch"))[1:3]
        metadata = {"batches": [second["uri"]]}
        body = {"action_type": "blend_batches", "source_batch": first["uri"], "metadata": metadata}
        blend = await am.get(await am.post("material-batch-action", body))
        assert blend["quantity"] == pytest.approx(first["quantity"] + second["quantity"])
        assert (await am.get(first["uri"]))["status"] == "done"
        printer = (await am.rows("printer"))[0]["uri"]
        area = (await am.rows("sub-location"))[2]["uri"]
        for kind, given in (
            ("machine_load", {"machine": printer}),
            ("relocate", {"sub_location": area}),
            ("scrap_batch", {}),
        ):
            body = {"action_type": kind, "source_batch": blend["uri"], "metadata": given}
            await am.post("material-batch-action", body)
            blend = await am.get(blend["uri"])
            assert (blend["at_machine"] == printer) is (kind != "scrap_batch")
        assert (blend["sub_location"], blend["quantity"], blend["status"]) == (area, 0, "done")
        edges = await am.rows("material-batch-linking", filter_destination_batch=blend["uri"])
        assert {row["source_batch"] for row in edges} == {first["uri"], second["uri"]}


async def test_lots_bring_containers_and_go_their_way() -> None:
    async with authentise(alive=False) as am:
        material = (await am.rows("material"))[0]["uri"]
        body = {"material": material, "name": "New lot", "number_of_containers": 3, "size_of_container": 5.0}
        lot = await am.get(await am.post("material-lot", body))
        assert (lot["quantity"], lot["status"]) == (15, "received")
        assert len(lot["containers_available_for_initial_batches"]) == 3
        assert (await am.get(lot["initial_batches"][0]))["material_lots"] == [lot["uri"]]
        await am.put(lot["uri"], {"status": "in_testing"})
        assert (await am.ask("PUT", lot["uri"], json={"status": "on_order"})).status_code == 400


async def test_stock_is_consumed() -> None:
    async with authentise(alive=False) as am:
        stock = (await am.rows("stock"))[0]
        body = {"action_type": "consume", "source_stock": stock["uri"], "action_quantity": 10.0}
        action = await am.get(await am.post("material-stock-action", body))
        assert action["quantity"] == stock["quantity"] - 10 == (await am.get(stock["uri"]))["quantity"]


async def test_confirmed_line_items_get_pieces_and_cancelled_ones_lose_them() -> None:
    async with authentise(alive=False) as am:
        order = await am.post("order", {"name": "By hand"})
        workflow = (await am.rows("workflow"))[0]["uri"]
        body = {"order": order, "quantity": 5, "workflow": workflow, "name": "Knob"}
        item = await am.post("line-item", body)
        assert await am.rows("piece", filter_line_item=item) == []
        await am.put(item, {"status": "confirmed"})
        pieces = await am.rows("piece", filter_line_item=item)
        assert [row["status"] for row in pieces] == ["confirmed"] * 5
        assert (await am.get(order))["status"] == "confirmed"
        assert (await am.ask("PUT", item, json={"status": "complete"})).status_code == 400
        await am.put(item, {"status": "cancelled"})
        pieces = await am.rows("piece", filter_line_item=item)
        assert [row["status"] for row in pieces] == ["cancelled"] * 5
        assert (await am.ask("POST", "/line-item/", json={**body, "quantity": 0})).status_code == 400


async def test_pieces_of_deleted_orders_stay_listed() -> None:
    async with authentise(alive=False) as am:
        order = (await am.rows("order"))[0]["uri"]
        assert (await am.ask("DELETE", order)).status_code == 204
        pieces = await am.rows("piece", filter_order=order)
        assert pieces
        assert {row["is_order_deleted"] for row in pieces} == {True}


async def test_copies() -> None:
    async with authentise(alive=False) as am:
        item = (await am.rows("line-item"))[0]["uri"]
        answer = await am.ask("POST", f"{item}clone/", json={"quantity": 2})
        copy = await am.get(answer.headers["location"])
        assert (copy["quantity"], copy["status"]) == (2, "pending")
        template = (await am.rows("printer-type", filter_is_template="true"))[0]["uri"]
        answer = await am.ask("POST", f"{template}clone/", json={})
        assert (await am.get(answer.headers["location"]))["is_template"] is False


async def test_names_the_system_made_up_stay() -> None:
    async with authentise(alive=False) as am:
        piece = (await am.rows("piece"))[0]
        answer = await am.ask("PUT", piece["uri"], json={"name": "Mine"})
        assert answer.status_code == 400
        assert "Auto-generated piece names" in answer.text
