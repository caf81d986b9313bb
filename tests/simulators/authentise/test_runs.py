"""Runs from outside: states, queues, new runs, and operations that take a while."""

from typing import Any

import pytest

from tests.simulators.authentise.client import BASE, AuthentiseClient, authentise

PRINTING = {"filter_operation": "printing"}


async def ready(am: AuthentiseClient) -> dict[str, Any]:
    """A print run of several pieces that can be started, at a printer that is free."""
    for run in await am.rows("run", filter_status="queued-work-ready", **PRINTING):
        if len(run["prints"]) > 1 and not (await am.get(run["printer"]))["in_progress"]:
            return run
    raise AssertionError("no run is ready")


async def test_a_run_goes_through_its_states() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        await am.put(run["uri"], {"status": "in-progress", "notes": "begun"})
        now = await am.get(run["uri"])
        assert (now["status"], now["notes"]) == ("in-progress", "begun")
        assert (await am.get(run["printer"]))["in_progress"] == [run["uri"]]
        piece = await am.get((await am.get(run["prints"][0]))["piece"])
        assert piece["status"] == "printing"
        await am.put(run["uri"], {"status": "paused"})
        build = (await am.rows("build", filter_run=run["uri"]))[0]
        assert build["status"] == "paused"
        await am.put(run["uri"], {"status": "in-progress"})
        await am.put(run["uri"], {"status": "complete"})
        assert (await am.get(run["uri"]))["status"] == "complete"
        assert (await am.get(piece["uri"]))["status"] == "queued-for-post-processing"
        assert (await am.get(build["uri"]))["end_time"]
        actuals = await am.rows("run-actuals", filter_run=run["uri"])
        assert len(actuals) == 1


async def test_the_next_run_is_ready_when_all_pieces_are() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        piece = (await am.get(run["prints"][0]))["piece"]
        steps = await am.rows("print", filter_piece=piece, sort="process_step_position")
        following = steps[1]["run"]
        assert (await am.get(following))["status"] == "queued"
        await am.put(run["uri"], {"status": "in-progress"})
        await am.put(run["uri"], {"status": "complete"})
        assert (await am.get(following))["status"] == "queued-work-ready"


@pytest.mark.parametrize("status", ["complete", "paused", "error", "calculated"])
async def test_some_transitions_are_refused(status: str) -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        answer = await am.ask("PUT", run["uri"], json={"status": status})
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["title"] == "The requested status transformation is not allowed."
        assert (await am.get(run["uri"]))["status"] == "queued-work-ready"


async def test_a_busy_machine_and_unfinished_steps_stand_in_the_way() -> None:
    async with authentise(alive=False, pieces=200, printers=4) as am:
        run = await ready(am)
        other = next(
            row
            for row in await am.rows("run", filter_printer=run["printer"], filter_status="queued-work-ready")
            if row["uri"] != run["uri"]
        )
        await am.put(run["uri"], {"status": "in-progress"})
        busy = await am.ask("PUT", other["uri"], json={"status": "in-progress"})
        assert busy.status_code == 400
        assert "busy printing" in busy.text
        waiting = next(
            row
            for row in await am.rows("run", filter_status="queued")
            if row["operation"] == "post-processing"
        )
        assert (await am.ask("PUT", waiting["uri"], json={"status": "in-progress"})).status_code == 400
        await am.put(waiting["uri"], {"status": "in-progress", "force": True})


async def test_a_failed_run_spoils_its_pieces_and_a_cancelled_one_frees_them() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        pieces = [(await am.get(link))["piece"] for link in run["prints"]]
        await am.put(run["uri"], {"status": "in-progress"})
        await am.put(run["uri"], {"status": "error"})
        failed = await am.rows("piece", filter_uri=pieces)
        assert {row["status"] for row in failed} == {"error"}
        assert all(row["remanufactured_to"] for row in failed)
        run = (await am.rows("run", filter_status="queued-work-ready", **PRINTING))[0]
        pieces = [(await am.get(link))["piece"] for link in run["prints"]]
        await am.put(run["uri"], {"status": "cancelled"})
        freed = await am.rows("piece", filter_uri=pieces)
        assert {(row["status"], row["current_print"]) for row in freed} == {("confirmed", None)}


async def test_a_deleted_run_frees_its_pieces() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        piece = (await am.get(run["prints"][0]))["piece"]
        assert (await am.ask("DELETE", run["uri"])).status_code == 204
        assert (await am.ask("GET", run["uri"])).status_code == 404
        assert (await am.get(piece))["status"] == "confirmed"
        deleted = await am.rows("event", filter_reference=run["uri"], filter_key="deleted")
        assert len(deleted) == 1
        active = await am.rows("run", filter_status="in-progress")
        for row in active:
            assert (await am.ask("DELETE", row["uri"])).status_code == 400


async def test_runs_move_in_their_queue() -> None:
    async with authentise(alive=False, pieces=300, printers=4) as am:
        printer = max(await am.rows("printer"), key=lambda row: len(row["queue"]))
        queue = printer["queue"]
        assert len(queue) >= 3
        await am.post("run-queue", {"run": queue[2]})
        assert (await am.get(printer["uri"]))["queue"] == [queue[2], queue[0], queue[1], *queue[3:]]
        await am.post("run-queue", {"run": queue[2], "relative_to": queue[1], "position": "after"})
        assert (await am.get(printer["uri"]))["queue"] == queue
        await am.put(printer["uri"], {"queue": queue[::-1]})
        assert (await am.get(printer["uri"]))["queue"] == queue[::-1]
        wrong = await am.ask("PUT", printer["uri"], json={"queue": queue[:1]})
        assert wrong.status_code == 400
        gone = f"{BASE}/run/00000000-0000-4000-8000-000000000000/"
        assert (await am.ask("POST", "/run-queue/", json={"run": gone})).status_code == 404


async def test_runs_are_given_to_another_machine() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        printers = await am.rows("printer", filter_printer_type=run["printer_type"])
        other = next(row["uri"] for row in printers if row["uri"] != run["printer"])
        await am.put(run["uri"], {"printer": other})
        assert run["uri"] in (await am.get(other))["queue"]
        assert run["uri"] not in (await am.get(run["printer"]))["queue"]


async def free_pieces(am: AuthentiseClient) -> list[dict[str, Any]]:
    """Free pieces of one workflow."""
    await am.ask("DELETE", (await ready(am))["uri"])
    pieces = await am.rows("piece", filter_status="confirmed")
    return [row for row in pieces if row["workflow"] == pieces[0]["workflow"]]


async def test_runs_are_created_after_a_while() -> None:
    async with authentise(alive=False, pieces=120) as am:
        pieces = await free_pieces(am)
        kind = (await am.get((await am.get(pieces[0]["workflow"]))["process_steps"][0]))[
            "workstation_type_uri"
        ]
        printer = (await am.rows("printer", filter_printer_type=kind))[0]
        body = {
            "pieces": [row["uri"] for row in pieces],
            "primary_workstation": printer["uri"],
            "run_name": "Mine",
        }
        job = await am.post("create-runs", body)
        assert (await am.get(job))["status"] == "pending"
        await am.step(2.5)
        assert (await am.get(job))["status"] == "processing"
        await am.step(2.5)
        done = await am.get(job)
        assert (done["status"], done["unfitted_pieces"]) == ("complete", [])
        run = await am.get(done["primary_run"])
        assert (run["name"], run["printer"], run["status"]) == ("Mine", printer["uri"], "queued-work-ready")
        assert len(done["resulting_runs"]) == len((await am.get(pieces[0]["workflow"]))["process_steps"])
        file = (await am.rows("build-file", filter_run=run["uri"]))[0]
        assert (await am.get(file["layout"]))["status"] == "queued"
        await am.step(5)
        assert (await am.get(file["layout"]))["status"] == "complete"
        again = await am.post("create-runs", body)
        await am.step(5)
        assert (await am.get(again))["status"] == "error"


async def test_packing_makes_runs_and_layouts_are_worked_out() -> None:
    async with authentise(alive=False, pieces=120) as am:
        pieces = await free_pieces(am)
        printer = (await am.rows("printer"))[0]
        packing = await am.post("packing-process", {"pieces": [pieces[0]["uri"]], "printer": printer["uri"]})
        build = {"type": "rectangle", "packer_type": "pack2d", "x": 200, "y": 200}
        models = [row["uri"] for row in await am.rows("model")][:4]
        layout = await am.post("layout", {"build": build, "models": models, "min_packing_distance": 5})
        assert (await am.get(layout))["status"] == "queued"
        await am.step(5)
        assert len((await am.get(layout))["positions"]) == 4
        packed = await am.get(packing)
        assert packed["status"] == "complete"
        assert (await am.get(packed["run"]))["printer"] == printer["uri"]


@pytest.mark.parametrize("kind", ["remanufacture", "scrap", "redo"])
async def test_prints_of_a_run_are_transformed(kind: str) -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        await am.put(run["uri"], {"status": "in-progress"})
        link = run["prints"][0]
        piece = (await am.get(link))["piece"]
        job = await am.post("run-transformation", {"source_run": run["uri"], "type": kind, "prints": [link]})
        await am.step(5)
        done = await am.get(job)
        assert done["status"] == "complete"
        assert link not in (await am.get(run["uri"]))["prints"]
        if kind == "redo":
            assert (await am.get(done["destination_runs"][0]))["prints"] == [link]
        else:
            other = (await am.get(piece))["remanufactured_to"]
            assert (await am.get(other))["status"] == ("cancelled" if kind == "scrap" else "confirmed")


async def test_actuals_are_corrected_by_a_new_version() -> None:
    async with authentise(alive=False, pieces=120) as am:
        old = (await am.rows("run-actuals"))[0]
        await am.put(old["uri"], {"end_in_progress_time": "2026-03-02T07:30:00+02:00"})
        current = (await am.rows("run-actuals", filter_run=old["run"]))[0]
        assert current["previous"] == old["uri"]
        assert current["end_in_progress_time"] == "2026-03-02T05:30:00+00:00"
        assert (await am.get(old["uri"]))["run"] is None


async def test_a_run_of_prints() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        body = {"prints": run["prints"][:1], "printer": run["printer"], "printer_type": run["printer_type"]}
        made = await am.get(await am.post("run", {**body, "name": "Split off"}))
        assert (made["name"], made["prints"]) == ("Split off", run["prints"][:1])
        assert (await am.get(run["uri"]))["prints"] == run["prints"][1:]
        steps = await am.rows("print", filter_piece=(await am.get(run["prints"][1]))["piece"])
        mixed = {**body, "prints": [row["uri"] for row in steps]}
        assert (await am.ask("POST", "/run/", json=mixed)).status_code == 400


async def test_the_schedule_and_reports_are_written() -> None:
    async with authentise(alive=False, pieces=120) as am:
        run = await ready(am)
        schedule = await am.get(await am.post("schedule_runs", {"run": run["uri"]}))
        assert schedule["estimates"]["time"]["in_progress"] > 0
        piece = (await am.rows("piece"))[0]
        report = await am.post("traceability-report", {"piece": piece["uri"], "filters": ["print_events"]})
        assert (await am.get(report))["content"] is None
        await am.step(5)
        content = (await am.get(report))["content"]
        document = await am.ask("GET", content)
        assert (document.status_code, document.headers["content-type"]) == (200, "application/pdf")
        assert (await am.ask("GET", content.partition("?")[0])).status_code == 403


async def test_shipments_are_split() -> None:
    async with authentise(pieces=200, printers=20) as am:
        while not (pieces := await am.rows("piece", filter_status="queued-for-shipping")):
            await am.step(10)
        await am.change(alive=False)
        piece = pieces[0]
        before = (await am.get(piece["current_print"]))["run"]
        answer = await am.ask("POST", "/shipment/split/", json={"pieces": [piece["uri"]]})
        assert answer.status_code == 201, answer.text
        found = answer.json()
        assert (await am.get(found["run"]))["prints"] == [piece["current_print"]]
        assert found["run"] != before
        assert (await am.get(found["shipment"]))["run"] == found["run"]
