"""What the resources hold and how they hang together, with the traps of the vendor's document."""

from collections import Counter

from tests.simulators.authentise.client import BASE, authentise


async def test_stations_have_twins_types_and_places() -> None:
    async with authentise(printers=10) as am:
        printers = await am.rows("printer")
        assert len(printers) == 10
        modelers = {row["uri"]: row for row in await am.rows("modeler")}
        assert Counter(row["modeler"] is None for row in printers) == {False: 9, True: 1}
        offline = [row for row in modelers.values() if not row["connected"]]
        assert [row["status"] for row in offline] == ["offline"]
        types = {row["uri"]: row for row in await am.rows("printer-type")}
        assert {row["printer_type"] for row in printers} == set(types)
        assert all(kind["build_volume"].keys() == {"x", "y", "z"} for kind in types.values())
        assert all(kind["active_printers"] for kind in types.values())
        areas = {row["uri"]: row["location"] for row in await am.rows("sub-location")}
        assert all(areas[row["sub_location"]] == row["location"] for row in printers)


async def test_runs_in_progress_are_told_for_one_printer_only() -> None:
    async with authentise() as am:
        run = next(row for row in await am.rows("run", filter_status="in-progress") if row["printer"])
        listed = await am.rows("printer", filter_uri=run["printer"])
        assert listed[0]["in_progress"] == []
        assert (await am.get(run["printer"]))["in_progress"] == [run["uri"]]


async def test_queues_and_positions_agree() -> None:
    async with authentise(pieces=200, printers=4) as am:
        printer = max(await am.rows("printer"), key=lambda row: len(row["queue"]))
        assert len(printer["queue"]) > 2
        runs = {row["uri"]: row for row in await am.rows("run", filter_printer=printer["uri"])}
        waiting = [runs[uri]["workstation_queue_position"] for uri in printer["queue"]]
        assert waiting == list(range(len(waiting)))
        assert {runs[uri]["status"] for uri in printer["queue"]} <= {"queued", "queued-work-ready"}


async def test_archived_stations_and_templates_are_left_out() -> None:
    async with authentise() as am:
        printers = await am.rows("printer", filter_include_archived="true")
        assert [row["name"] for row in printers if row["archived"]] == ["Retired printer"]
        assert not [row for row in await am.rows("printer") if row["archived"]]
        templates = await am.rows("printer-type", filter_is_template="true")
        assert [row["name"] for row in templates] == ["Shared template"]
        assert "Shared template" not in [row["name"] for row in await am.rows("printer-type")]


async def test_workstations_are_all_stations_by_their_own_links() -> None:
    async with authentise() as am:
        stations = {row["uri"] for row in await am.rows("workstation")}
        expected = set()
        for resource in ("printer", "post-processor", "shipping"):
            found = await am.rows(
                resource, **({} if resource == "shipping" else {"filter_include_archived": "true"})
            )
            expected |= {row["uri"] for row in found}
        assert stations == expected


async def test_line_items_are_products_unless_asked_otherwise() -> None:
    async with authentise(pieces=600) as am:
        products = await am.rows("line-item")
        everything = await am.rows("line-item", filter_type="product,specimen,waste,tooling")
        assert {row["type"] for row in products} == {"product"}
        assert {row["type"] for row in everything} == {"product", "specimen", "tooling"}
        assert len(everything) > len(products)


async def test_a_piece_leads_to_its_step_run_station_and_order() -> None:
    async with authentise() as am:
        piece = (await am.rows("piece", filter_status="printing"))[0]
        step = await am.get(piece["current_print"])
        run = await am.get(step["run"])
        assert step["piece"] == piece["uri"]
        assert step["process_step_position"] == piece["current_step_position"] == 0
        assert run["status"] == "in-progress"
        assert step["uri"] in run["prints"]
        assert piece["order"] in run["orders"]
        assert run["workstation_uri"] == run["printer"]
        assert step["printer"] == run["printer"].split("/")[-2]
        order = await am.get(piece["order"])
        assert piece["line_item"] in order["line_items"]
        assert (await am.get(piece["workflow"]))["process_steps"][0] == step["process_step"]
        item = (await am.rows("line-item", filter_uri=piece["line_item"], filter_type=piece["type"]))[0]
        assert item["piece_count"] == item["quantity"]


async def test_pieces_of_runs_come_without_links_of_their_own() -> None:
    async with authentise() as am:
        runs = await am.rows("run", filter_status="in-progress")
        rows = await am.rows("pieces-by-run", filter_run=[row["uri"] for row in runs])
        assert "uri" not in rows[0]
        assert Counter(row["run"] for row in rows) == {row["uri"]: len(row["prints"]) for row in runs}
        items = await am.rows("line-items-by-run", filter_run=runs[0]["uri"])
        assert sum(row["total_piece_quantity"] for row in items) == len(runs[0]["prints"])


async def test_builds_tell_layers_and_belong_to_runs() -> None:
    async with authentise() as am:
        build = (await am.rows("build", filter_status="processing"))[0]
        run = await am.get(build["run"])
        assert build["name"] in run["uri"]
        assert 0 < build["current_layer"] < build["layers"]
        modeler = await am.get(build["modeler"])
        assert modeler["current_build"] == build["uri"]
        assert modeler["status"] == "printing"
        printers = await am.rows("printer", filter_modeler=modeler["uri"])
        assert [row["uri"] for row in printers] == [run["printer"]]


async def test_planned_times_come_from_the_schedule() -> None:
    async with authentise(pieces=200, printers=4) as am:
        rows = await am.rows("run-schedule-summary")
        assert all(row["uri"].startswith(f"{BASE}/run/") for row in rows)
        planned = [row for row in rows if row["estimated_start"]]
        assert planned
        assert all(row["estimated_start"] < row["estimated_end"] for row in planned)
        one = await am.rows("run-schedule-summary", filter_uri=planned[3]["uri"])
        assert one == [planned[3]]
        waiting = await am.get(planned[3]["uri"])
        assert waiting["workstation_queue_position"] == planned[3]["workstation_queue_position"]


async def test_layouts_are_reached_through_build_files() -> None:
    async with authentise() as am:
        run = (await am.rows("run", filter_operation="printing", filter_status="in-progress"))[0]
        file = (await am.rows("build-file", filter_run=run["uri"]))[0]
        layout = await am.get(file["layout"])
        assert layout["status"] == "complete"
        assert len(layout["positions"]) == len(layout["models"]) == len(run["prints"])
        assert layout["fill_percentage"] > 0


async def test_batches_are_loaded_used_and_made_of_others() -> None:
    async with authentise(batches=8) as am:
        batches = await am.rows("material-batch")
        assert len(batches) == 8
        printers = {row["uri"] for row in await am.rows("printer")}
        loaded = await am.rows("material-batch", filter_at_machine=sorted(printers))
        assert loaded
        assert {row["status"] for row in loaded} == {"in_use"}
        child = next(row for row in batches if not row["is_initial_batch"])
        edges = await am.rows("material-batch-linking", filter_destination_batch=child["uri"])
        assert [row["source_batch"] for row in edges] == child["source_material_batches"]
        tree = (await am.rows("material-genealogy", filter_target_batch=child["uri"]))[0]
        assert [node["batch"] for node in tree["parents_tree"]] == child["source_material_batches"]
        actions = await am.rows(
            "material-batch-action", filter_source_batch=child["source_material_batches"][0]
        )
        assert "split_batch" in [row["action_type"] for row in actions]
        for batch in batches:
            assert batch["quantity"] == batch["reserved_quantity"] + batch["quantity_available_for_actions"]


async def test_some_lists_want_a_filter() -> None:
    async with authentise() as am:
        for resource in ("sensor-data", "material_batch_sensor_data", "material-genealogy", "tool-link"):
            assert await am.codes("GET", f"/{resource}/") == (400, ["InvalidPayload"])
        sensor = (await am.rows("sensor"))[0]
        assert await am.rows("sensor-data", filter_sensor=sensor["uri"])


async def test_piece_counts_of_orders_are_told_when_asked_for() -> None:
    async with authentise() as am:
        assert {row["piece_count"] for row in await am.rows("order")} == {0}
        counted = await am.rows("order", filter_include_piece_count="true")
        total = (await am.page("piece", filter_type="product,specimen,tooling,waste"))["meta"]["count"]
        assert sum(row["piece_count"] for row in counted) == total


async def test_filters_over_children() -> None:
    async with authentise() as am:
        run = (await am.rows("run", filter_status="in-progress"))[0]
        assert run["uri"] in [row["uri"] for row in await am.rows("run", filter_by_order=run["orders"])]
        orders = await am.rows("order", filter_run_status="in-progress")
        assert set(run["orders"]) <= {row["uri"] for row in orders}
        assert "by_order" not in run


async def test_secrets_of_machines_are_there_to_be_hidden() -> None:
    async with authentise() as am:
        assert (await am.rows("modeler"))[0]["password"] == "never-show-this"


async def test_old_records_name_old_hosts() -> None:
    async with authentise(old_hosts=True) as am:
        runs = await am.rows("run")
        old = [row["uri"] for row in runs if row["uri"].startswith("http://erp.am.test/")]
        assert 0 < len(old) < len(runs)
        assert [row["uri"] for row in await am.rows("run", filter_uri=old[0])] == [old[0]]
        printers = [row["uri"] for row in await am.rows("printer") if "erp." in row["uri"]]
        assert await am.rows("run", filter_workstation_uri=printers)


async def test_resources_nobody_uses_list_empty() -> None:
    async with authentise() as am:
        for resource in ("zverse-conversion", "anatomical-model", "quote", "library"):
            assert await am.rows(resource) == []
